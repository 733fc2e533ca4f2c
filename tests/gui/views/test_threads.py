"""Lanes of threads as drawn, against the state at the moment."""


import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from tests.gui.painted import painted
from zoneviz.gui.kit.theme import DARK, LIGHT
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.threads import ThreadsView, waiting
from zoneviz.playback.lanes import LOCKED, WAITING, server_name


def shown(session: Session, qtbot: QtBot, settle: Settle) -> ThreadsView:
    made = ThreadsView(session)
    qtbot.addWidget(made)
    made.resize(1000, 1900)
    made.show()
    settle(session)
    made.wait()
    settle(session)
    return made


@pytest.fixture
def view(bomb: Session, qtbot: QtBot, settle: Settle) -> ThreadsView:
    return shown(bomb, qtbot, settle)


def by_server(session: Session) -> dict[str, int]:
    assert session.player is not None
    state = session.player.state
    out: dict[str, int] = {}
    names = {task.id: server_name(task.name) for task in state.catalog.tasks}
    for thread in state.thread_states():
        out[names[thread.task]] = out.get(names[thread.task], 0) + 1
    return out


def test_lanes_count_the_threads_of_each_server(view: ThreadsView, bomb: Session, settle: Settle) -> None:
    for share in (0.25, 0.5, 1.0):
        bomb.ask_moment(int(view.feed.result.seqs[int((len(view.feed.result.seqs) - 1) * share)]))  # type: ignore[union-attr]
        settle(bomb)
        drawn = {lane.name: int(lane.at(bomb.moment_x).sum()) for lane in view.chart.lanes}
        assert {name: count for name, count in drawn.items() if count} == by_server(bomb)
    peaks = [int(lane.layers.sum(axis=0).max()) for lane in view.chart.lanes]
    assert peaks == sorted(peaks, reverse=True)


def test_the_table_lists_the_chosen_servers_threads(view: ThreadsView, bomb: Session, settle: Settle) -> None:
    there = by_server(bomb)
    assert there[view.server] == max(there.values()) == view.table.rows.rowCount()
    bomb.select(server=view.chart.lanes[0].name)
    settle(bomb)
    QTest.keyClick(view.chart, Qt.Key.Key_Down)
    settle(bomb)
    assert view.server == view.chart.lanes[1].name
    assert view.table.rows.rowCount() == by_server(bomb)[view.server]
    row = view.table.rows.rows[0]
    view.table.opened.emit(row)
    settle(bomb)
    assert bomb.moment == row[4]


def test_show_each_thread_draws_one_line_per_thread(view: ThreadsView, bomb: Session, settle: Settle) -> None:
    view.single.click()
    settle(bomb)
    view.wait()
    settle(bomb)
    lane = view.chart.lanes[0]
    assert lane.image is not None and lane.image.width() == len(lane.x)
    assert 512 >= lane.image.height() >= lane.layers.max() and lane.layers[0, -1] == by_server(bomb)[view.server]


def test_zooming_reads_a_finer_resolution(view: ThreadsView, bomb: Session, settle: Settle) -> None:
    coarse = view.feed.result
    assert coarse is not None
    low, high = bomb.series.x_at(50_000), bomb.series.x_at(50_400)
    bomb.set_range(low, high)
    settle(bomb)
    view.wait()
    settle(bomb)
    inside = [x for x in view.chart.lanes[0].x.tolist() if low <= x <= high]
    assert len(inside) > 300


def test_a_click_moves_the_moment_and_chooses_the_server(view: ThreadsView, bomb: Session, settle: Settle) -> None:
    view.grab()
    lane = view.chart.lanes[1]
    QTest.mouseClick(view.chart, Qt.MouseButton.LeftButton, pos=QPoint(int(lane.place.center().x()), int(lane.place.center().y())))
    settle(bomb)
    low, high = bomb.range
    assert view.server == lane.name and bomb.player is not None
    asked = view.chart.to_axis(int(lane.place.center().x()))
    assert bomb.moment == bomb.player.recording.seq_at(round(asked * 1e9)) and low < bomb.moment_x <= asked < high
    assert lane.name in view.chart.words(lane, bomb.moment_x)


def test_enter_opens_the_figures_of_the_lanes(view: ThreadsView, bomb: Session) -> None:
    QTest.keyClick(view.chart, Qt.Key.Key_Return)
    twin = view.findChild(Twin)
    assert twin is not None
    assert {str(row[0]): row[-1] for row in twin.table.rows.rows if row[-1]} == by_server(bomb)
    twin.close()


def test_lanes_have_the_same_scale_or_their_own(view: ThreadsView, bomb: Session, settle: Settle) -> None:
    view.grab()
    servers = [lane for lane in view.chart.lanes if lane.key]
    peaks = [lane.layers.sum(axis=0).max() for lane in servers]
    pixels = [lane.place.height() / lane.top for lane in servers]
    assert pixels == pytest.approx([pixels[0]] * len(pixels))  # one thread has the same height in each lane
    assert all(lane.top >= peak for lane, peak in zip(servers, peaks, strict=True))
    assert servers[0].place.height() == max(lane.place.height() for lane in view.chart.lanes)
    assert view.chart.lanes[-1].place.bottom() <= view.chart.area.bottom()
    view.scale.set_value("own scales")
    for theme in (DARK, LIGHT):
        bomb.set_theme(theme)
        settle(bomb)
        assert not view.grab().isNull()
    assert all(lane.top == lane.layers.sum(axis=0).max() for lane in view.chart.lanes)
    assert {lane.height for lane in view.chart.lanes} == {1.0}


def test_a_recording_without_data_on_threads_says_so(session: Session, qtbot: QtBot, settle: Settle) -> None:
    view = shown(session, qtbot, settle)
    assert not view.chart.lanes and "no data on threads" in view.chart.empty
    assert not view.grab().isNull()


def test_a_narrow_legend_names_its_first_entry(view: ThreadsView, bomb: Session) -> None:
    legend = view.legend
    (name, colour, figure), *_ = legend.entries
    legend.setParent(None)
    legend.resize(200, legend.height())
    legend.show_entries([("waiting for a lock (_a_lock_of_a_long_name)", colour, "1,153"), (name, colour, figure)])
    legend.show()
    words = [one.words for one in painted(legend)]
    assert words[0].startswith("waiting for") and words[0].endswith("…")
    assert words[1:] == ["1,153", "+ 1 more"]
    legend.close()


def test_the_legend_names_what_most_threads_wait_for() -> None:
    assert waiting(LOCKED, "_ports_lock", 1153, 1153) == "waiting for _ports_lock"
    assert waiting(LOCKED, "_ports_lock", 1100, 1153) == "waiting for a lock (_ports_lock: 1,100)"
    assert waiting(WAITING, "queue full", 7, 7) == "other waits (queue full)"
