"""Background work: its result, failure and cancellation, and the pauses during a live run."""

from collections.abc import Generator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from zoneviz.errors import InputError
from zoneviz.gui.session import jobs
from zoneviz.gui.session.jobs import LIVE_SECONDS, Job, Pace
from zoneviz.playback import Player


def counted(player: Player) -> Generator[tuple[int, int], None, int]:
    yield 1, 2
    return player.recording.event_count


def damaged(player: Player) -> Generator[tuple[int, int], None, int]:
    yield 1, 2
    raise InputError("It is damaged.")


def wrong(player: Player) -> Generator[tuple[int, int], None, int]:
    yield 1, 2
    raise KeyError("a bug")


def test_the_result_is_delivered_once(qapp: QApplication, recorded: Path) -> None:
    found: list[int] = []
    job = Job(recorded, counted, found.append)
    job.wait()
    qapp.processEvents()
    assert len(found) == 1 and found[0] > 8000 and not job.running


@pytest.mark.parametrize(("work", "words"), [(damaged, "It is damaged."), (wrong, "KeyError")])
def test_a_failure_is_a_sentence(qapp: QApplication, recorded: Path, work: jobs.Work, words: str) -> None:
    found: list[object] = []
    said: list[str] = []
    job = Job(recorded, work, found.append)
    job.failed.connect(said.append)
    job.wait()
    assert not found and len(said) == 1 and words in said[0]


def test_a_cancelled_job_delivers_nothing(qapp: QApplication, recorded: Path) -> None:
    found: list[int] = []
    job = Job(recorded, counted, found.append)
    job.cancel()
    jobs.cancel_all()
    qapp.processEvents()
    assert not found and not job.running


def test_a_job_cancelled_before_its_start_never_starts(qapp: QApplication, recorded: Path) -> None:
    """A job starts late, so that the window paints first."""
    begun: list[Path] = []
    job = Job(recorded, lambda player: iter(begun.append(player.recording.path) or ()), begun.append)  # type: ignore[arg-type, func-returns-value]
    job.cancel()
    job.wait()
    qapp.processEvents()
    assert begun == [] and not job.running


def test_pauses_during_a_live_run(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("zoneviz.gui.session.jobs.monotonic", lambda: clock[0])
    pace = Pace()
    assert pace.begin(live=True)
    clock[0] += 1.0
    pace.over()
    clock[0] += 3.9
    assert not pace.begin(live=True) and pace.begin(live=False)
    pace.over()
    clock[0] += LIVE_SECONDS
    assert pace.begin(live=True)
