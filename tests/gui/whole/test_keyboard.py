"""The window by keyboard alone: open a recording, find the panic, read the holder, add a note, save a picture."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QWidget

from tests.gui.conftest import Settle, events, write
from zoneviz import resources
from zoneviz.gui.charts.pagecells import PageCells
from zoneviz.gui.kit.twin import RowTable, Twin
from zoneviz.gui.session import jobs
from zoneviz.gui.session.second import SecondRecording
from zoneviz.gui.session.selection import Selection
from zoneviz.gui.views import views
from zoneviz.gui.views.ports import PortsView
from zoneviz.gui.window.focusring import BORDERED
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.saving import SavePicture
from zoneviz.recording import Recording

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def focus() -> QWidget:
    """The widget with the focus."""
    found = QApplication.focusWidget()
    assert found is not None
    return found


def tab_to(name: str) -> None:
    """Press Tab until the widget of this accessible name has the focus."""
    for _ in range(200):
        if focus().accessibleName() == name:
            return
        QTest.keyClick(focus(), Qt.Key.Key_Tab)
    pytest.fail(f"Tab never reaches {name!r}.")


def test_a_panic_is_found_noted_and_saved_without_a_mouse(
    window: MainWindow, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = tmp_path / "panic.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(picture), ""))
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_Tab)
    tab_to("Recordings")
    recordings = window.sidebar.recordings.list
    for _ in range(recordings.rows.rowCount()):
        if recordings.currentIndex().data() == "fork-bomb":
            break
        QTest.keyClick(recordings, Qt.Key.Key_Down)
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    settle(window.session)
    assert window.windowTitle() == "fork-bomb.zvz.zst (Panic) - zoneviz"

    QTest.keyClick(focus(), Qt.Key.Key_End, CONTROL)
    settle(window.session)
    assert window.transport.event_label.text() == f"event {window.session.last:,}"
    assert window.transport.badge.text().startswith("Panic")
    name, size = window.panic.holders.rows[0]
    assert name == "ipc ports" and size > 200_000

    tab_to("Timeline: bytes over time")
    QTest.keyClick(focus(), Qt.Key.Key_N)
    assert focus() is window.note_bar.field
    QTest.keyClicks(focus(), f"{name} held most")
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    settle(window.session)
    assert [(note.seq, note.text) for note in window.session.notebook.notes] == [(window.session.last, "ipc ports held most")]

    QTest.keyClick(window, Qt.Key.Key_S, CONTROL | SHIFT)
    dialog = window.findChild(SavePicture)
    assert dialog is not None and dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert QImage(str(picture)).width() > 500


LIVE_BYTES = """
    SELECT task, SUM(size) FROM (SELECT task, kind, size, MAX(seq) FROM events WHERE kind IN (2, 3) GROUP BY address)
    WHERE kind = 2 GROUP BY task ORDER BY 2 DESC LIMIT 1"""
"""The task that allocated most live elements: the last ZALLOC or ZFREE of each address."""
RECEIVERS = """
    SELECT subject, COUNT(*) FROM (
        SELECT subject, kind, MAX(seq) FROM events
        WHERE kind IN (40, 41, 44) OR kind IN (42, 43) AND extra & 2 GROUP BY address)
    WHERE kind IN (40, 42, 44) AND subject > 0 GROUP BY subject ORDER BY 2 DESC LIMIT 1"""
"""The task with most receive rights: the last event of each port that created, moved or removed one."""


def column(table: RowTable, name: str) -> int:
    """The number of the column with this heading."""
    model = table.model()
    names = [str(model.headerData(i, Qt.Orientation.Horizontal)) for i in range(model.columnCount())]
    return names.index(name)


def sort_by(table: RowTable, name: str) -> list[object]:
    """Sort by the column of this heading with keys, largest first; returns the first row."""
    QTest.keyClick(focus(), Qt.Key.Key_Home, CONTROL)
    for _ in range(column(table, name)):
        QTest.keyClick(focus(), Qt.Key.Key_Right)
    QTest.keyClick(focus(), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    return list(table.sorted.row_at(0))


def test_the_largest_holder_is_read_in_the_ports_view_without_a_mouse(window: MainWindow, settle: Settle) -> None:
    golden = next(p for p in resources.recordings() if p.name.startswith("fork-bomb"))
    assert window.open_path(golden)
    settle(window.session)
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_End, CONTROL)
    settle(window.session)
    QTest.keyClick(window, Qt.Key.Key_5, CONTROL)
    settle(window.session)
    view = window.deck.of(PortsView)
    assert window.deck.shown() == ["Ports"] and focus() is view.tasks

    with Recording(golden) as recording:
        holder, held = recording.query(LIVE_BYTES)[0].values()
        receiver, ports = recording.query(RECEIVERS)[0].values()
        names = recording.catalog.task_names
    assert sort_by(view.tasks, "bytes")[:3] == [names[holder], holder, held]
    most = sort_by(view.tasks, "receive")
    assert (most[0], most[1], most[column(view.tasks, "receive")]) == (names[receiver], receiver, ports)

    QTest.keyClick(focus(), Qt.Key.Key_Home, CONTROL)
    QTest.keyClick(focus(), Qt.Key.Key_Down)
    QTest.keyClick(focus(), Qt.Key.Key_Up)
    settle(window.session)
    assert window.session.selection.task == receiver
    assert names[receiver] in view.ports_heading.text()
    tab_to("Port names of the chosen task")
    QTest.keyClick(focus(), Qt.Key.Key_Down)
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    view.wait()
    settle(window.session)
    assert view.story.isVisible() and "created by" in view.story_heading.text()
    tab_to("History of the chosen port")
    QTest.keyClick(focus(), Qt.Key.Key_Down)
    event = view.story.sorted.row_at(view.story.currentIndex().row())[0]
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    settle(window.session)
    assert window.session.moment == event


def test_links_of_the_panic_card_work_by_keys(window: MainWindow, settle: Settle) -> None:
    assert window.open_path(next(p for p in resources.recordings() if p.name.startswith("dev-null-storm")))
    settle(window.session)
    jobs.wait_all()
    settle(window.session)
    window.activateWindow()
    window.timeline.chart.setFocus()
    links = window.panic.findings.links
    assert len(links) > 8
    tab_to(window.panic.findings.fold.accessibleName())
    QTest.keyClick(window.panic.findings.fold, Qt.Key.Key_Space)
    for link in links:
        tab_to(link.sentence)
        settle(window.session)
        assert focus() is link
        shown = link.visibleRegion().boundingRect()
        assert shown.height() >= min(link.height(), 100), f"out of sight: {link.sentence}"
    grown = next(link for link in links if "has grown since" in link.sentence)
    tab_to(grown.sentence)
    QTest.keyClick(grown, Qt.Key.Key_Return)
    settle(window.session)
    assert f"event {window.session.moment:,}" in grown.sentence


EXAMPLE = "Largest zone"
TEXTS = ("Not shown", "SQL")
"""Views whose focus is a text or a field for one."""
CHARTS = ["Overview", "Timeline", *(view.title for view in views() if view.title not in TEXTS), EXAMPLE]


def go(window: MainWindow, title: str, settle: Settle) -> QWidget:
    """Focus the chart of this view, by keys."""
    window.activateWindow()
    settle(window.session)  # closing a dialog returns the focus
    if title in CHARTS[:2]:
        chart: QWidget = window.overview.strip if title == "Overview" else window.timeline.chart
        tab_to(chart.accessibleName())
    elif (number := CHARTS.index(title) - 1) <= 9:
        QTest.keyClick(window, Qt.Key(Qt.Key.Key_0 + number), CONTROL)
        assert window.deck.shown() == [title]
    else:
        window.actions_[f"view {title}"].trigger()
    settle(window.session)
    jobs.wait_all()
    settle(window.session)
    return focus()


@pytest.fixture
def rich(window: MainWindow, tmp_path: Path, settle: Settle) -> MainWindow:
    """A window with a recording with notes at 2,000 and 6,000, compared with another."""
    session = window.session
    # Seconds of simulated time: playback started by a test is not over before the next key.
    assert window.open_path(write(tmp_path / "one.zvz", events(8000, step_ns=1_000_000)))
    settle(session)
    for seq in (2000, 6000):
        session.notebook.put(seq, "here")
    SecondRecording.of(session).open(write(tmp_path / "other.zvz", events(4000, step_ns=1_000_000)))
    jobs.wait_all()
    settle(session)
    window.activateWindow()
    window.timeline.chart.setFocus()
    return window


@pytest.mark.usefixtures("with_example")
def test_every_key_does_what_it_says_in_every_chart(rich: MainWindow, settle: Settle) -> None:
    for title in CHARTS:
        chart = go(rich, title, settle)

        def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, chart: QWidget = chart) -> None:
            assert focus() is chart
            QTest.keyClick(chart, key, modifier)
            settle(rich.session)

        moments_by_keys(rich, press)
        ranges_by_keys(rich, press)
        rich.session.ask_moment(4000)
        settle(rich.session)
        playing_and_bars_by_keys(rich, press)
        assert focus() is chart, title
        selection_by_keys(rich, press)
        rich.session.notebook.set_mark(None)


Press = Callable[..., None]


def moments_by_keys(window: MainWindow, press: Press) -> None:
    """Keys that move the moment. The first of them goes to the start."""
    for key, moment in (
        (Qt.Key.Key_Home, 0), (Qt.Key.Key_Period, 1), (Qt.Key.Key_Period, 2), (Qt.Key.Key_Comma, 1), (Qt.Key.Key_BracketRight, 2000),
        (Qt.Key.Key_BracketRight, 6000), (Qt.Key.Key_BracketLeft, 2000), (Qt.Key.Key_End, window.session.last),
    ):  # fmt: skip
        press(key)
        assert window.session.moment == moment, key


def ranges_by_keys(window: MainWindow, press: Press) -> None:
    """Keys that zoom and pan; the whole range is visible before and after."""
    session = window.session
    whole = session.range
    press(Qt.Key.Key_W)
    narrow = session.range
    assert whole[0] <= narrow[0] < narrow[1] <= whole[1] and narrow != whole
    press(Qt.Key.Key_A)
    assert session.range[0] < narrow[0] or session.range[0] == whole[0]
    left = session.range
    press(Qt.Key.Key_D)
    assert session.range[0] > left[0]
    press(Qt.Key.Key_S)
    assert session.range[1] - session.range[0] > narrow[1] - narrow[0]
    press(Qt.Key.Key_F)
    assert session.range == whole


def playing_and_bars_by_keys(window: MainWindow, press: Press) -> None:
    """Keys that play, set the mark and open the bars; the moment is 4,000."""
    press(Qt.Key.Key_Space)
    assert window.clock.playing
    press(Qt.Key.Key_Space)
    assert not window.clock.playing
    window.session.ask_moment(4000)
    window.session.land()
    press(Qt.Key.Key_M)
    assert window.session.notebook.mark == 4000
    press(Qt.Key.Key_N)
    assert focus() is window.note_bar.field
    QTest.keyClick(focus(), Qt.Key.Key_Escape)
    assert not window.note_bar.isVisible()
    press(Qt.Key.Key_Slash)
    assert window.palette_.isVisible()
    QTest.keyClick(focus(), Qt.Key.Key_Escape)
    assert not window.palette_.isVisible()
    press(Qt.Key.Key_F, CONTROL)
    assert focus() is window.find_bar.field
    QTest.keyClick(focus(), Qt.Key.Key_Escape)


def selection_by_keys(window: MainWindow, press: Press) -> None:
    """Escape clears one level of the selection at a time; ? lists the keys."""
    session = window.session
    session.clear_all()
    session.select(zone="threads")
    session.select(kind="ZALLOC")
    press(Qt.Key.Key_Escape)
    assert (session.selection.zone, session.selection.kind) == ("threads", "")
    press(Qt.Key.Key_Escape)
    assert session.selection == Selection()
    press(Qt.Key.Key_Question)
    (listed,) = [d for d in window.findChildren(QDialog) if d.isVisible()]
    listed.close()


WITH_TABLES = [title for title in CHARTS if title not in ("Events", "Allocations", "Observations", "Zones", "Ports", "Notes")]


@pytest.mark.usefixtures("with_example")
def test_enter_opens_the_table_behind_every_chart(window: MainWindow, settle: Settle) -> None:
    assert window.open_path(next(p for p in resources.recordings() if p.name.startswith("fork-bomb")))
    settle(window.session)
    window.session.ask_panic()
    settle(window.session)
    for title in WITH_TABLES:
        if title == "Compare":
            SecondRecording.of(window.session).open(next(p for p in resources.recordings() if p.name.startswith("real-messages")))
            jobs.wait_all()
        chart = go(window, title, settle)
        assert not isinstance(chart, BORDERED), title
        QTest.keyClick(chart, Qt.Key.Key_Return)
        settle(window.session)
        jobs.wait_all()
        settle(window.session)
        (twin,) = [w for w in window.findChildren(Twin) if w.isVisible()]
        assert twin.table.rows.rowCount() > 0 and twin.table.hasFocus(), title
        QTest.keyClick(twin, Qt.Key.Key_Escape)
        assert not twin.isVisible(), title


def test_single_letters_do_nothing_while_a_field_has_the_focus(rich: MainWindow, settle: Settle) -> None:
    session = rich.session
    session.ask_moment(4000)
    letters = ",.[]wsadfnmle zWSADFNMLE?/-+= "
    seen = set()
    for view in (None, *rich.deck.views):
        if view is not None:
            rich.deck.show_only(view.title)
        settle(session)
        for field in rich.findChildren(QLineEdit):
            if not field.isVisible() or not field.isEnabled() or field.isReadOnly() or field in seen:
                continue
            seen.add(field)
            field.setFocus()
            field.clear()
            field.setValidator(None)  # type: ignore[arg-type]
            before = session.range, session.selection, session.moment, session.by_event
            QTest.keyClicks(field, letters)
            QTest.keyClick(field, Qt.Key.Key_Home)
            QTest.keyClick(field, Qt.Key.Key_End)
            settle(session)
            name = field.accessibleName()
            assert field.text() == letters, name
            assert (session.range, session.moment, session.by_event) == (before[0], before[2], before[3]), name
            assert not rich.clock.playing and session.notebook.mark is None and len(session.notebook.notes) == 2, name
            assert not rich.palette_.isVisible() and not rich.note_bar.isVisible()
            field.clear()
            settle(session)
    assert len(seen) >= 3


@pytest.mark.usefixtures("with_example")
def test_focus_by_keys_is_framed_and_focus_by_mouse_is_not(opened: MainWindow, settle: Settle) -> None:
    accent = QColor(opened.session.theme.accent)
    for title in CHARTS:
        chart = go(opened, title, settle)
        if isinstance(chart, BORDERED):
            continue
        ring = opened.focus_ring.ring
        assert ring is not None and ring.parentWidget() is chart and ring.size() == chart.size(), title
        image = chart.grab().toImage()
        assert image.pixelColor(0, image.height() // 2) == accent == image.pixelColor(image.width() // 2, 0), title
        assert chart.childAt(chart.width() // 2, chart.height() // 2) is not ring
    opened.deck.show_only("Notes", "Zone heatmap")
    QTest.mousePress(opened.overview.strip, Qt.MouseButton.LeftButton)
    assert focus() is opened.overview.strip and opened.focus_ring.ring is None
    QTest.mouseRelease(opened.overview.strip, Qt.MouseButton.LeftButton)


def test_plus_and_minus_belong_to_the_charts_that_zoom_by_them(opened: MainWindow, settle: Settle) -> None:
    speed = opened.clock.speed
    cells = go(opened, "Zone map pages", settle)
    assert isinstance(cells, PageCells)
    before = cells.side
    QTest.keyClick(cells, Qt.Key.Key_Plus)
    assert cells.side > before and opened.clock.speed == speed
    QTest.keyClick(go(opened, "Zones", settle), Qt.Key.Key_Plus)
    assert opened.clock.speed != speed
