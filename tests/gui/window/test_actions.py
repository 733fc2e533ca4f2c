"""The table of actions: each row is in its menu, has a unique key and a tool tip, and acts."""

import pytest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from tests.gui.turns import pretend
from zoneviz import resources
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.menus import Action, Actions


class Lamp(QMainWindow):
    """A window with one thing that an action can do."""

    lit = False

    def switch(self) -> None:
        self.lit = not self.lit


@pytest.fixture
def lamp(qtbot: QtBot) -> Lamp:
    lamp = Lamp()
    qtbot.addWidget(lamp)
    return lamp


SWITCH = Action("switch", "Run", "&Switch…", "Switch the lamp", Lamp.switch, ("F7",), checked=lambda lamp: lamp.lit)
FUSE = Action("fuse", "Run", "&Fuse", "Change the fuse", Lamp.switch, enabled=lambda lamp: lamp.lit, separated=True)


def test_a_new_action_is_one_row(lamp: Lamp) -> None:
    """Its menu entry, key, tool tip, check mark, place in the search and in the list of keys come from the row."""
    actions = Actions(lamp, [SWITCH])
    actions.connect(lamp)
    actions.refresh(lamp)
    action = actions["switch"]
    assert action in actions.menus["Run"].actions() and action.toolTip() == "Switch the lamp"
    assert [(hit.name, hit.text, hit.keys) for hit in actions.enabled()] == [("switch", "Switch", "F7")]
    assert actions.key_list()[0] == ("F7", "Switch")
    action.trigger()
    assert lamp.lit and action.isChecked()
    action.trigger()
    assert not lamp.lit and not action.isChecked()


def test_an_action_is_enabled_by_its_row(lamp: Lamp) -> None:
    actions = Actions(lamp, [SWITCH, FUSE])
    actions.connect(lamp)
    actions.refresh(lamp)
    assert not actions["fuse"].isEnabled() and [hit.name for hit in actions.enabled()] == ["switch"]
    actions["switch"].trigger()
    assert actions["fuse"].isEnabled() and [hit.name for hit in actions.enabled()] == ["switch", "fuse"]
    kinds = [entry.isSeparator() for entry in actions.menus["Run"].actions()]
    assert kinds == [False, True, False]


def test_every_row_of_the_window_is_complete(window: MainWindow) -> None:
    actions = window.actions_
    assert [row.name for row in actions.table] == [*actions]
    for row in actions.table:
        assert actions[row.name] in actions.menus[row.menu].actions()
        assert row.help and row.help[0].isupper() and not row.help.endswith("."), row.name
    keys = [key.toString() for action in actions.values() for key in action.shortcuts()]
    assert len(keys) == len(set(keys)) and "" not in keys


def test_menus_are_up_to_date_after_each_action(opened: MainWindow, settle: Settle) -> None:
    actions = opened.actions_
    for name in ("by_event", "loop", "experiments", "panic"):
        before = actions[name].isChecked()
        actions[name].trigger()
        settle(opened.session)
        assert actions[name].isChecked() is not before, name
    actions["reset"].trigger()
    assert actions["experiments"].isChecked() and actions["panic"].isChecked()
    actions["mark"].trigger()
    assert actions["mark"].text() == "Co&mpare with mark A" and actions["unmark"].isEnabled()
    for name in ("dark", "dark", "light"):
        actions[f"theme {name}"].trigger()
        assert [n for n in ("system", "light", "dark") if actions[f"theme {n}"].isChecked()] == [name]


def test_when_would_it_have_helped_searches_and_shows_the_card(opened: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch)
    search = opened.panic.when.turning
    opened.session.show(None)
    opened.refresh()
    assert not search.able and not opened.actions_["when"].isEnabled()
    opened.desk.open(next(path for path in resources.recordings() if path.name.startswith("fork-bomb")))
    opened.places.show_card(False)
    assert search.able and opened.actions_["when"].isEnabled()
    opened.actions_["when"].trigger()
    assert search.running and opened.panic.isVisible() and opened.panic.when.isVisible()
    search.cancel()
