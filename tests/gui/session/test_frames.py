"""Frames: one call for any number of requests; what is quick in the next frame, what is slow in turn. The clock is a number."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from zoneviz.gui.session.frames import BUDGET, FULL, LATEST, QUICK, Frames


class Drawings:
    """Drawings that take as long as they say, by a clock that nothing else moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        for clock in ("clock", "work"):
            monkeypatch.setattr(Frames, clock, lambda _: self.now)
        self.frames = Frames()
        self.drawn: list[str] = []
        self.made: dict[str, Callable[[], None]] = {}

    def make(self, **seconds: float) -> None:
        """Drawings by name, drawn once, so that their cost is known."""
        for name, took in seconds.items():
            self.made[name] = self._one(name, took)
            self.frames.ask(self.made[name])
        self.frames.flush()
        self.drawn.clear()

    def _one(self, name: str, took: float) -> Callable[[], None]:
        def draw() -> None:
            self.drawn.append(name)
            self.now += took

        return draw

    def ask(self, *names: str) -> None:
        """Ask for these, or for all."""
        for name in names or self.made:
            self.frames.ask(self.made[name])

    def frame(self) -> list[str]:
        """Draw a frame; the names of what it drew."""
        self.drawn.clear()
        self.frames.draw()
        return [*self.drawn]


@pytest.fixture
def drawings(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drawings]:
    """No drawing, and a clock that stands still."""
    made = Drawings(monkeypatch)
    yield made
    made.frames.clear()


def test_many_requests_are_drawn_once_in_the_next_frame(qapp: QApplication) -> None:
    frames, drawn = Frames(), list[str]()

    def chart() -> None:
        drawn.append("chart")

    def table() -> None:
        drawn.append("table")

    for draw in (chart, table, chart):
        frames.ask(draw)
    assert frames.pending and drawn == []
    frames.draw()
    assert drawn == ["chart", "table"] and not frames.pending
    frames.flush()
    assert drawn == ["chart", "table"]


def test_a_request_made_while_drawing_waits_for_the_frame_after(qtbot: QtBot) -> None:
    frames, drawn = Frames(), list[int]()

    def draw() -> None:
        drawn.append(len(drawn))
        if len(drawn) < 3:
            frames.ask(draw)

    frames.ask(draw)
    frames.draw()
    assert drawn == [0] and frames.pending
    qtbot.waitUntil(lambda: drawn == [0, 1, 2])


def test_cleared_requests_are_not_drawn(qapp: QApplication) -> None:
    frames, drawn = Frames(), list[int]()
    frames.ask(lambda: drawn.append(1))
    frames.clear()
    frames.flush()
    assert drawn == []


def test_what_is_cleared_by_another_drawing_is_not_drawn(qapp: QApplication) -> None:
    frames, drawn = Frames(), list[int]()
    frames.ask(frames.clear)
    frames.ask(lambda: drawn.append(1))
    frames.draw()
    assert drawn == [] and not frames.pending


def test_quick_drawings_never_wait(drawings: Drawings) -> None:
    drawings.make(**{f"quick {i}": QUICK for i in range(10)}, slow=BUDGET * 2)
    for _ in range(3):
        drawings.ask()
        assert drawings.frame() == [f"quick {i}" for i in range(10)]


def test_slow_drawings_share_what_a_frame_has_time_for(drawings: Drawings) -> None:
    drawings.make(slow=BUDGET * 0.6, slower=BUDGET * 0.7, quick=0)
    drawings.ask()
    assert drawings.frame() == ["quick", "slow"]
    drawings.ask("quick", "slow")
    assert drawings.frame() == ["quick", "slower"]  # it waits longer
    drawings.ask("quick")
    assert drawings.frame() == ["quick", "slow"] and not drawings.frames.pending


def test_without_another_request_the_slow_ones_follow_one_a_frame(drawings: Drawings) -> None:
    drawings.make(pages=BUDGET * 2, quick=0, paths=BUDGET * 3, ports=BUDGET * 4)
    drawings.ask()
    assert [drawings.frame() for _ in range(4)] == [["quick"], ["pages"], ["paths"], ["ports"]]
    assert not drawings.frames.pending


def test_slow_drawings_follow_by_themselves(drawings: Drawings, qtbot: QtBot) -> None:
    drawings.make(pages=BUDGET * 2, quick=0, paths=BUDGET * 3)
    drawings.ask()
    qtbot.waitUntil(lambda: not drawings.frames.pending)
    assert drawings.drawn == ["quick", "pages", "paths"]


def test_an_endless_drag_starves_no_drawing(drawings: Drawings) -> None:
    slow = {f"slow {i}": BUDGET * 2 for i in range(4)}
    drawings.make(quick=0, **slow)
    last, longest, together = dict.fromkeys(slow, drawings.now), 0.0, 0
    for _ in range(200):
        drawings.ask()
        begun = drawings.now
        drawn = drawings.frame()
        assert drawn[0] == "quick"
        together = max(together, len(drawn) - 1)
        for name in drawn[1:]:
            longest, last[name] = max(longest, begun - last[name]), begun
        drawings.now += 0.015
    assert together == 1
    longest = max(longest, *(drawings.now - at for at in last.values()))
    frame = 0.015 + BUDGET * 2
    assert LATEST <= longest <= LATEST + len(slow) * frame


def test_after_a_long_seek_what_is_slow_waits_longer_but_not_for_ever(drawings: Drawings) -> None:
    drawings.make(quick=0, slow=BUDGET * 2)
    drawings.ask()
    assert drawings.frame() == ["quick"]

    def next_frame(seek: float, after: float) -> list[str]:
        drawings.now += after
        with drawings.frames.beginning():
            drawings.now += seek
        drawings.ask()
        return drawings.frame()

    assert next_frame(2 * FULL, LATEST) == ["quick"]
    assert next_frame(FULL / 2, 0) == ["quick", "slow"]
    assert next_frame(2 * FULL, 0) == ["quick"]
    assert next_frame(2 * FULL, 2 * LATEST) == ["quick", "slow"]


def test_after_a_long_seek_there_is_no_time_for_what_is_a_bit_slow(drawings: Drawings) -> None:
    drawings.make(quick=0, slow=BUDGET * 0.9)
    for seek, drawn in ((2 * FULL, ["quick"]), (0, ["quick", "slow"])):
        with drawings.frames.beginning():
            drawings.now += seek
        drawings.ask()
        assert drawings.frame() == drawn


def test_a_long_seek_delays_nothing_without_further_moves(drawings: Drawings) -> None:
    drawings.make(quick=0, slow=BUDGET * 2)
    with drawings.frames.beginning():
        drawings.now += 2 * FULL
    drawings.ask()
    assert [drawings.frame(), drawings.frame()] == [["quick"], ["slow"]]


def test_another_recording_begins_without_costs(drawings: Drawings) -> None:
    drawings.make(slow=BUDGET * 4, quick=0)
    drawings.ask()
    drawings.frames.clear()
    assert not drawings.frames.pending
    drawings.ask()
    assert drawings.frame() == ["slow", "quick"]


def test_pictures_have_everything(drawings: Drawings) -> None:
    drawings.make(**{f"slow {i}": 1.0 for i in range(5)})
    drawings.ask()
    drawings.frames.flush()
    assert len(drawings.drawn) == 5 and not drawings.frames.pending
