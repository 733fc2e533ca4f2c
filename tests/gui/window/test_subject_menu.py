"""The menu of what lies under the pointer: every view answers, and every entry does what it says."""

from collections.abc import Callable
from shlex import split

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPlainTextEdit, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from zoneviz import resources
from zoneviz.gui.charts.icicle import Icicle
from zoneviz.gui.charts.moment_words import place_words
from zoneviz.gui.kit.tables import Table
from zoneviz.gui.session.subject import Subject
from zoneviz.gui.views.base import View
from zoneviz.gui.views.events import EventsView
from zoneviz.gui.views.flame import FlameView
from zoneviz.gui.views.heatmap import HeatmapView
from zoneviz.gui.views.notes import NotesView
from zoneviz.gui.views.pages import PagesView
from zoneviz.gui.views.ports import PortsView
from zoneviz.gui.views.threads import ThreadsView
from zoneviz.gui.views.zones import ZonesView
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.playback.search import parse_filter
from zoneviz.state.rows import SEQ

MOUSE, KEY = QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard


def ask(widget: QWidget, place: QPoint, by_key: bool = False) -> None:
    """Ask a widget for its menu, as Qt does."""
    QApplication.sendEvent(widget, QContextMenuEvent(KEY if by_key else MOUSE, place, widget.mapToGlobal(place)))


def subject_of(view: View, widget: QWidget, place: QPoint, by_key: bool = False) -> Subject:
    """The subject that a view reports."""
    got: list[Subject] = []
    view.menu_asked.connect(lambda subject, _: got.append(subject))
    ask(widget, place, by_key)
    [subject] = got
    return subject


@pytest.fixture
def quiet(opened: MainWindow, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """A window whose menus do not open: a popup takes the keys and the mouse."""
    monkeypatch.setattr(QMenu, "popup", lambda *_: None)
    return opened


@pytest.fixture
def bombed(quiet: MainWindow, settle: Settle) -> MainWindow:
    """The same with the example of a fork bomb, which has tasks, threads and ports."""
    [path] = [p for p in resources.recordings() if p.name.startswith("fork-bomb")]
    assert quiet.open_path(path)
    settle(quiet.session)
    return quiet


def texts(window: MainWindow, subject: Subject) -> list[str]:
    """The entries of a menu, those of submenus after the submenu's name."""
    return [" ".join(part for part in (entry.under, entry.text) if part) for entry in window.subject_menu.entries(subject)]


def do(window: MainWindow, subject: Subject, text: str, settle: Settle) -> None:
    """Choose an entry of a menu, as a click does."""
    menu = window.subject_menu.menu(subject)
    found = [action for top in menu.actions() for action in (top.menu().actions() if top.menu() else [top])]  # type: ignore[attr-defined]
    under = {action: top.text() for top in menu.actions() if top.menu() for action in top.menu().actions()}  # type: ignore[attr-defined]
    [wanted] = [action for action in found if f"{under.get(action, '')} {action.text()}".strip() == text]
    wanted.trigger()
    settle(window.session)


def test_every_view_answers_for_the_mouse_and_for_the_keyboard(bombed: MainWindow, settle: Settle) -> None:
    for title in [view.title for view in bombed.deck.views]:
        bombed.deck.go_to(title)
        settle(bombed.session)
        view = bombed.deck.named(title)
        keyed = view.focusProxy() or view
        if isinstance(keyed, QLabel | QPlainTextEdit):  # Qt's menu of texts
            keyed = view
        for by_key in (False, True):
            subject = subject_of(view, keyed, QPoint(keyed.width() // 2, 30), by_key)
            assert len(bombed.subject_menu.entries(subject)) >= 2, (title, by_key)
            assert bombed.subject_menu.title(subject), title


def test_without_an_answer_the_menu_is_about_the_moment_and_the_selection(quiet: MainWindow, settle: Settle) -> None:
    session = quiet.session
    session.select(zone="threads")
    session.ask_moment(300)
    settle(session)
    subject = subject_of(quiet.timeline, quiet.timeline.chart, QPoint(5, 5), by_key=True)
    assert (subject.zone, subject.seq) == ("threads", 300) and subject.x == session.moment_x
    assert "Clear zone threads from the selection" in texts(quiet, subject)


def test_the_band_and_the_legend_are_about_the_same_zone(quiet: MainWindow) -> None:
    timeline = quiet.timeline
    band = timeline.stack.names[0]
    area = timeline.chart.area()
    on_chart = subject_of(timeline, timeline.chart.viewport(), QPoint(int(area.right()) - 3, int(area.bottom()) - 2))
    at = timeline.legend.places()[timeline.legend.names.index(band)][1].center().toPoint()
    in_legend = subject_of(timeline, timeline.legend, at)
    assert on_chart.zone == in_legend.zone == band and on_chart.x is not None and in_legend.x is None
    assert {"Show only this band", "Hide this band"} <= set(texts(quiet, on_chart)) & set(texts(quiet, in_legend))


def test_a_note_of_the_timeline_can_be_deleted(quiet: MainWindow, settle: Settle) -> None:
    session, timeline = quiet.session, quiet.timeline
    session.notebook.put(4000, "here it begins")
    pixel = int(timeline.chart.pointer.to_pixel(session.series.x_at(4000)))
    subject = subject_of(timeline, timeline.chart.viewport(), QPoint(pixel + 1, 4))
    assert (subject.seq, subject.text) == (4000, "here it begins") and "Change the note here…" in texts(quiet, subject)
    do(quiet, subject, "Delete this note", settle)
    assert not session.notebook.notes
    quiet.deck.go_to(NotesView.title)
    session.notebook.put(5000, "there")
    settle(session)
    notes = quiet.deck.of(NotesView)
    subject = subject_of(notes, notes.table.viewport(), QPoint(20, 5))
    assert subject.seq == 5000 and "Delete this note" in texts(quiet, subject)


def test_a_cell_of_the_heatmap_is_a_zone_and_a_stretch(quiet: MainWindow, settle: Settle) -> None:
    view = quiet.deck.of(HeatmapView)
    quiet.deck.go_to(view.title)
    settle(quiet.session)
    area = view.cells.area()
    subject = subject_of(view, view.cells, QPoint(int(area.center().x()), 5))
    assert view.cells.map is not None and subject.zone == view.cells.map.names[0] and subject.range is not None
    first, last = subject.range
    assert subject.seq is not None and first <= subject.seq <= last
    do(quiet, subject, "Select this stretch", settle)
    assert quiet.session.selection.range == (first, last)
    assert "Clear this stretch from the selection" in texts(quiet, subject) and "Diagnose the selected stretch" in texts(quiet, subject)
    do(quiet, subject, "Zoom to this stretch", settle)
    assert quiet.session.range[0] >= quiet.session.series.x_at(first) - 1e-6 and quiet.session.range[1] < quiet.session.series.extent[1]
    quiet.resize(1600, 2200)  # rows are taller where there is room
    settle(quiet.session)
    for y in (5, view.cells.row + 5, int(view.cells.area().bottom()) - 5):
        there = subject_of(view, view.cells, QPoint(int(area.center().x()), y))
        assert there.zone == view.cells.words_at(QPointF(area.center().x(), y)).split("\n")[0]
    name = subject_of(view, view.cells, QPoint(3, 5))  # left of the cells
    assert name.zone == subject.zone and name.x is None and name.range is None


def test_rows_and_pages_are_about_what_they_name(bombed: MainWindow, settle: Settle) -> None:
    def first(kind: type[View], table: Callable[[View], Table]) -> Subject:
        bombed.deck.go_to(kind.title)
        settle(bombed.session)
        view = bombed.deck.of(kind)
        view.wait()
        settle(bombed.session)
        return subject_of(view, table(view).viewport(), QPoint(20, 5))

    state = bombed.session.player.state  # type: ignore[union-attr]
    largest = max(state.machine()["zones"], key=lambda zone: zone["cur_size"])["name"]
    assert first(ZonesView, lambda view: view.table).zone == largest  # type: ignore[attr-defined]
    thread = first(ThreadsView, lambda view: view.table)  # type: ignore[attr-defined]
    assert thread.thread in state.threads.live().tolist() and thread.server
    assert first(PortsView, lambda view: view.tasks).task > 0  # type: ignore[attr-defined]
    port = first(PortsView, lambda view: view.ports)  # type: ignore[attr-defined]
    assert f"Only events of port {port.port:#x}" in texts(bombed, port)
    pages = bombed.deck.of(PagesView)
    bombed.deck.go_to(pages.title)
    settle(bombed.session)
    place = pages.cells.place_of(0).center().toPoint()
    page = subject_of(pages, pages.cells.viewport(), place)
    assert pages.map is not None and page.address == pages.map.address[0] and page.text == pages.cells.words(0)
    pages.cells.choose(3)
    there = subject_of(pages, pages.cells, QPoint(0, 0), by_key=True)  # of an element, if elements are drawn
    assert 0 <= there.address - pages.map.address[3] < 4096


def test_a_box_of_the_call_paths_is_a_function(bombed: MainWindow, settle: Settle) -> None:
    view = bombed.deck.of(FlameView)
    bombed.deck.go_to(view.title)
    settle(bombed.session)
    view.grab()
    boxes: Icicle = view.boxes
    area, node = next((area, node) for area, node in boxes.boxes if node.depth == 2 and area.width() > 20)
    before = bombed.session.selection
    QTest.mouseClick(boxes, Qt.MouseButton.RightButton, pos=area.center().toPoint())
    subject = subject_of(view, boxes, area.center().toPoint())
    assert subject.frame == node.name and bombed.session.selection == before
    do(bombed, subject, "Zoom in to this box", settle)
    assert boxes.zoomed == node.trail()


def test_a_sentence_of_the_card_is_about_what_it_shows(bombed: MainWindow, qtbot: QtBot, settle: Settle) -> None:
    findings = bombed.panic.findings
    qtbot.waitUntil(lambda: findings.diagnosis is not None, timeout=60_000)
    assert findings.diagnosis is not None
    findings.fold.setChecked(True)
    settle(bombed.session)
    for link, finding in zip(findings.links, findings.diagnosis.findings, strict=True):
        bombed.panic.findChild(QScrollArea).ensureWidgetVisible(link)  # type: ignore[union-attr]
        subject = subject_of(bombed.panic, link, link.rect().center())
        assert (subject.zone, subject.task, subject.seq or 0, subject.text) == (finding.zone, finding.task, finding.seq, finding.sentence)


def test_each_entry_does_what_it_says(quiet: MainWindow, settle: Settle, qtbot: QtBot) -> None:
    window, session = quiet, quiet.session
    clipboard = QGuiApplication.clipboard()
    subject = Subject(zone="threads", task=1, thread=1, kind="ZALLOC", frame="task_create", seq=200, text="a row")
    do(window, subject, "Go to event 200", settle)
    assert session.moment == 200
    x = session.series.x_at(200) / 2
    do(window, Subject(seq=7, x=x), f"Move the cursor here ({place_words(session, x)})", settle)
    assert session.moment_x == pytest.approx(x)
    for text, field, value in (("zone threads", "zone", "threads"), ("bomb (task 1)", "task", 1), ("thread 1", "thread", 1)):
        do(window, subject, f"Select {text}", settle)
        assert getattr(session.selection, field) == value
        do(window, subject, f"Clear {text} from the selection", settle)
        assert not getattr(session.selection, field)
    alone = Subject(zone="threads", seq=200)
    for way, wanted in (("Next event of zone threads", min(s for s in of_zone(window) if s > 200)),
                        ("Previous event of zone threads", max(s for s in of_zone(window) if s < 200))):  # fmt: skip
        do(window, alone, way, settle)
        window.finder.wait()
        settle(session)
        assert session.moment == wanted
    do(window, subject, "Copy As text", settle)
    assert clipboard.text() == "a row"
    do(window, subject, "Copy task_create", settle)
    assert clipboard.text() == "task_create"
    do(window, subject, "Mark event 200 as A", settle)
    assert session.notebook.mark == 200
    do(window, Subject(seq=400), "Compare A, event 200, with event 400 as B", settle)
    assert window.marker.job is not None
    window.marker.job.wait()
    assert window.marker.dialog is not None and window.marker.dialog.windowTitle() == "From event 200 to event 400"
    do(window, subject, "Add a note here…", settle)
    assert window.note_bar.isVisible() and window.note_bar.seq == 200
    do(window, Subject(range=(100, 200)), "Export this stretch…", settle)
    assert window.tools.dialog is not None and window.tools.dialog.span.text() == "100:200"  # type: ignore[union-attr]


def of_zone(window: MainWindow) -> list[int]:
    """The events of the zone threads, by the filter of the view of events."""
    player = window.session.player
    assert player is not None
    rows = player.rows(1, window.session.last)
    return [int(seq) for seq in rows[parse_filter("zone=threads", player.recording.catalog)(rows), SEQ]]


def test_only_events_of_replaces_a_filter_made_elsewhere_and_adds_to_one_on_show(quiet: MainWindow, settle: Settle) -> None:
    view = quiet.deck.of(EventsView)
    view.filter_by("kind=ZFREE")
    do(quiet, Subject(zone="ipc ports"), "Only events of zone ipc ports", settle)
    assert view.isVisible() and view.field.text() == "zone='ipc ports'"
    do(quiet, Subject(kind="ZALLOC"), "Only events of kind ZALLOC", settle)
    assert split(view.field.text()) == ["zone=ipc ports", "kind=ZALLOC"]
    view.wait()
    settle(quiet.session)
    row = subject_of(view, view.table.viewport(), QPoint(20, 5))
    do(quiet, row, "Show all events", settle)
    assert not view.field.text()


def test_the_right_button_chooses_no_row(quiet: MainWindow, settle: Settle) -> None:
    view = quiet.deck.of(ZonesView)
    quiet.deck.go_to(view.title)
    settle(quiet.session)
    QTest.mouseClick(view.table.viewport(), Qt.MouseButton.RightButton, pos=QPoint(20, 5))
    assert not quiet.session.zone


@pytest.mark.parametrize("key", [(Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier), (Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier)])
def test_the_keys_open_the_menu_of_the_current_row(
    quiet: MainWindow, settle: Settle, monkeypatch: pytest.MonkeyPatch, key: tuple[Qt.Key, Qt.KeyboardModifier]
) -> None:
    got: list[Subject] = []

    def menu(subject: Subject) -> QMenu:
        got.append(subject)
        return QMenu(quiet)

    monkeypatch.setattr(quiet.subject_menu, "menu", menu)
    view = quiet.deck.of(EventsView)
    quiet.deck.go_to(view.title)
    quiet.session.ask_moment(500)
    settle(quiet.session)
    view.table.setFocus()
    QTest.keyClick(view.table, *key)
    assert [subject.seq for subject in got] == [500]
    quiet.timeline.chart.setFocus()
    QTest.keyClick(quiet.timeline.chart, *key)
    assert got[1].seq == 500 and got[1].x is not None


def test_names_from_a_recording_are_plain_text(quiet: MainWindow) -> None:
    menu = quiet.subject_menu.menu(Subject(zone="a & b\n<b>", text="x" * 500))
    shown = [action.text() for action in menu.actions()]
    assert "Select zone a && b <b>" in shown and len(shown[0]) <= 71


def test_a_hit_of_the_search_is_an_event(quiet: MainWindow, qtbot: QtBot, settle: Settle) -> None:
    hits = quiet.find_bar.hits
    hits.look("kind=ZFREE")
    qtbot.waitUntil(lambda: hits.found is not None, timeout=30_000)
    settle(quiet.session)
    assert hits.found is not None
    for view, marks, chart in ((quiet.timeline, quiet.timeline.hits, quiet.timeline.chart),
                               (quiet.overview, quiet.overview.hits, quiet.overview.strip)):  # fmt: skip
        tick = marks.ticks()[len(marks.ticks()) // 2].center().toPoint()
        subject = subject_of(view, chart.viewport() if chart is quiet.timeline.chart else chart, tick)
        assert subject.seq in hits.found.seqs.tolist()


def test_results_of_the_palette_and_rows_of_the_stretch_have_menus(quiet: MainWindow, qtbot: QtBot, settle: Settle) -> None:
    got: list[Subject] = []
    for widget in (quiet.palette_, quiet.stretch):
        widget.menu_asked.connect(lambda subject, _: got.append(subject))
    quiet.palette_.open([])
    quiet.palette_.table.setFocus()
    for asked, sort in (("threads", "zone"), ("300", "moment"), ("ZALLOC", "events"), ("task_create", "call path")):
        quiet.palette_.field.setText(asked)
        quiet.palette_.table.selectRow([hit.sort for hit in quiet.palette_.hits].index(sort))
        ask(quiet.palette_.table, QPoint(0, 0), by_key=True)
    assert (got[0].zone, got[1].seq, got[2].kind, got[3].frame) == ("threads", 300, "ZALLOC", "task_create")
    do(quiet, got[0], "Choose this result", settle)
    assert quiet.session.zone == "threads" and quiet.palette_.isHidden()
    quiet.session.select(range=(100, 4000))
    card = quiet.stretch
    qtbot.waitUntil(lambda: card.isVisible() and card.table.rows.rowCount() > 0, timeout=30_000)
    ask(card.table.viewport(), QPoint(10, 5))
    assert got[-1].zone == card.table.sorted.row_at(0)[0]
