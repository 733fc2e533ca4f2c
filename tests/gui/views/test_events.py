"""The event table: right rows, few reads."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle, events, write
from zoneviz.events import Kind
from zoneviz.gui.models.events import PAGE, PAGES, EventTable, kind_name
from zoneviz.gui.session import Session
from zoneviz.gui.views.events import EventsView
from zoneviz.recording import Recording


@pytest.fixture
def view(session: Session, qtbot: QtBot, settle: Settle) -> EventsView:
    made = EventsView(session)
    qtbot.addWidget(made)
    made.resize(1000, 300)
    made.show()
    settle(session)
    return made


def test_rows_are_the_recordings(view: EventsView, recorded: Path) -> None:
    recording = Recording(recorded)
    for seq in (1, 7, 4000, recording.event_count):
        row = recording.events(seq, seq)[0]
        cells = [str(view.model.index(seq - 1, column).data() or "") for column in range(view.model.columnCount())]
        assert cells[0] == f"{seq:,}"
        assert cells[2] == Kind(int(row[1])).name
        assert cells[5] == (f"{row[8]:,}" if row[8] else "")
        assert cells[8] == recording.catalog.paths.text(int(row[5]))
    recording.close()


def test_only_pages_that_are_looked_at_are_read(view: EventsView) -> None:
    assert view.model.rowCount() > 8000
    assert view.model.reads <= 3
    for seq in range(0, view.model.rowCount(), PAGE // 2):
        view.model.row(seq)
    assert len(view.model._pages) <= PAGES


def test_the_moment_is_the_chosen_row_and_in_sight(view: EventsView, session: Session, settle: Settle) -> None:
    session.ask_moment(4321)
    settle(session)
    assert view.table.currentIndex().row() == 4320
    assert view.table.rowAt(0) <= 4320 <= view.table.rowAt(view.table.viewport().height() - 2)


def test_a_row_moves_the_moment(view: EventsView, session: Session, settle: Settle) -> None:
    view.table.clicked.emit(view.model.index(99, 0))
    settle(session)
    assert session.moment == 100


def test_words_are_shown_in_words(view: EventsView) -> None:
    told = [(Kind.ZINIT, "ipc ports"), (Kind.KMEM_SUBALLOC, "zone_map"), (Kind.CONSOLE, "<b>boot</b> of the machine ready")]
    for kind, words in told:
        row = next(r for r in range(10) if view.model.index(r, 2).data() == kind.name)
        assert view.model.index(row, 3).data() == words


def test_unknown_numbers_do_not_break_it(tmp_path: Path) -> None:
    strange = [(200, 5, 9, 9, 99, 77, 1, 2, 3), (int(Kind.PANIC), 6, 0, 0, -4, 500, 0, 0, 900), (int(Kind.MARK), 7, 0, 0, 0, -2, 0, 0, 0)]
    model = EventTable()
    model.show_recording(Recording(write(tmp_path / "a.zvz", [*events(10)[:5], *strange], outcome="interrupted")))
    cells = [[model.index(r, c).data() for c in range(model.columnCount())] for r in range(model.rowCount())]
    assert cells[5][2] == kind_name(200) == "kind 200"
    assert cells[6][3] == "name 500"
