"""Linked sessions show the same time; none leads back, and each may be moved."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import Settle, events, write
from zoneviz.gui.session.linking import TimeLink
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.recording import Recording


@pytest.fixture
def two(qapp: QApplication, recorded: Path, tmp_path: Path) -> Iterator[tuple[Session, Session]]:
    """The recording, and a shorter one whose events are further apart."""
    made = Session(), Session()
    made[0].show(Player(Recording(recorded)))
    made[1].show(Player(Recording(write(tmp_path / "b.zvz", events(2000, step_ns=1700)))))
    yield made
    for session in made:
        session.show(None)
        session.deleteLater()


def test_a_moment_is_followed_without_echo(two: tuple[Session, Session], settle: Settle) -> None:
    first, second = two
    link = TimeLink()
    for session in two:
        link.add(session)
    alone = second.moment
    first.ask_moment(1000)
    settle(first)
    assert second.moment == alone, "not linked yet"
    link.set_on(True, first)
    settle(second)
    assert second.moment == 588  # the last event at or before 1000 steps of 1000 ns
    for leader, led in ((first, second), (second, first)):
        for seq in (700, 703, 701):
            leader.ask_moment(seq)
            for _ in range(3):
                settle(leader)
                settle(led)
            assert leader.moment == seq and 0 <= leader.moment_x - led.moment_x < 1700e-9
    first.ask_moment(first.last)
    settle(first)
    settle(second)
    assert second.moment == second.last
    link.remove(second)
    assert not link.on


def test_the_range_is_followed(two: tuple[Session, Session]) -> None:
    first, second = two
    link = TimeLink()
    for session in two:
        link.add(session)
    link.set_on(True, first)
    first.set_range(0.0005, 0.001)
    assert second.range == pytest.approx(first.range)
    second.set_range(0.0001, 0.0003)
    assert first.range == pytest.approx(second.range)
    first.fit()
    assert second.range == second.series.extent and first.range == first.series.extent
    first.set_by_event(True)
    first.set_range(100, 200)
    assert second.range == second.series.extent, "another kind of axis"
