"""The table of allocations shows what is counted up to the moment or in a range."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui import live
from tests.gui.conftest import Settle
from zoneviz import words
from zoneviz.events import Kind
from zoneviz.gui.kit.theme import DARK
from zoneviz.gui.session import jobs
from zoneviz.gui.session.session import Session
from zoneviz.gui.views import allocations
from zoneviz.gui.views.allocations import (
    ALLOCATED,
    BYTES,
    FRAG,
    FREES,
    HITS,
    IN_RANGE,
    IN_USE,
    MOVED,
    NAME,
    OF_ZONE,
    REQUESTED,
    ROUNDING,
    TO_MOMENT,
    AllocationsView,
)  # fmt: skip
from zoneviz.playback import Player
from zoneviz.playback.kmem_stat import KmemStat, kmem_stat
from zoneviz.playback.kmem_tables import BY, POINTER, SITE, WAY, ZONE, Groups, groups
from zoneviz.recording import Recorder, Recording

Look = Callable[[], None]


@pytest.fixture
def view(bomb: Session, qtbot: QtBot) -> AllocationsView:
    made = AllocationsView(bomb)
    qtbot.addWidget(made)
    made.resize(1400, 400)
    made.show()
    return made


@pytest.fixture
def look(view: AllocationsView, settle: Settle) -> Look:
    """Draw, and wait for the counts."""

    def act() -> None:
        settle(view.session)
        view.wait()
        settle(view.session)

    act()
    return act


def counted(session: Session, by: str, first: int, last: int) -> Groups:
    assert session.player is not None
    with Recording(session.player.recording.path) as recording:
        stat = KmemStat(first - 1)
        list(kmem_stat(Player(recording), stat, last))
        return groups(stat, recording.catalog, by)


def cells(view: AllocationsView) -> list[list[str]]:
    model = view.table.sorted
    return [[str(model.index(r, c).data() or "") for c in range(model.columnCount())] for r in range(model.rowCount())]


@pytest.mark.parametrize("by", BY)
def test_rows_are_those_of_the_moment(view: AllocationsView, bomb: Session, look: Look, by: str) -> None:
    view.by.set_value(by)
    for moment in (bomb.last, 60_000, 90_000):
        bomb.ask_moment(moment)
        look()
        found = counted(bomb, by, 1, moment)
        rows = found.rows(found.ordered()[: allocations.MOST])
        shown = {row[NAME]: row for row in cells(view)}
        assert len(shown) == len(rows) and ("largest" in view.sums.toolTip()) == (len(found) > len(rows))
        assert view.sums.parts[-1] == f"events 1 to {moment:,}"
        for row in rows:
            line = shown[words.middle(row.name, 400)]
            assert (line[HITS], line[FREES], line[IN_USE]) == (f"{row.hits:,}", f"{row.frees:,}", f"{row.in_use:,}")
            assert bool(line[REQUESTED]) == bool(line[FRAG]) == (row.asked is not None)
    assert view.table.isColumnHidden(MOVED) and not view.table.isColumnHidden(ROUNDING)


def test_a_range_is_the_selected_or_the_visible_one(view: AllocationsView, bomb: Session, look: Look) -> None:
    view.what.set_value(IN_RANGE)
    low, high = bomb.series.extent
    bomb.set_range(low, low + (high - low) / 2)
    look()
    end = bomb.series.seq_at(bomb.range[1])
    assert view.sums.parts[-1] == f"events 1 to {end:,}" and end < bomb.last
    bomb.select(range=(50_000, 70_000))
    look()
    assert view.sums.parts[-1] == "events 50,000 to 70,000"
    found = counted(bomb, SITE, 50_000, 70_000)
    assert [row[NAME] for row in cells(view)] == [row.name for row in found.rows(found.ordered())]
    view.what.set_value(TO_MOMENT)
    look()
    assert view.sums.parts[-1] == f"events 1 to {bomb.last:,}"


def test_sorting_chooses_the_largest_of_all(view: AllocationsView, bomb: Session, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocations, "MOST", 5)
    view.table.sortByColumn(HITS, Qt.SortOrder.DescendingOrder)
    look()
    found = counted(bomb, SITE, 1, bomb.last)
    assert [row[NAME] for row in cells(view)] == [row.name for row in found.rows(found.ordered(("hits",))[:5])]
    view.table.sortByColumn(BYTES, Qt.SortOrder.DescendingOrder)
    look()
    assert [row[NAME] for row in cells(view)] == [row.name for row in found.rows(found.ordered(("in-use",))[:5])]
    assert "largest 5 of " in view.sums.toolTip()


def test_a_chosen_row_shows_its_path_and_enter_goes_to_its_last_event(view: AllocationsView, bomb: Session, look: Look) -> None:
    assert view.path.isHidden() and view.table.currentIndex().row() < 0
    view.table.setFocus()
    QApplication.processEvents()
    assert view.path.isHidden()  # the focus alone chooses nothing
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    assert view.path.text().startswith("Most of it allocated by ") and "ipc_kobject_server" in view.path.text() and not bomb.zone
    view.by.set_value(POINTER)
    look()
    assert view.path.isHidden()
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    row = view.answered[int(view.table.sorted.row_at(view.table.currentIndex().row())[-1])]
    assert bomb.player is not None
    assert bomb.zone == bomb.player.recording.catalog.zones[row.zone - 1].name and view.path.text().startswith("Last allocated by ")
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    look()
    assert bomb.moment == row.last


def test_only_the_selected_zone_and_a_filter(view: AllocationsView, bomb: Session, look: Look) -> None:
    assert view.only.isHidden()
    view.by.set_value(ZONE)
    bomb.select_zone("ipc ports")
    look()
    assert not view.only.isHidden() and len(cells(view)) > 20
    view.filter.setText("PORTS")
    assert {row[NAME] for row in cells(view)} == {"ipc ports"}
    view.filter.clear()
    view.only.setChecked(True)
    view.by.set_value(SITE)
    look()
    assert {row[OF_ZONE] for row in cells(view)} == {"ipc ports"} and len(cells(view)) > 2
    bomb.select_zone("")
    look()
    assert len({row[OF_ZONE] for row in cells(view)}) > 5


def test_a_live_recording_has_processors_and_its_own_words(
    view: AllocationsView, bomb: Session, look: Look, settle: Settle, tmp_path: Path
) -> None:
    bomb.show(Player(Recording(live.write(tmp_path / "live.zvz", live.events(600)))))
    view.by.set_value(ZONE)
    bomb.set_theme(DARK)
    look()
    headings = [str(view.table.rows.headerData(column, Qt.Orientation.Horizontal)) for column in (NAME, OF_ZONE, ALLOCATED)]
    assert headings == ["slab cache", "call site", "allocated"] and view.by.text() == "slab cache ▾"
    assert {row[NAME] for row in cells(view)} == {name for name, _ in live.CACHES}
    assert not view.table.isColumnHidden(MOVED) and sum(int(row[MOVED]) for row in cells(view)) == 60
    assert any("freed on another processor" in part for part in view.sums.parts)


def test_call_paths_are_offered_only_where_there_are_callers(view: AllocationsView, bomb: Session, look: Look, tmp_path: Path) -> None:
    def offered() -> list[str]:
        return [action.data() for action in view.by.menu().actions() if action.isVisible()]

    assert offered() == list(BY)
    view.by.set_value(WAY)
    made = live.catalog()
    made.paths.clear()
    del made.paths.rows[1:]
    _ = made.paths[0, "alloc_empty_file"], made.paths[0, "other"]
    bomb.show(Player(Recording(live.write(tmp_path / "flat.zvz", live.events(60), made))))
    look()
    assert offered() == [SITE, POINTER, ZONE] and view.by.value() == SITE and cells(view)


def test_a_run_that_is_recorded_is_followed(
    view: AllocationsView, bomb: Session, look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LIVE_SECONDS", 0.0)
    rows = live.events(2000)
    recorder = Recorder(tmp_path / "live.zvz", live.catalog(), live.header())
    recorder.feed(np.array(rows[:1000]))
    recorder.commit()
    bomb.show(Player(Recording(recorder.path)), live=True)
    look()
    assert view.sums.parts[-1] == "events 1 to 1,000"
    recorder.feed(np.array(rows[1000:]))
    recorder.finish("finished", {"outcome": "finished"})
    bomb.ended()
    look()
    assert view.sums.parts[-1] == f"events 1 to {len(rows):,}"
    assert [row[HITS] for row in cells(view)] == [f"{sum(row[0] == Kind.ZALLOC for row in rows):,}"]
