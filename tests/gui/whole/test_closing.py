"""A closed recording leaves nothing behind: the window looks and acts as before it was opened."""

from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QLabel
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle, events, write
from tests.gui.painted import painted
from zoneviz.gui.views.compare import CompareView
from zoneviz.gui.window.main_window import MainWindow


def words(window: MainWindow) -> list[str]:
    """All words that the window paints, without the lists of recordings and the values in the form, from which a run may start."""
    kept = (window.sidebar.recordings, window.sidebar.form, window.welcome)
    return [one.words for one in painted(window) if not any(part.isAncestorOf(one.widget) for part in kept)]


def able(window: MainWindow) -> dict[str, tuple[bool, bool, str]]:
    """What each action is: enabled, checked, its text."""

    def state(action: QAction) -> tuple[bool, bool, str]:
        return action.isEnabled(), action.isChecked(), action.text()

    return {name: state(action) for name, action in window.actions_.items() if name != "forget"}


def use(window: MainWindow, other: Path, settle: Settle) -> None:
    """Leave a trace of everything: selection, zoom, note, mark, search, comparison, problem, playing."""
    session = window.session
    session.ask_moment(4000)
    settle(session)
    session.select(zone="threads", task=1, range=(100, 5000))
    window.actions_["in"].trigger()
    session.notebook.put(4000, "here it begins")
    session.notebook.set_mark(3000)
    window.find_bar.open()
    window.find_bar.field.setText("kind=PANIC")
    window.find_bar.look(False)
    window.finder.wait()
    window.find_bar.look(False)  # no further one
    window.finder.wait()
    window.compare_with(other)
    window.deck.of(CompareView).wait()
    window.banner.say("The file is damaged.")
    window.clock.play()
    settle(session)
    window.clock.tick()


def test_a_closed_recording_leaves_nothing(window: MainWindow, recorded: Path, tmp_path: Path, settle: Settle, qtbot: QtBot) -> None:
    settle(window.session)
    said, before, title = words(window), able(window), window.windowTitle()
    other = write(tmp_path / "other.zvz", events(4000))
    assert window.open_path(recorded)
    settle(window.session)
    window.deck.show_only("Zone heatmap")
    use(window, other, settle)
    settle(window.session)
    assert words(window) != said and able(window) != before
    window.reset_layout()  # which views are on show is the user's, not the recording's
    window.actions_["close"].trigger()
    settle(window.session)
    assert words(window) == said and window.welcome.isVisible()
    assert able(window) == before
    assert window.windowTitle() == title
    assert not window.clock.playing and window.second.path is None and window.session.notebook.mark is None
    assert not window.session.selection and not window.sidebar.recordings.list.currentIndex().isValid()
    for bar in (window.banner, window.find_bar, window.note_bar):
        assert not bar.isVisible()
    tips = [label.toolTip() for label in window.transport.findChildren(QLabel) if not label.isHidden()]
    assert not any(tips), "a tool tip is a trace too"
    assert not [w for w in window.findChildren(QDialog) if w.isVisible()]
    assert window.open_path(other)
    settle(window.session)
    assert not window.banner.isVisible() and window.find_bar.words.text() == ""


def test_what_is_said_without_a_recording(window: MainWindow, recorded: Path, settle: Settle) -> None:
    assert window.open_path(recorded)
    settle(window.session)
    window.desk.close_recording()
    settle(window.session)
    assert window.status.left.text().startswith("Drop a recording") and not window.status.state.isVisible()
    assert window.transport.badge.isHidden() and window.transport.event_label.text() == window.transport.where.text() == ""
