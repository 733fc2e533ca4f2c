"""The main window: what it shows, keys, files, closing."""

import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle, events, write
from zoneviz.gui.views.compare import CompareView
from zoneviz.gui.views.events import EventsView
from zoneviz.gui.views.heatmap import HeatmapView
from zoneviz.gui.views.zones import ZonesView
from zoneviz.gui.window.main_window import MainWindow


def test_it_starts_with_something_to_do(window: MainWindow) -> None:
    window.open_something()
    if window.session.player is None:
        assert window.welcome.isVisible()
        assert window.welcome.run.isEnabled()
        assert not window.places.card.isVisible()
    assert window.sidebar.experiments.count() == len(window.sidebar.scenarios) + 1


def test_compare_opens_a_second_recording(opened: MainWindow, recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (str(recorded), ""))
    opened.actions_["compare"].trigger()
    view = opened.deck.of(CompareView)
    view.wait()
    assert view.isVisible() and view.verdict.text().startswith("The same")
    opened.desk.close_recording()
    assert not opened.actions_["compare"].isEnabled()


def test_a_view_that_is_not_visible_costs_nothing(opened: MainWindow, settle: Settle) -> None:
    assert not opened.deck.of(EventsView).isVisible()
    assert opened.deck.of(EventsView).model.rowCount() == 0
    opened.deck.show_only("Events")
    settle(opened.session)
    assert opened.deck.of(EventsView).model.rowCount() == opened.session.last


@pytest.mark.parametrize(
    ("words", "text"),
    [("missing", None), ("no recording", b"hello"), ("damaged", b"SQLite format 3\0" + bytes(5000))],
)
def test_a_file_that_cannot_be_opened_is_reported(window: MainWindow, tmp_path: Path, words: str, text: bytes | None) -> None:
    path = tmp_path / "x.zvz"
    if text is not None:
        path.write_bytes(text)
    assert not window.open_path(path)
    assert window.welcome.isVisible()
    assert str(path) in window.welcome.words.text()


def test_a_problem_leaves_the_recording_on_show(opened: MainWindow, tmp_path: Path) -> None:
    assert not opened.open_path(tmp_path / "none.zvz")
    assert opened.banner.isVisible()
    assert opened.session.player is not None
    assert opened.timeline.isVisible()


@pytest.mark.parametrize(("count", "complete"), [(0, True), (1, True), (30, True), (300, False)])
def test_small_and_unfinished_recordings(window: MainWindow, tmp_path: Path, settle: Settle, count: int, complete: bool) -> None:
    path = write(tmp_path / "a.zvz", events(300)[:count], outcome="interrupted", complete=complete)
    assert window.open_path(path)
    settle(window.session)
    assert window.session.last == count
    assert window.welcome.isVisible() == (count == 0)
    assert (window.status.state.text() == "Incomplete") == (not complete)
    assert not window.grab().isNull()


def test_damage_inside_is_reported_and_the_rest_is_shown(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    path = write(tmp_path / "a.zvz", events(8000))
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM events WHERE seq BETWEEN 6000 AND 6100")
        db.execute("DELETE FROM checkpoints")
    db.close()
    assert window.open_path(path)
    for seq in (100, 6050, 7000, window.session.last):
        window.session.ask_moment(seq)
        settle(window.session)
    window.deck.show_only("Events")
    settle(window.session)
    assert window.banner.isVisible() and "damaged" in window.banner.words.text()
    window.deck.show_only("Zones")
    window.session.ask_moment(100)
    settle(window.session)
    assert window.deck.of(ZonesView).model.rows


def test_without_time_the_axis_counts_events(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    timeless = [(kind, 0, *rest) for kind, _, *rest in events(300)]
    assert window.open_path(write(tmp_path / "a.zvz", timeless, time_kind="events", kind="imported"))  # type: ignore[arg-type]
    settle(window.session)
    assert "over events" in window.timeline.head.said.text()
    assert not window.actions_["by_event"].isEnabled()
    assert "imported" in window.caption.text()


KEYS = [
    (Qt.Key.Key_Home, 0), (Qt.Key.Key_End, -1), (Qt.Key.Key_Comma, 3999), (Qt.Key.Key_Period, 4001),
]  # fmt: skip


def test_actions_do_what_they_say(opened: MainWindow, settle: Settle, qapp: QApplication) -> None:
    actions = opened.actions_
    for name in ("in", "left", "right", "out", "fit", "first", "next", "next_far", "back", "back_far", "by_event", "by_event", "clear"):
        actions[name].trigger()
        settle(opened.session)
    assert opened.session.moment == 0
    for title in ("Events", "Zones", "Zone heatmap"):
        actions[f"view {title}"].trigger()
        assert opened.deck.shown() == [title]
    actions["panic"].trigger()
    assert not opened.places.card.isVisible()
    actions["experiments"].trigger()
    assert not opened.sidebar.isVisible()
    actions["reset"].trigger()
    assert opened.places.card.isVisible() and opened.sidebar.isVisible()
    actions["keys"].trigger()
    actions["about"].trigger()
    for dialog in [w for w in qapp.topLevelWidgets() if w is not opened and w.isVisible()]:
        assert not dialog.isModal()
        dialog.close()
    actions["close"].trigger()
    assert opened.session.player is None and opened.welcome.isVisible()


def test_themes(opened: MainWindow, settings: QSettings) -> None:
    seen = []
    for name in ("dark", "light"):
        opened.actions_[f"theme {name}"].trigger()
        seen.append(opened.session.theme.dark)
        assert settings.value("theme") == name
    assert seen == [True, False]


def test_a_dropped_file_is_opened(window: MainWindow, recorded: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(recorded))])
    drop = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    window.dropEvent(drop)
    assert window.session.player is not None and window.session.player.recording.path == recorded


def test_recent_files_are_remembered_and_forgotten(opened: MainWindow, recorded: Path) -> None:
    assert opened.shelf.recent() == [recorded.resolve()]
    assert [item.path for item in opened.sidebar.recordings.rows.items if not item.example] == [recorded.resolve()]
    opened.actions_["forget"].trigger()
    assert all(item.example for item in opened.sidebar.recordings.rows.items)
    assert recorded.is_file()


def test_hostile_names(window: MainWindow, tmp_path: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
    nasty = (("<b>ports</b><img src=x>", 76), ("\u202ethreads\u0000\n", 332), ("x" * 10_000, 48), ("", 64), ("%s $text {0}", 8))
    monkeypatch.setattr("tests.gui.conftest.ZONES", nasty)
    path = write(tmp_path / "a.zvz", events(600))
    assert window.open_path(path)
    for title in ("Zone heatmap", "Zones", "Events"):
        window.deck.show_only(title)
        settle(window.session)
        assert not window.grab().isNull()


class TestShown:
    """A recording on show, looked at from one window."""

    def test_a_recording_fills_every_view(self, viewed: MainWindow) -> None:
        assert viewed.timeline.stack.names
        assert viewed.deck.of(HeatmapView).cells.map is not None
        assert viewed.deck.of(ZonesView).model.rows
        assert viewed.panic.ending is not None
        assert "event" in viewed.transport.event_label.text()
        assert viewed.transport.badge.text().startswith("Panic at")
        assert "fork-bomb" in viewed.caption.text() and "seed 7" in viewed.caption.text()
        assert viewed.windowTitle() == "panic.zvz (Panic) - zoneviz"

    @pytest.mark.parametrize(("key", "moment"), KEYS)
    def test_keys_move_the_moment(self, viewed: MainWindow, qtbot: QtBot, settle: Settle, key: Qt.Key, moment: int) -> None:
        viewed.session.ask_moment(4000)
        settle(viewed.session)
        viewed.activateWindow()
        viewed.timeline.chart.setFocus()
        QTest.keyClick(viewed.timeline.chart, key)
        settle(viewed.session)
        assert viewed.session.moment == (viewed.session.last if moment < 0 else moment)

    def test_letters_zoom_pan_and_fit(self, viewed: MainWindow, qtbot: QtBot) -> None:
        viewed.activateWindow()
        viewed.timeline.chart.setFocus()
        chart, session = viewed.timeline.chart, viewed.session
        whole = session.range
        QTest.keyClick(chart, Qt.Key.Key_W)
        first = session.range
        assert first[1] - first[0] < whole[1] - whole[0]
        QTest.keyClick(chart, Qt.Key.Key_A)
        assert session.range[0] < first[0]
        QTest.keyClick(chart, Qt.Key.Key_D)
        assert session.range == pytest.approx(first)
        QTest.keyClick(chart, Qt.Key.Key_F)
        assert session.range == whole

    def test_letters_are_letters_in_a_field(self, viewed: MainWindow, qtbot: QtBot) -> None:
        viewed.deck.show_only("Zones")
        viewed.activateWindow()
        viewed.deck.of(ZonesView).filter.setFocus()
        whole = viewed.session.range
        QTest.keyClicks(viewed.deck.of(ZonesView).filter, "wasd")
        assert viewed.deck.of(ZonesView).filter.text() == "wasd"
        assert viewed.session.range == whole

    def test_controls_have_names(self, viewed: MainWindow) -> None:
        def said(widget: QWidget) -> str:
            return widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")

        controls: list[QWidget] = [w for w in viewed.findChildren(QAbstractButton) if not isinstance(w.parent(), QLineEdit)]
        controls += viewed.findChildren(QLineEdit)
        controls = [w for w in controls if w.isVisibleTo(viewed) and not w.objectName().startswith("qt_")]
        assert len(controls) > 15
        assert [w for w in controls if not said(w)] == []

    @pytest.mark.parametrize("size", [(1280, 720), (1600, 1000), (3000, 1700)])
    def test_sizes(self, viewed: MainWindow, settle: Settle, size: tuple[int, int]) -> None:
        viewed.resize(*size)
        settle(viewed.session)
        assert (viewed.width(), viewed.height()) == size
        assert viewed.timeline.chart.height() > 100
