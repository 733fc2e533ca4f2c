"""The deck: every registered view has a tab, and the tabs fit at any width."""

import pytest
from PySide6.QtWidgets import QApplication

from zoneviz.gui.kit.tabs import Tabs
from zoneviz.gui.views import views
from zoneviz.gui.window.main_window import MainWindow


def test_every_view_has_a_tab_and_an_action(window: MainWindow) -> None:
    assert list(window.deck.tabs.tabs) == [view.title for view in views()]
    assert len({view.title for view in views()}) == len(views())
    for view in views():
        window.actions_[f"view {view.title}"].trigger()
        assert window.deck.shown() == [view.title]


@pytest.mark.usefixtures("with_example")
def test_a_file_in_the_folder_of_views_is_a_tab(window: MainWindow) -> None:
    assert [*window.deck.tabs.tabs][-1] == "Largest zone"
    window.actions_["view Largest zone"].trigger()
    assert window.deck.shown() == ["Largest zone"]


@pytest.mark.parametrize("width", [200, 500, 5000])
def test_tabs_that_do_not_fit_are_in_the_menu(qapp: QApplication, width: int) -> None:
    titles = [f"View number {i}" for i in range(12)]
    tabs = Tabs(titles)
    clicked: list[str] = []
    tabs.clicked.connect(clicked.append)
    tabs.resize(width, 30)
    tabs.show()
    tabs.mark([titles[10]])
    qapp.processEvents()
    outside = [title for title, tab in tabs.tabs.items() if tab.isVisible()]
    inside = [action for action in tabs.more.menu().actions() if action.isVisible()]
    assert sorted(outside + [action.text() for action in inside]) == sorted(titles)
    assert titles[10] in outside
    assert tabs.more.isVisible() == (width < 5000)
    assert sum(tabs.tabs[title].width() for title in outside) <= width
    for action in inside[:1]:
        action.trigger()
        assert clicked == [action.text()]
    tabs.dim(titles[0], "This recording has no threads.")
    assert tabs.tabs[titles[0]].isVisible() == (width == 5000), "what has nothing to show leaves first"
    assert tabs.more.menu().actions()[0].text() == f"{titles[0]} (no data)"
    tabs.dim(titles[0], "")
    assert tabs.more.menu().actions()[0].text() == titles[0]
    tabs.close()
