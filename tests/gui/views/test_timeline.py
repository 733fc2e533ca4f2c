"""The drawn timeline matches the recording."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QTextDocumentFragment
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import ZONE_MAP_SIZE, Settle
from zoneviz import resources, words
from zoneviz.events import TaskInfo
from zoneviz.gui.kit.theme import DARK, LIGHT
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.timeline import TALLEST, Timeline
from zoneviz.mach.sizes import BOOT_ZONE_MEMORY
from zoneviz.playback import Player
from zoneviz.playback.holders import now
from zoneviz.playback.lanes import server_name
from zoneviz.recording import Recording


@pytest.fixture
def timeline(session: Session, qtbot: QtBot, settle: Settle) -> Timeline:
    made = Timeline(session)
    qtbot.addWidget(made)
    made.resize(1000, 400)
    made.show()
    settle(session)
    return made


def test_the_top_band_is_the_sum_of_all_zones(timeline: Timeline, session: Session) -> None:
    assert session.player is not None
    zones = session.player.state.machine()["zones"]
    bands = [band for band in timeline.bands if len(band.x)]
    assert len(bands) == len([z for z in zones if z["cur_size"]])
    assert bands[-1].y[-1] == sum(z["cur_size"] for z in zones)
    for i, band in enumerate(bands):
        own = band.y[-1] - (bands[i - 1].y[-1] if i else 0)
        assert own == next(z["cur_size"] for z in zones if z["name"] == timeline.stack.names[i])


def test_the_dashed_line_is_at_all_zone_memory(timeline: Timeline) -> None:
    assert timeline.ceiling.value() == ZONE_MAP_SIZE + BOOT_ZONE_MEMORY
    assert "1 MiB" in timeline.ceiling_text.text()


def test_curves_are_thinned_to_the_width(timeline: Timeline) -> None:
    assert all(len(band.x) <= 2 * 1002 + 2 for band in timeline.bands)


def test_dragging_moves_the_moment(timeline: Timeline, session: Session, qtbot: QtBot, settle: Settle) -> None:
    area = timeline.chart.box.sceneBoundingRect()
    places = [QPointF(area.left() + area.width() * share, area.center().y()).toPoint() for share in (0.8, 0.6, 0.25)]
    port = timeline.chart.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(port, place)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=places[2])
    settle(session)
    low, high = session.series.extent
    assert session.moment_x == pytest.approx(low + (high - low) * 0.25, abs=(high - low) * 0.01)
    assert timeline.chart.moment_line.value() == pytest.approx(session.moment_x)


def test_the_words_at_the_pointer_leave_the_readout_free(timeline: Timeline, session: Session, qtbot: QtBot, settle: Settle) -> None:
    area = timeline.chart.box.sceneBoundingRect()
    session.ask_moment(session.last // 3)
    settle(session)
    readout = QRect(timeline.readout.mapTo(timeline.window(), QPoint()), timeline.readout.size())
    for beside in (QPoint(-12, -4), QPoint(-4, 20), QPoint(10, -10)):
        QTest.mouseMove(timeline.chart.viewport(), timeline.readout.geometry().topLeft() + beside)
        tip = timeline.chart.pointer.tip
        qtbot.waitUntil(tip.isVisible)
        assert not tip.geometry().intersects(readout), beside
    assert area.contains(QPointF(timeline.readout.geometry().center()))


def test_the_readout_lists_the_largest_at_the_moment(timeline: Timeline, session: Session, settle: Settle) -> None:
    session.ask_moment(2000)
    settle(session)
    assert session.player is not None
    zones = sorted((z["cur_size"], z["name"]) for z in session.player.state.machine()["zones"])
    assert timeline.readout.rows[0] == (zones[-1][1], zones[-1][0])


def test_zooming_draws_only_the_visible_range(timeline: Timeline, session: Session, settle: Settle) -> None:
    session.set_range(session.series.x_at(3000), session.series.x_at(3100))
    settle(session)
    inside = [x for x in timeline.bands[0].x if session.range[0] <= x <= session.range[1]]
    assert 95 <= len(inside) <= 105
    assert len(timeline.bands[0].x) < 400


def test_it_takes_the_colours_of_both_themes(timeline: Timeline, session: Session, settle: Settle) -> None:
    grounds = set()
    for theme in (DARK, LIGHT):
        session.set_theme(theme)
        settle(session)
        grounds.add(timeline.grab().toImage().pixelColor(500, 60).name())
    assert len(grounds) == 2


def test_a_hidden_timeline_does_nothing(timeline: Timeline, session: Session, settle: Settle) -> None:
    timeline.hide()
    before = timeline.stack
    session.set_range(*(session.series.x_at(seq) for seq in (100, 200)))
    settle(session)
    assert timeline.stack is before
    timeline.show()
    settle(session)
    assert timeline.stack is not before


@pytest.fixture
def bomb(qapp: QApplication, qtbot: QtBot, settle: Settle) -> Iterator[Timeline]:
    """The timeline of a run with tasks, threads and ports."""
    session = Session()
    session.show(Player(Recording(next(p for p in resources.recordings() if p.name.startswith("fork-bomb")))))
    made = Timeline(session)
    qtbot.addWidget(made)
    made.resize(1100, 520)
    made.show()
    waited(made, settle)
    yield made
    session.show(None)
    session.deleteLater()


def waited(view: Timeline, settle: Settle) -> None:
    settle(view.session)
    view.wait()
    settle(view.session)


@pytest.mark.parametrize("by", ["server", "task"])
def test_bands_by_task_and_server_match_the_state(bomb: Timeline, settle: Settle, by: str) -> None:
    session = bomb.session
    assert session.player is not None
    bomb.by.set_value(by)
    waited(bomb, settle)
    there = now(session.player.state, by == "server")
    assert bomb.stack.tops[-1][-1] == sum(there.values())
    sizes = np.diff(bomb.stack.tops[:, -1], prepend=0)
    for name, size in zip(bomb.stack.names, sizes, strict=True):
        assert size == there.get(name, 0) or name == bomb.source.rest
    assert bomb.readout.rows[0] == max(there.items(), key=lambda item: item[1])


def test_lines_of_limits_reach_the_dashed_line_at_100_percent(bomb: Timeline) -> None:
    session = bomb.session
    assert session.player is not None
    drawn = {curve.limit.label: curve for curve, _ in bomb.limits.at(session.moment_x)}
    assert {"kernel_map", "physical memory"} <= drawn.keys() and "zone_map" not in drawn
    machine = session.player.state.machine()
    kernel = drawn["kernel_map"]
    assert kernel.share[-1] == pytest.approx(1 - machine["kernel_map"]["free"] / kernel.limit.room, abs=1e-3)
    ceiling = bomb.chart.box.sceneBoundingRect().height() * session.series.zone_memory / bomb._height
    assert bomb.limits.top == pytest.approx(ceiling)
    bomb.with_limits.click()
    session.frames.flush()
    assert bomb.limits.isHidden()


def test_lanes_show_the_figures_of_the_run(bomb: Timeline, settle: Settle) -> None:
    session = bomb.session
    assert session.player is not None
    machine = session.player.state.machine()
    lanes = {lane.name: lane for lane in bomb.lanes.lanes}
    assert lanes["processes"].at(session.moment_x)[0] == machine["counts"]["processes"]
    threads = Counter(server_name(thread.name) for thread in threads_by_task(session.player))
    drawn = {name.removeprefix("threads of "): lane for name, lane in lanes.items() if name.startswith("threads of ")}
    assert drawn and all(lane.at(session.moment_x)[0] == threads[name] for name, lane in drawn.items())
    assert not session.player.state.totals.zones[:, 6].any() and "failures" not in lanes
    assert bomb.lanes.area.left() == bomb.chart.box.sceneBoundingRect().left()
    bomb.with_lanes.click()
    session.frames.flush()
    assert bomb.lanes.isHidden()


def test_lanes_use_the_room(bomb: Timeline, settle: Settle) -> None:
    heights = []
    for size in ((1200, 500), (2400, 1600)):
        bomb.resize(*size)
        bomb.wait()
        settle(bomb.session)
        heights.append(bomb.lanes.height() / len(bomb.lanes.lanes))
        assert bomb.chart.height() > 2 * bomb.lanes.height()
    assert heights[0] * 1.8 < heights[1] <= TALLEST


def test_lanes_say_that_they_are_samples_and_are_exact_at_the_moment(bomb: Timeline, settle: Settle) -> None:
    session = bomb.session
    assert session.player is not None and bomb.feed.result is not None
    step = int(np.diff(bomb.feed.result.seqs)[0])
    assert step > 1 and len(bomb.feed.result.seqs) <= 4097
    lanes = {lane.name: lane for lane in bomb.lanes.lanes}
    assert f"one sample every {step:,} events" in bomb.lanes.words(lanes["threads of bomb"], session.moment_x)
    assert f"one sample every {step:,} events" in bomb.with_lanes.toolTip()
    bomb.resize(1200, 500)
    session.frames.flush()
    assert bomb.with_lanes.text() == "sampled lanes"
    bomb.resize(700, 500)
    session.frames.flush()
    assert bomb.with_lanes.text() == "lanes"
    between = int(bomb.feed.result.seqs[1000]) + step // 2
    session.ask_moment(between)
    settle(session)
    state = session.player.state
    lanes = {lane.name: lane for lane in bomb.lanes.lanes}
    threads = Counter(server_name(task.name) for task in threads_by_task(session.player))
    servers = {task.id: server_name(task.name) for task in state.catalog.tasks}
    ports = Counter(servers.get(task, "") for task in state.ports.receiver.tolist())
    figures = {name: int(lane.now.sum()) for name, lane in lanes.items() if lane.now is not None}
    assert figures["processes"] == state.machine()["counts"]["processes"]
    assert figures["threads of bomb"] == threads["bomb"] and figures["ports of bomb"] == ports["bomb"]


def test_the_heading_fits_at_once_when_its_line_becomes_narrower(bomb: Timeline, settle: Settle) -> None:
    bomb.resize(1600, 500)
    settle(bomb.session)
    full = bomb.head.said.text()
    for width in (1200, 900, 700, 500):
        bomb.head.resize(width, bomb.head.height())  # nothing is drawn again, as while a recording loads
        shown = QTextDocumentFragment.fromHtml(bomb.head.said.text()).toPlainText().replace("\u00a0", " ")
        assert bomb.head.said.fontMetrics().horizontalAdvance(shown) <= bomb.head.said.width(), (width, shown)
    assert bomb.head.said.text() != full
    bomb.head.resize(1600, bomb.head.height())
    assert bomb.head.said.text() == full


def test_the_line_above_the_chart_is_never_cut(bomb: Timeline, settle: Settle) -> None:
    seen = set()
    for width in range(1500, 500, -50):
        bomb.resize(width, 500)
        settle(bomb.session)
        shown = QTextDocumentFragment.fromHtml(bomb.head.said.text()).toPlainText().replace("\u00a0", " ")
        assert bomb.head.said.fontMetrics().horizontalAdvance(shown) <= bomb.head.said.width(), (width, shown)
        seen.add(shown)
    assert "stacked, over simulated time   - - all zone memory, 100 % of each limit" in {" ".join(s.split(" ")) for s in seen}
    bomb.with_limits.click()
    settle(bomb.session)
    assert "limit" not in bomb.head.said.text()


def test_failures_have_a_lane(timeline: Timeline, session: Session) -> None:
    assert session.player is not None
    lane = next(lane for lane in timeline.lanes.lanes if lane.name == "failures")
    assert lane.layers.sum() == session.player.state.totals.zones[:, 6].sum() == 1


def threads_by_task(player: Player) -> list[TaskInfo]:
    """The task of each live thread."""
    tasks = {task.id: task for task in player.recording.catalog.tasks}
    return [tasks[thread.task] for thread in player.state.thread_states()]


def test_the_table_has_the_drawn_figures(bomb: Timeline) -> None:
    QTest.keyClick(bomb.chart, Qt.Key.Key_Return)
    twin = bomb.findChild(Twin)
    assert twin is not None
    row = twin.table.rows.rows[-1]
    assert len(row) == 1 + len(bomb.stack.names) + len(bomb.limits.limits) + len(bomb.lanes.lanes)
    assert sum(int(size) for size in row[1 : 1 + len(bomb.stack.names)]) == bomb.stack.tops[-1][-1]
    twin.close()


def test_it_paints_when_small_and_without_servers(timeline: Timeline, session: Session, settle: Settle) -> None:
    for size in ((500, 120), (300, 60), (1000, 400)):
        timeline.resize(*size)
        settle(session)
        assert not timeline.grab().isNull()
    for by in ("server", "zone"):
        timeline.by.set_value(by)
        settle(session)
        timeline.wait()
        settle(session)
        assert timeline.stack.names


def test_a_hidden_band_leaves_the_stack_but_not_the_legend(timeline: Timeline, session: Session, settle: Settle) -> None:
    names, whole = list(timeline.stack.names), timeline.stack
    own = dict(zip(names, np.diff(whole.tops[:, -1], prepend=0.0).tolist(), strict=True))
    timeline.legend.hide_band(names[0])
    settle(session)
    assert timeline.stack.names == names[1:] and timeline.legend.names == names
    assert timeline.stack.tops[-1][-1] == whole.tops[-1][-1] - own[names[0]]
    assert names[0] not in dict(timeline.readout.rows)
    timeline.legend.isolate(names[2])
    settle(session)
    assert not timeline.ceiling.isVisible() and timeline.stack.tops.max() > 0.5 * timeline._height  # it fills the chart
    assert timeline.stack.names == [names[2]] and timeline.stack.tops[0][-1] == own[names[2]]
    assert timeline.readout.rows == [(names[2], int(own[names[2]]))]
    timeline.legend.show_all()
    settle(session)
    assert timeline.stack.names == names and np.array_equal(timeline.stack.tops, whole.tops)


def test_the_legend_stays_while_scrubbing_and_zooming(timeline: Timeline, session: Session, settle: Settle) -> None:
    names, place, top = list(timeline.legend.names), timeline.legend.geometry(), timeline.chart.y()
    assert names == timeline.stack.names and len(names) == len([band for band in timeline.bands if len(band.x)])
    for seq in (1, 100, 5000):
        session.ask_moment(seq)
        session.axis.zoom(0.5)
        settle(session)
        assert timeline.legend.names == names
        assert timeline.legend.geometry() == place and timeline.chart.y() == top


def test_the_band_of_the_selected_zone_keeps_its_colour_and_the_others_are_dimmed(timeline: Timeline, session: Session) -> None:
    def colours() -> dict[str, QColor]:
        return {name: band.colour for name, band in zip(timeline.stack.names, timeline.bands, strict=False)}

    plain = colours()
    timeline.legend.chosen.emit("threads")
    assert session.zone == "threads" and timeline.legend.selected == "threads"
    assert [name for name, colour in colours().items() if colour == plain[name]] == ["threads"]
    timeline.legend.chosen.emit("")
    assert not session.zone and colours() == plain


def test_a_server_is_selected_from_its_band(bomb: Timeline, settle: Settle) -> None:
    for by, level in (("server", "server"), ("task", "task")):
        bomb.by.set_value(by)
        waited(bomb, settle)
        name = bomb.stack.names[0]
        bomb.legend.chosen.emit(name)
        assert getattr(bomb.session.selection, level) and bomb.legend.selected == name


def test_growth_counts_since_boot_or_since_the_selection_begins(bomb: Timeline, settle: Settle) -> None:
    session = bomb.session
    assert session.player is not None

    def grown(since: int) -> dict[str, int]:
        player = Player(session.player.recording)  # type: ignore[union-attr]
        before = {zone["name"]: zone["cur_size"] for zone in player.seek(since).machine()["zones"]}
        after = {zone["name"]: zone["cur_size"] for zone in player.seek(session.last).machine()["zones"]}
        return {name: size - before[name] for name, size in after.items() if size > before[name]}

    bomb.show_growing(True)
    settle(session)
    assert "since boot" in bomb.head.said.text() and not bomb.with_limits.isVisible() and not bomb.ceiling.isVisible()
    assert bomb.readout.rows[0] == max(grown(bomb.source.since.growth(session.player).since).items(), key=lambda row: row[1])
    session.select(range=(60_001, 90_000))
    settle(session)
    assert "since the selection begins" in bomb.head.said.text()
    there = grown(60_000)
    tops = np.diff(bomb.stack.tops[:, -1], prepend=0.0).tolist()
    assert sum(tops) == sum(there.values())
    assert all(size == there.get(name, 0) for name, size in zip(bomb.stack.names, tops, strict=True) if name != bomb.source.rest)
    for by in ("server", "task"):
        bomb.by.set_value(by)
        waited(bomb, settle)
        assert 0 < bomb.stack.tops[-1][-1] < sum(now(session.player.state, by == "server").values())
    bomb.show_growing(False)
    waited(bomb, settle)
    assert "since" not in bomb.head.said.text() and bomb.stack.tops[-1][-1] == sum(now(session.player.state, by == "server").values())


def test_the_legend_says_what_each_band_holds_at_the_moment(bomb: Timeline, settle: Settle) -> None:
    session = bomb.session
    assert session.player is not None
    session.ask_moment(90_000)
    settle(session)
    zones = {zone["name"]: zone["cur_size"] for zone in session.player.state.machine()["zones"]}
    whole = sum(zones.values())
    for name in bomb.legend.names:
        size = zones.get(name) or sum(size for zone, size in zones.items() if zone not in bomb.legend.names)
        assert bomb.legend.figure(name) == f"{words.size(size)} at the moment, {words.share(size, whole)} of all bands"
