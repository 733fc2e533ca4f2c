"""Zones of a moment as rows and as columns."""

from zoneviz.captures.capture import UNKNOWN, ZoneRow, ZoneTable
from zoneviz.state.rows import SIZE_LIMIT

ROWS = [ZoneRow("filp", 256, 3, 1, 1024), ZoneRow("dentry", in_use=7), ZoneRow("odd", cur_size=10**20)]


def test_a_table_has_the_rows_it_was_made_of() -> None:
    table = ZoneTable.of(ROWS)
    assert list(table)[:2] == ROWS[:2] and table[1] == ROWS[1] and len(table) == 3
    assert list(table[1:])[:1] == ROWS[1:2] and ZoneTable.of(table) is table
    assert list(ZoneTable.of([])) == []


def test_a_figure_over_64_bits_becomes_the_limit() -> None:
    assert ZoneTable.of(ROWS)[2] == ZoneRow("odd", UNKNOWN, UNKNOWN, UNKNOWN, SIZE_LIMIT)
