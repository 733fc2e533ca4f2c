"""A recording of readings in the window: its own words, whole readings, and views that say why they have nothing to draw."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from tests.gui.conftest import Settle
from tests.recording.readings import Readings, readings, record
from zoneviz import resources
from zoneviz.app.captures import import_files
from zoneviz.events import ZoneInfo
from zoneviz.gui.charts.zone_colours import colour_of
from zoneviz.gui.charts.zone_table import FLAGS, FREE, IN_USE, NAME
from zoneviz.gui.kit.colours import other_colour, pale_colour, zone_colour
from zoneviz.gui.views.events import EventsView
from zoneviz.gui.views.heatmap import HeatmapView
from zoneviz.gui.views.not_shown import NotShownView
from zoneviz.gui.views.zones import ZonesView
from zoneviz.gui.window.main_window import MainWindow

NAMES = ("dentry", "kmalloc-64", "kmalloc-cg-64", "filp")
ABOUT = {"cannot_show": ["Row 70 of slabinfo is cut: kmalloc-8192."], "trust": [], "skipped": {}}


@pytest.fixture
def made() -> Readings:
    found = readings(30, len(NAMES))
    found.catalog.zones[:] = [ZoneInfo(i, name, 8 * i, 0, 4096, "") for i, name in enumerate(NAMES, 1)]
    return found


@pytest.fixture
def opened(window: MainWindow, settle: Settle, made: Readings, tmp_path: Path) -> MainWindow:
    record(tmp_path / "slab.zvz", made, result=ABOUT)
    window.open_path(tmp_path / "slab.zvz")
    settle(window.session)
    return window


def test_the_labels_use_the_words_of_the_system(opened: MainWindow) -> None:
    assert opened.transport.event_label.text() == "reading 30"
    assert opened.transport.where.text().startswith("of 30")
    assert opened.deck.of(HeatmapView).heading.text() == "Slab caches by time"
    assert opened.panic.holders_heading.text().startswith("LARGEST SLAB CACHES AT")
    assert opened.panic.heading.text() == "NO PANIC RECORDED"
    assert opened.timeline.by.text() == "slab cache ▾" and opened.timeline.by.isVisible()
    assert "machine time" in opened.timeline.head.said.text() and not opened.timeline.with_lanes.isVisible()
    assert opened.actions_["next"].text() == "&Next reading"
    assert "since boot" not in opened.transport.where.text()
    assert "imported" in opened.caption.text() or not opened.session.header.created


def test_stepping_and_dragging_land_on_whole_readings(opened: MainWindow, settle: Settle, made: Readings) -> None:
    session = opened.session

    def lands(do: Callable[[], object], reading: int) -> None:
        do()
        settle(session)
        assert session.player is not None and session.player.moment.seq == made.ends[reading - 1]
        assert opened.transport.event_label.text() == f"reading {reading}"

    lands(opened.actions_["back"].trigger, 29)
    lands(opened.actions_["back_far"].trigger, 19)
    lands(lambda: session.ask_moment(made.ends[4] + 1), 6)
    lands(opened.actions_["next"].trigger, 7)
    before = (made.times[9] - 10**9) / 1e9
    lands(lambda: session.ask_x(before, near=0.5), 9)
    assert session.moment_x == before, "the cursor is where it was put, the state is that of the reading before it"
    lands(lambda: session.ask_x(before, near=2.0), 10)
    assert session.moment_x == made.times[9] / 1e9, "a dot attracts the cursor"
    lands(opened.actions_["first"].trigger, 1)
    lands(opened.actions_["back"].trigger, 1)
    opened.actions_["note"].trigger()
    assert opened.note_bar.label.text() == "Note at reading 1", "a note counts as the header does"
    lands(opened.actions_["last"].trigger, 30)
    opened.actions_["by_event"].trigger()
    settle(session)
    assert session.range == (1.0, 30.0)
    lands(lambda: session.ask_x(3.6), 3)


def test_a_view_without_data_says_why_and_its_tab_is_dimmed(opened: MainWindow, settle: Settle) -> None:
    dimmed = [title for title, tab in opened.deck.tabs.tabs.items() if tab.property("dimmed")]
    assert dimmed == ["Zone map pages", "Threads", "Ports", "Call paths", "Allocations", "Observations"]
    assert "This recording has no threads." in opened.deck.tabs.tabs["Threads"].toolTip()
    opened.deck.go_to("Threads")
    settle(opened.session)
    view = next(view for view in opened.deck.views if view.title == "Threads")
    said = [label.text() for label in view.findChildren(QLabel) if label.property("role") == "cover" and label.isVisible()]
    assert said == ["This recording has no threads."] and not view.isEnabled()


def test_the_covers_go_with_the_recording(opened: MainWindow, settle: Settle, recorded: Path) -> None:
    opened.deck.go_to("Ports")
    settle(opened.session)
    opened.open_path(recorded)
    settle(opened.session)
    view = next(view for view in opened.deck.views if view.title == "Ports")
    assert view.isEnabled() and not any(tab.property("dimmed") for tab in opened.deck.tabs.tabs.values())
    assert opened.transport.event_label.text().startswith("event") and opened.timeline.by.text() == "zone ▾"


def test_unknown_figures_are_empty_cells_and_reclaimable_caches_are_marked(opened: MainWindow, settle: Settle) -> None:
    opened.deck.go_to("Zones")
    settle(opened.session)
    view = opened.deck.of(ZonesView)
    model = view.sorted
    cells = {model.zone_at(row): [str(model.index(row, c).data() or "") for c in range(model.columnCount())] for row in range(4)}
    assert all(row[IN_USE] and not row[FREE] for row in cells.values())
    assert {name: row[FLAGS] for name, row in cells.items()} == {name: "reclaimable" if name == "dentry" else "" for name in NAMES}
    assert model.headerData(NAME, Qt.Orientation.Horizontal) == "slab cache" and view.heading.text() == "4 slab caches"


def test_zones_are_grouped_by_family(opened: MainWindow, settle: Settle, made: Readings) -> None:
    opened.deck.go_to("Zones")
    settle(opened.session)
    view = opened.deck.of(ZonesView)
    QTest.mouseClick(view.families, Qt.MouseButton.LeftButton)
    settle(opened.session)
    rows = {row["name"]: row for row in view.model.rows}
    assert set(rows) == {"dentry", "kmalloc-64", "filp"} and view.heading.text() == "3 families"
    assert rows["kmalloc-64"]["cur_size"] == sum(made.zones[-1][i, 2] for i in (1, 2))
    opened.timeline.by.set_value("family")
    settle(opened.session)
    assert set(opened.timeline.stack.names) == {"dentry", "kmalloc-64", "filp"}


def test_what_the_file_cannot_show_has_a_page(opened: MainWindow, settle: Settle) -> None:
    opened.deck.go_to(NotShownView.title)
    settle(opened.session)
    lines = opened.deck.of(NotShownView).text.text().splitlines()
    assert lines[0] == "• Row 70 of slabinfo is cut: kmalloc-8192." and "limits of single slab caches" in lines[1]


def test_the_events_are_those_of_the_readings(opened: MainWindow, settle: Settle) -> None:
    opened.deck.go_to("Events")
    settle(opened.session)
    view = opened.deck.of(EventsView)
    assert [view.model.shown(view.model.row(row), 3) for row in (0, 1, 2)] == ["reading 1", "dentry", "dentry · in_use"]
    view.filter_by("kind=READING")
    view.wait()
    settle(opened.session)
    assert view.model.rowCount() == 30


def test_caches_that_are_taken_back_are_grey() -> None:
    assert colour_of("dentry", "reclaimable", False) == pale_colour("dentry") != zone_colour("dentry")
    assert colour_of("filp", "", False) == zone_colour("filp") and colour_of("(in no zone)", "", False) == other_colour()


def test_a_narrow_window_keeps_menus_and_range_in_view(window: MainWindow, qapp: QApplication, settle: Settle) -> None:
    """At the smallest size, long names of a real machine are shortened instead of covering others."""
    window.resize(900, 600)
    assert window.open_path(next(path for path in resources.recordings() if path.name.startswith("linux-sockets")))
    settle(window.session)
    overview, bar = window.overview, window.menuBar()
    assert overview.heading.geometry().right() < overview.visible.geometry().left()
    assert overview.heading.sizeHint().width() <= overview.heading.width()
    assert max(bar.actionGeometry(action).right() for action in bar.actions()) < window.caption.x()
    assert all(bar.actionGeometry(action).width() > 0 for action in bar.actions())
    window.resize(1600, 1000)
    qapp.processEvents()
    assert "2026-11-30" in overview.heading.text() and "imported" in window.caption.text()


def test_a_panic_without_a_clock_has_no_time(window: MainWindow, settle: Settle) -> None:
    assert window.open_path(next(path for path in resources.recordings() if path.name.startswith("macos-panic")))
    settle(window.session)
    assert window.transport.badge.text() == "Panic"


def test_a_panic_alone_has_no_sizes_and_no_view_calls_its_zones_empty(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    text = tmp_path / "console.txt"
    text.write_text("panic: zalloc: zone ipc ports exhausted\n")
    import_files([text], tmp_path / "a.zvz")
    assert window.open_path(tmp_path / "a.zvz")
    settle(window.session)
    why = "This recording does not say how many bytes a zone holds."
    assert window.timeline.nothing.text() == why and not window.panic.holders_heading.isVisible()
    heatmap = window.deck.of(HeatmapView)
    window.deck.show_only(heatmap.title)
    settle(window.session)
    assert heatmap.cells.nothing() == why


def test_the_tabs_use_the_words_of_the_system(window: MainWindow) -> None:
    said = {}
    for name in ("linux-sockets", "fork-bomb"):
        assert window.open_path(next(path for path in resources.recordings() if path.name.startswith(name)))
        said[name] = [tab.text() for tab in window.deck.tabs.findChildren(QAbstractButton)]
    assert {"Slab caches", "Slab cache heatmap"} <= set(said["linux-sockets"]) and "Zones" not in said["linux-sockets"]
    assert {"Zones", "Zone heatmap"} <= set(said["fork-bomb"])
