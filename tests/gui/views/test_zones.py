"""The table of zones shows the figures of the player's machine."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import ZONE_MAP_SIZE, Settle
from zoneviz import words
from zoneviz.gui.charts.growth import BACK
from zoneviz.gui.charts.zone_table import COLUMNS, ELEMENT, FREE, GROWTH, IN_USE, NAME, SHARE, SIZE
from zoneviz.gui.kit.rows import CURVE, SORT
from zoneviz.gui.kit.theme import DARK
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.zones import ZonesView
from zoneviz.mach.sizes import BOOT_ZONE_MEMORY


@pytest.fixture
def view(session: Session, qtbot: QtBot, settle: Settle) -> ZonesView:
    made = ZonesView(session)
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    settle(session)
    return made


def shown(view: ZonesView) -> dict[str, list[str]]:
    model = view.sorted
    rows = [[str(model.index(r, c).data() or "") for c in range(model.columnCount())] for r in range(model.rowCount())]
    return {row[NAME]: row for row in rows}


@pytest.mark.parametrize("seq", [0, 1, 50, 4000, 10**9])
def test_every_figure_is_that_of_the_player(view: ZonesView, session: Session, settle: Settle, seq: int) -> None:
    session.ask_moment(seq)
    settle(session)
    assert session.player is not None
    rows = shown(view)
    zones = session.player.state.machine()["zones"]
    assert len(rows) == len(zones)
    for zone in zones:
        row = rows[zone["name"]]
        assert row[SIZE] == words.size_cell(zone["cur_size"])
        assert row[SHARE] == f"{100 * zone['cur_size'] / (ZONE_MAP_SIZE + BOOT_ZONE_MEMORY):.1f} %"
        assert row[IN_USE] == f"{zone['in_use']:,}"
        assert row[FREE] == f"{zone['free']:,}"


def test_the_focus_alone_selects_no_zone(view: ZonesView, session: Session) -> None:
    view.table.setFocus()
    QApplication.processEvents()
    assert view.table.hasFocus() and session.zone == "" and not view.table.selectionModel().hasSelection()
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    assert session.zone == view.sorted.zone_at(0)


def test_names_get_the_spare_width(view: ZonesView, settle: Settle) -> None:
    name = "a zone with a name that is longer than most of them are"
    view.model.show_zones([{**row, "name": name if row["name"] == "threads" else row["name"]} for row in view.model.rows], 1)
    needed = view.table.sizeHintForColumn(NAME)
    view.resize(1400, 300)
    assert view.table.columnWidth(NAME) >= needed
    view.resize(500, 300)
    assert view.table.columnWidth(NAME) < needed


def test_element_sizes_are_in_bytes(view: ZonesView) -> None:
    assert shown(view)["ipc ports"][ELEMENT] == "76 B"


def test_growth_is_the_rate_just_before_the_moment(view: ZonesView, session: Session, settle: Settle) -> None:
    session.ask_moment(4000)
    settle(session)
    assert session.player is not None
    low, high = session.range
    now = dict(zip(shown(view), sizes(view), strict=True))
    earlier = session.series.seq_at(session.moment_x - BACK * (high - low))
    session.ask_moment(earlier)
    settle(session)
    then = dict(zip(shown(view), sizes(view), strict=True))
    session.ask_moment(4000)
    settle(session)
    for name, rate in view.model.rates.items():
        gained = now[name] - then[name]
        assert rate * BACK * (high - low) == pytest.approx(gained, abs=0.02 * now[name] + 100), name
    assert sum(view.model.rates.values()) > 0


def sizes(view: ZonesView) -> list[int]:
    return [int(view.sorted.index(row, SIZE).data(SORT)) for row in range(view.sorted.rowCount())]


def test_the_forecast_divides_free_memory_by_growth(view: ZonesView, session: Session, settle: Settle) -> None:
    view.resize(1400, 300)
    session.ask_moment(4000)
    settle(session)
    assert session.player is not None
    free = session.player.state.machine()["zone_map"]["free"]
    left = free / sum(view.model.rates.values())
    assert f"full in {words.duration(round(left * 1e9))} at this rate" in view.sums.text()


def test_there_is_no_growth_outside_the_visible_range(view: ZonesView, session: Session, settle: Settle) -> None:
    low, high = session.series.extent
    session.set_range(low, low + (high - low) / 4)
    settle(session)
    assert session.moment == session.last and view.model.rates == {}
    assert {row[GROWTH] for row in shown(view).values()} == {"-"}
    assert "full in" not in view.sums.text()


def test_on_an_axis_of_events_growth_is_per_thousand(view: ZonesView, session: Session, settle: Settle) -> None:
    def heading() -> object:
        return view.sorted.headerData(GROWTH, Qt.Orientation.Horizontal)

    assert heading() == "growth/s"
    session.set_by_event(True)
    settle(session)
    assert heading() == "growth/1,000"
    row = view.sorted.row_of("threads")
    assert view.sorted.index(row, GROWTH).data(SORT) == round(view.model.rates["threads"] * 1000)


def test_sums_that_do_not_fit_are_left_out_whole(view: ZonesView, session: Session, settle: Settle) -> None:
    session.ask_moment(4000)
    seen = set()
    for width in (1400, 700, 480, 330):
        view.resize(width, 300)
        settle(session)
        parts = view.sums.text().split(" · ")
        assert all(part in view.sums.toolTip().splitlines() for part in parts)
        seen.add(len(parts))
    assert max(seen) == len(view.sums.toolTip().splitlines()) == 3 > min(seen)  # no page end is unusable here


def test_the_largest_zone_is_first_and_columns_sort_by_number(view: ZonesView) -> None:
    def column() -> list[int]:
        return [int(view.sorted.index(row, IN_USE).data(Qt.ItemDataRole.UserRole)) for row in range(view.sorted.rowCount())]

    assert view.sorted.zone_at(0) == "threads"
    view.table.sortByColumn(IN_USE, Qt.SortOrder.AscendingOrder)
    assert column() == sorted(column())


def test_figures_are_right_aligned(view: ZonesView) -> None:
    for column in (SIZE, SHARE, IN_USE, FREE):
        assert view.model.data(view.model.index(0, column), Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight


def test_the_chosen_row_and_the_selection_follow_each_other(view: ZonesView, session: Session, settle: Settle) -> None:
    view.table.selectRow(view.sorted.row_of("ipc ports"))
    assert session.zone == "ipc ports"
    session.select_zone("threads")
    assert view.table.currentIndex().row() == view.sorted.row_of("threads")
    session.ask_moment(500)
    settle(session)
    assert session.zone == "threads"
    session.select_zone("")
    assert not view.table.selectionModel().hasSelection()


def test_the_filter_keeps_matching_zones_and_rows_can_be_copied(view: ZonesView) -> None:
    view.filter.setText("KALLOC")
    assert view.sorted.rowCount() == 1
    view.table.selectRow(0)
    assert view.table.chosen_text().startswith("kalloc.64\t")


def looks(view: ZonesView, row: int, column: int) -> tuple[object, ...]:
    """What a cell is painted from."""
    index = view.model.index(row, column)
    muted, curve = index.data(Qt.ItemDataRole.ForegroundRole), index.data(CURVE)
    return index.data(), muted and muted.name(), id(curve)


def test_every_cell_that_looks_different_is_announced(view: ZonesView, session: Session, settle: Settle) -> None:
    """Only announced cells are painted again."""
    seen: dict[tuple[int, int], tuple[object, ...]] = {}
    told: list[int] = []

    def take(first: QModelIndex, last: QModelIndex) -> None:
        cells = [(r, c) for r in range(first.row(), last.row() + 1) for c in range(first.column(), last.column() + 1)]
        told.append(len(cells))
        seen.update({cell: looks(view, *cell) for cell in cells})

    def take_all() -> None:
        take(view.model.index(0, 0), view.model.index(view.model.rowCount() - 1, len(COLUMNS) - 1))

    view.model.dataChanged.connect(take)
    view.model.layoutChanged.connect(take_all)
    view.model.modelReset.connect(take_all)
    for seq in (0, 100, 3000, 3001, 3002, 4000, 2500, 4000):
        told.clear()
        session.ask_moment(seq)
        settle(session)
        assert seen == {cell: looks(view, *cell) for cell in seen}
        if seq in (3001, 3002):
            assert sum(told) < len(seen) / 3
    everything = len(seen)
    low, high = session.series.extent
    session.set_range(low, low + (high - low) / 2)
    settle(session)
    assert seen == {cell: looks(view, *cell) for cell in seen}
    session.set_theme(DARK)
    settle(session)
    assert seen == {cell: looks(view, *cell) for cell in seen} and len(seen) == everything
