"""The hits of a search are marked on overview and timeline, each at its own time."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from zoneviz import resources
from zoneviz.events import Kind
from zoneviz.gui.charts.hit_marks import WIDE, HitMarks
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.state.rows import KIND, TIME

GOAL = "kind=ZFREE"


def _search(window: MainWindow, goal: str, settle: Settle) -> None:
    window.find_bar.open()
    window.find_bar.field.setText(goal)
    window.find_bar.look(False)
    job = window.find_bar.hits.job
    if job is not None:
        job.wait()
    window.finder.wait()
    settle(window.session)


def _marks(window: MainWindow) -> tuple[HitMarks, HitMarks]:
    return window.timeline.hits, window.overview.hits


def test_every_hit_has_a_tick_at_its_own_time(opened: MainWindow, settle: Settle) -> None:
    session = opened.session
    assert session.player is not None and not any(marks.ticks() for marks in _marks(opened))
    session.ask_moment(0)
    settle(session)
    _search(opened, GOAL, settle)
    rows = session.player.recording.events()
    times = rows[rows[:, KIND] == Kind.ZFREE][:, TIME] / 1e9
    low, high = session.series.extent
    for zoomed in (False, True):
        if zoomed:
            session.set_range(low + 0.4 * (high - low), low + 0.5 * (high - low))
            settle(session)
        for marks, (first, last) in zip(_marks(opened), (session.range, (low, high)), strict=True):
            area = marks._area()
            seen = times[(times >= first) & (times <= last)]
            want = np.unique(np.floor((seen - first) / (last - first) * (area.width() - 1))) + area.left()
            assert [tick.left() + WIDE / 2 - 0.5 for tick in marks.ticks()] == pytest.approx(want.tolist())
    assert f"{len(times):,} matches" in opened.find_bar.words.text()


def test_the_ticks_are_painted_and_go_with_the_bar(opened: MainWindow, settle: Settle) -> None:
    plain = [marks.parentWidget().grab().toImage() for marks in _marks(opened)]  # type: ignore[union-attr]
    opened.session.ask_moment(opened.session.last - 1)
    _search(opened, "kind=PANIC", settle)  # ends where the recording was opened, at the panic
    marked = [marks.parentWidget().grab().toImage() for marks in _marks(opened)]  # type: ignore[union-attr]
    assert all(one != two for one, two in zip(plain, marked, strict=True))
    opened.find_bar.leave()
    settle(opened.session)
    assert [marks.parentWidget().grab().toImage() for marks in _marks(opened)] == plain  # type: ignore[union-attr]


def test_another_search_drops_the_hits_of_the_former_and_a_wrong_one_all(opened: MainWindow, settle: Settle) -> None:
    hits = opened.find_bar.hits
    opened.find_bar.field.setText(GOAL)
    opened.find_bar.look(False)
    former = hits.job
    assert former is not None and former.running
    _search(opened, "kind=CONSOLE", settle)
    assert not former.running and hits.found is not None and len(hits.found.seqs) == 2
    again = hits.job
    opened.find_bar.look(False)  # the next match of the same search: nothing is counted again
    assert hits.job is again
    _search(opened, "kind=NOSUCH", settle)
    assert hits.found is None and not any(marks.ticks() for marks in _marks(opened))


def test_the_hits_follow_the_axis_and_go_with_the_recording(opened: MainWindow, settle: Settle, qtbot: QtBot) -> None:
    _search(opened, GOAL, settle)
    hits, session = opened.find_bar.hits, opened.session
    assert hits.found is not None
    session.set_by_event(True)
    settle(session)
    marks = opened.timeline.hits
    area, (low, high) = marks._area(), session.range
    want = np.unique(np.floor((hits.found.seqs - low) / (high - low) * (area.width() - 1))) + area.left()
    assert [tick.left() + WIDE / 2 - 0.5 for tick in marks.ticks()] == pytest.approx(want.tolist())
    opened.desk.close_recording()
    assert hits.found is None


def test_the_readings_of_a_capture_are_hit_at_their_times(window: MainWindow, settle: Settle) -> None:
    assert window.open_path(next(path for path in resources.recordings() if path.name.startswith("linux-sockets")))
    settle(window.session)
    _search(window, "kind=READING", settle)
    dots, marks = window.timeline.stack.dots[0], window.timeline.hits
    area, (low, high) = marks._area(), window.session.range
    want = np.floor((dots - low) / (high - low) * (area.width() - 1)) + area.left()
    assert [tick.left() + WIDE / 2 - 0.5 for tick in marks.ticks()] == pytest.approx(want.tolist())


def test_the_marks_let_the_mouse_through(opened: MainWindow, settle: Settle) -> None:
    _search(opened, GOAL, settle)
    area = opened.timeline.hits._area()
    place = area.bottomLeft().toPoint()
    place.setX(place.x() + round(area.width() / 4))
    place.setY(place.y() - 4)
    QTest.mouseClick(opened.timeline.chart.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settle(opened.session)
    low, high = opened.session.series.extent
    assert opened.session.moment_x == pytest.approx(low + (high - low) / 4, rel=0.02)
