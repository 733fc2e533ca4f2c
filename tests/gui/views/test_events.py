"""The table of events shows the right rows with few reads."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from tests.gui import live
from tests.gui.conftest import BASE, Settle, events, write
from zoneviz import resources
from zoneviz.app.parts import cut
from zoneviz.events import Kind
from zoneviz.gui.charts.event_table import COLUMNS, PAGE, PAGES
from zoneviz.gui.kit.tables import EndShown
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import things
from zoneviz.gui.views.events import EventsView
from zoneviz.playback import Player
from zoneviz.playback.search import parse_filter
from zoneviz.recording import Recording
from zoneviz.state.rows import ADDRESS, KIND, SEQ, SIZE, Ints


@pytest.fixture
def view(session: Session, qtbot: QtBot, settle: Settle) -> EventsView:
    made = EventsView(session)
    qtbot.addWidget(made)
    made.resize(1000, 300)
    made.show()
    settle(session)
    return made


def test_rows_are_those_of_the_recording(view: EventsView, recorded: Path) -> None:
    recording = Recording(recorded)
    for seq in (1, 7, 4000, recording.event_count):
        row = recording.events(seq, seq)[0]
        cells = [str(view.model.index(seq - 1, column).data() or "") for column in range(view.model.columnCount())]
        assert cells[0] == f"{seq:,}"
        assert cells[2] == Kind(int(row[1])).name
        assert cells[5] == (f"{row[8]:,} B" if row[8] else "")
        assert cells[8] == recording.catalog.paths.text(int(row[5]))
    recording.close()


def test_columns_and_cells_have_tool_tips(view: EventsView) -> None:
    tip = Qt.ItemDataRole.ToolTipRole
    assert all(view.model.headerData(i, Qt.Orientation.Horizontal, tip) for i in range(len(COLUMNS)))
    row = next(r for r in range(40) if view.model.index(r, 2).data() == "ZALLOC")
    assert view.model.index(row, 4).data() == f"{BASE:#010x}"
    assert "address of the element" in view.model.index(row, 4).data(tip)
    assert "element size" in view.model.index(row, 5).data(tip)


def test_times_of_neighbours_differ(view: EventsView, tmp_path: Path) -> None:
    told = [(int(Kind.CONSOLE), time, 1, 1, 0, 3, 0, 0, 0) for time in (1_500_000_000, 1_500_007_000)]
    recording = Recording(write(tmp_path / "late.zvz", told))
    view.model.show_recording(recording)
    assert [view.model.index(row, 1).data() for row in (0, 1)] == ["1.500000 s", "1.500007 s"]
    view.model.show_recording(None)
    recording.close()


@pytest.mark.parametrize("name", ["fork-bomb", "linux-sockets", "real-messages"])
def test_the_example_in_the_filter_uses_what_the_recording_has(view: EventsView, session: Session, settle: Settle, name: str) -> None:
    session.show(Player(Recording(next(path for path in resources.recordings() if path.name.startswith(name)))))
    settle(session)
    assert session.player is not None
    shown, header, catalog = view.field.placeholderText().removeprefix("filter: "), session.header, session.player.recording.catalog
    assert parse_filter(shown, catalog).zones
    assert header.of_readings == ("task=" not in shown) == ("kind=ZONE_FIGURE" in shown)
    assert ("'ipc ports'" in shown) == (name != "linux-sockets")


def test_long_times_fit_also_in_the_bold_row_of_the_moment(view: EventsView, session: Session, settle: Settle) -> None:
    session.show(Player(Recording(next(path for path in resources.recordings() if path.name.startswith("linux-sockets")))))
    column = COLUMNS.index("time")
    session.ask_moment(session.last)
    settle(session)
    cell = view.model.index(view.model.row_of(session.last), column)
    assert cell.data() == "4 h 40 min 13 s" and cell.data(Qt.ItemDataRole.FontRole).bold()
    assert view.table.sizeHintForIndex(cell).width() <= view.table.columnWidth(column)


def test_a_call_path_is_cut_at_the_start(view: EventsView) -> None:
    option = QStyleOptionViewItem()
    delegate = view.table.itemDelegateForColumn(COLUMNS.index("call path"))
    assert isinstance(delegate, EndShown)
    delegate.initStyleOption(option, view.model.index(40, 8))
    assert option.textElideMode == Qt.TextElideMode.ElideLeft


def test_the_heading_counts_the_events(view: EventsView, session: Session) -> None:
    assert view.heading.text() == f"{session.last:,} events"


def test_only_visible_pages_are_read(view: EventsView) -> None:
    assert view.model.rowCount() > 8000
    assert view.model.reads <= 3
    for seq in range(0, view.model.rowCount(), PAGE // 2):
        view.model.row(seq)
    assert len(view.model._pages) <= PAGES


def test_the_row_of_the_moment_is_chosen_and_visible(view: EventsView, session: Session, settle: Settle) -> None:
    session.ask_moment(4321)
    settle(session)
    assert view.table.currentIndex().row() == 4320
    assert view.table.rowAt(0) <= 4320 <= view.table.rowAt(view.table.viewport().height() - 2)


def test_opening_a_row_moves_the_moment(view: EventsView, session: Session, settle: Settle) -> None:
    view.table.doubleClicked.emit(view.model.index(99, 0))
    settle(session)
    assert session.moment == 100


def test_interned_texts_are_shown(view: EventsView) -> None:
    told = [(Kind.ZINIT, "ipc ports"), (Kind.KMEM_SUBALLOC, "zone_map"), (Kind.CONSOLE, "<b>boot</b> of the machine ready")]
    for kind, words in told:
        row = next(r for r in range(10) if view.model.index(r, 2).data() == kind.name)
        assert view.model.index(row, 3).data() == words


def seqs(view: EventsView) -> list[int]:
    return [view.model.event_of(row) for row in range(view.model.rowCount())]


def every(session: Session) -> Ints:
    assert session.player is not None
    return session.player.recording.events()


def ask(view: EventsView, words: str) -> None:
    view.field.setText(words)
    view.field.returnPressed.emit()
    view.wait()


def test_a_filter_shows_the_matching_events(view: EventsView, session: Session) -> None:
    rows = every(session)
    ask(view, "kind=ZFREE")
    wanted = rows[rows[:, KIND] == Kind.ZFREE]
    assert seqs(view) == wanted[:, SEQ].tolist()
    assert view.heading.text() == f"{len(wanted):,} of {len(rows):,} events"
    for row in (0, len(wanted) // 2, len(wanted) - 1):
        assert view.model.row(row).tolist() == wanted[row].tolist()
    ask(view, "size=300..400 event=..1000")
    assert seqs(view) == rows[(rows[:, SIZE] >= 300) & (rows[:, SIZE] <= 400) & (rows[:, SEQ] <= 1000), SEQ].tolist()
    view.field.clear()
    assert not view.model.filtered and view.model.rowCount() == len(rows)


def test_the_selection_is_a_filter(view: EventsView, session: Session) -> None:
    session.select(zone="threads", range=(100, 400))
    view.chosen.setChecked(True)
    view.wait()
    zone = [zone.name for zone in session.player.recording.catalog.zones].index("threads") + 1  # type: ignore[union-attr]
    wanted = [r[0] for r in every(session).tolist() if r[1] in (1, 2, 3) and r[6] == zone and 100 <= r[0] <= 400]
    assert seqs(view) == wanted != []
    session.clear_all()
    assert not view.model.filtered


def test_the_menu_filters_by_address(view: EventsView, session: Session) -> None:
    rows = every(session)
    row = 200
    address = int(rows[row, ADDRESS])
    [term] = [thing.term for thing in things(view.about(row), session) if thing.words.startswith("address")]
    view.filter_by(term)
    view.wait()
    assert seqs(view) == rows[rows[:, ADDRESS] == address, SEQ].tolist()
    view.filter_by("kind=ZALLOC")
    view.wait()
    assert view.field.text() == f"touches=address:{address:#x} kind=ZALLOC"
    view.filter_by("kind=ZFREE")
    assert "ZALLOC" not in view.field.text()


def test_opening_a_filtered_row_moves_the_moment(view: EventsView, session: Session, settle: Settle) -> None:
    ask(view, "kind=ZFREE")
    view.table.activated.emit(view.model.index(3, 0))
    settle(session)
    assert session.moment == view.model.event_of(3)
    session.step(1)
    settle(session)
    assert view.table.currentIndex().row() == 3  # the last match before the moment


@pytest.mark.parametrize("words", ["kind=NOTHING", "hello", "zone='open", "size=x"])
def test_an_invalid_filter_is_reported_and_the_rows_stay(view: EventsView, session: Session, words: str) -> None:
    ask(view, words)
    assert view.words.text().endswith(".") and view.words.property("role") == "danger"
    assert view.model.rowCount() == session.last


def test_a_filter_without_matches_says_so(view: EventsView) -> None:
    ask(view, "kind=HANG")
    assert view.model.rowCount() == 0 and "No event" in view.words.text()


def test_the_menu_quotes_hostile_names(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, settle: Settle) -> None:
    nasty = (("a 'quoted' & name", 76), ("threads", 332), ("x" * 500, 48), ("k", 64), ("i", 8))
    monkeypatch.setattr("tests.gui.conftest.ZONES", nasty)
    session = Session()
    session.show(Player(Recording(write(tmp_path / "a.zvz", events(300)))))
    view = EventsView(session)
    qtbot.addWidget(view)
    view.show()
    settle(session)
    view.filter_by(next(thing.term for thing in things(view.about(20), session) if thing.term.startswith("zone=")))
    view.wait()
    assert view.model.filtered and view.model.rowCount() > 0
    session.show(None)


def test_an_excerpt_starts_with_its_first_event(recorded: Path, tmp_path: Path, qtbot: QtBot, settle: Settle) -> None:
    """Row 0 is the first event of the file, not event 1."""
    first, last = 4001, 4000 + 2 * PAGE
    cut(recorded, str(first), str(last), tmp_path / "part.zvz")
    session = Session()
    recording = Recording(tmp_path / "part.zvz")
    session.show(Player(recording))
    made = EventsView(session)
    qtbot.addWidget(made)
    made.resize(1000, 300)
    made.show()
    settle(session)
    rows = range(made.model.rowCount())
    assert [made.model.index(row, 0).data() for row in rows] == [f"{seq:,}" for seq in range(first, last + 1)]
    assert made.heading.text() == f"{2 * PAGE:,} events"
    assert [made.model.row_of(seq) for seq in (0, first - 1, first, last, last + 1)] == [-1, -1, 0, len(rows) - 1, len(rows) - 1]
    assert [made.model.event_of(row) for row in (0, len(rows) - 1)] == [first, last]
    session.show(None)
    session.deleteLater()


def test_the_menu_of_a_live_machine_names_process_and_processor(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    session = Session()
    session.show(Player(Recording(live.write(tmp_path / "live.zvz", live.events(3)))))
    view = EventsView(session)
    qtbot.addWidget(view)
    view.show()
    offered = {thing.words: thing.term for thing in things(view.about(3), session)}
    address = "0xffff8880" + "40000000"
    assert offered["find (812)"] == "touches=task:2" and offered["CPU 0"] == "touches=thread:1"
    assert offered[f"address {address}"] == f"touches=address:{address}"
    view.filter_by(f"touches=address:{address}")
    qtbot.waitUntil(lambda: view.model.filtered and view.model.rowCount() == 1, timeout=30_000)
    session.show(None)
