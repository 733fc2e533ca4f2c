"""What can be recorded of this machine, and the sentence if it cannot."""

from pathlib import Path

import pytest

from zoneviz.captures.capture import Moment
from zoneviz.errors import EnvironmentProblem
from zoneviz.sources import able


class Unreadable:
    def moment(self) -> Moment:
        raise EnvironmentProblem("/proc cannot be read. Mount it.")


def test_why_no_reading_can_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(able, "reading_source", Unreadable)
    assert able.no_readings() == "/proc cannot be read. Mount it."
    monkeypatch.setattr(able, "reading_source", lambda: type("Readable", (), {"moment": lambda self: Moment([])})())
    assert able.no_readings() == ""


def test_why_no_event_can_be_recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing() -> Path:
        raise EnvironmentProblem("The kernel's tracing is not mounted.")

    monkeypatch.setattr(able, "tracefs", missing)
    assert able.no_events() == "The kernel's tracing is not mounted."
    monkeypatch.setattr(able, "tracefs", lambda: tmp_path)
    assert "sudo zoneviz record --events" in able.no_events()
    (tmp_path / "instances").mkdir()
    assert able.no_events() == ""
