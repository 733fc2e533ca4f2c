"""The bar of a recording of this machine: figures that fit, and words for what is ahead and what was."""

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from zoneviz.app.live_spec import LiveSpec, LiveStatus
from zoneviz.gui.window.live_bar import LiveBar, about, ended
from zoneviz.gui.window.main_window import MainWindow

EVENTS = LiveSpec(events=True)
STATUS = LiveStatus(12, 5_000_000, 133_601.0, 690_213, 30 << 20, 2 << 30)


@pytest.mark.parametrize(("seconds", "said"), [(0.2, "1 s"), (50, "50 s"), (700, "12 min"), (7000, "117 min"), (3600 * 30, "30 h")])
def test_a_time_ahead_is_written_roughly(seconds: float, said: str) -> None:
    assert about(seconds) == said


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"lost_events": 0, "outcome": "interrupted"}, "3 readings and 120 events in 2 s, none lost. You stopped it."),
        ({"lost_events": 7, "outcome": "finished"}, "3 readings and 120 events in 2 s, 7 events lost. Its time was over."),
        ({"outcome": "stopped", "why": "The file is full."}, "3 readings and 120 events in 2 s. The file is full."),
    ],
)
def test_how_it_ended(result: dict[str, Any], said: str) -> None:
    assert ended({"readings": 3, "events": 120, "seconds": 2.0, **result}) == said


@pytest.fixture
def bar(window: MainWindow) -> LiveBar:
    window.live_bar.show()
    return window.live_bar


def test_texts_are_shortened_to_the_width(bar: LiveBar) -> None:
    bar.resize(1200, 40)
    bar.show_status(STATUS, False, EVENTS)
    assert bar.rate.text() == "133,601 events/s · 12 readings" and bar.file.text() == "30 MiB of 2 GiB"
    bar.resize(620, 40)
    bar.show_status(STATUS, False, EVENTS)
    assert bar.rate.text() == "133,601 events/s"
    bar.resize(400, 40)
    bar.show_status(STATUS, False, EVENTS)
    assert bar.rate.isHidden() and bar.lost.text() == "690,213 events lost", "losses are always shown"


def test_it_does_not_widen_the_window(window: MainWindow, bar: LiveBar) -> None:
    bar.show_status(STATUS, True, EVENTS)
    QApplication.processEvents()
    assert window.minimumSizeHint().width() <= 900


def test_the_growth_of_the_file_says_when_it_is_full(bar: LiveBar, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("zoneviz.gui.window.live_bar.time.monotonic", lambda: now[0])
    bar.resize(1200, 40)
    for second in range(11):
        now[0] = float(second)
        bar.show_status(STATUS._replace(size=(1024 + second) << 20), False, EVENTS)
    assert bar.file.text() == "1.01 GiB of 2 GiB, full in 17 min"
    bar.show_status(STATUS, False, LiveSpec(keep=60.0))
    assert bar.file.text() == "30 MiB of 2 GiB" and bar.rate.text() == "12 readings" and bar.lost.isHidden(), "it continues at the limit"
