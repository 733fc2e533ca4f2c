"""The model of the table of events, for every kind of event."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.gui import live
from tests.gui.conftest import events, write
from zoneviz import words
from zoneviz.events import Kind
from zoneviz.gui.charts.event_table import EventTable, amount, kind_name
from zoneviz.recording import Recording
from zoneviz.state.rows import KIND, SIZE, Ints


def event(kind: Kind, size: int) -> Ints:
    row = np.zeros(10, np.int64)
    row[KIND], row[SIZE] = kind, size
    return row


def test_sizes_have_units() -> None:
    assert amount(event(Kind.KMEM_FAIL, 4096)) == "4,096 B"
    assert amount(event(Kind.RIGHT_INSERT, 46)) == "name 0x2e"
    assert amount(event(Kind.THREAD_READY, 12)) == "priority 12"
    assert amount(event(Kind.TABLE_GROW, 64)) == "64"
    assert amount(event(Kind.ZALLOC, 0)) == ""


def test_unknown_numbers_are_shown_as_numbers(tmp_path: Path) -> None:
    strange = [(200, 5, 9, 9, 99, 77, 1, 2, 3), (int(Kind.PANIC), 6, 0, 0, -4, 500, 0, 0, 900), (int(Kind.MARK), 7, 0, 0, 0, -2, 0, 0, 0)]
    model = EventTable()
    model.show_recording(Recording(write(tmp_path / "a.zvz", [*events(10)[:5], *strange], outcome="interrupted")))
    cells = [[model.index(r, c).data() for c in range(model.columnCount())] for r in range(model.rowCount())]
    assert cells[5][2] == kind_name(200) == "kind 200"
    assert cells[6][3] == "name 500"


def test_only_the_event_of_the_moment_is_bold(qapp: QApplication, recorded: Path) -> None:
    with Recording(recorded) as recording:
        table = EventTable()
        table.show_recording(recording)
        for moment in (12, 7):
            table.show_moment(moment)
            fonts = [table.data(table.index(row, 2), Qt.ItemDataRole.FontRole) for row in range(20)]
            assert [table.event_of(row) for row, font in enumerate(fonts) if font is not None and font.bold()] == [moment]
        table.choose(np.array([3, 5, 90]))
        assert table.data(table.index(1, 0), Qt.ItemDataRole.FontRole) is not None, "the last chosen event before the moment"
        table.show_recording(None)


def test_a_live_machine_has_processes_and_processors(qapp: QApplication, tmp_path: Path) -> None:
    lost = (int(Kind.LOST), 10**9, 0, 2, 0, 2, 0, 1204, 0)
    with Recording(live.write(tmp_path / "a.zvz", [*live.events(1), lost, (*lost[:5], 0, 0, 0, 0)])) as recording:
        table = EventTable()
        table.show_recording(recording)
        heads = [table.headerData(column, Qt.Orientation.Horizontal) for column in (6, 7)]
        assert heads == ["process", "CPU"]
        made, gap, unknown = (table.row(row) for row in (3, 4, 5))
        assert [table.shown(made, column) for column in (4, 6, 7, 8)] == [
            words.address(live.SLABS + (1 << 30)), "find (812)", "CPU 0", "do_filp_open > alloc_empty_file"
        ]  # fmt: skip
        assert table.shown(gap, 3) == "1,204 events lost on CPU 1" and table.shown(unknown, 3) == "events lost"
        assert table.data(table.index(4, 2), Qt.ItemDataRole.ForegroundRole) is not None
        table.show_recording(None)
