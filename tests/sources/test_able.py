"""What can be recorded of this machine, and the sentence if it cannot."""

from pathlib import Path

import pytest

from zoneviz.errors import EnvironmentProblem
from zoneviz.sources import able
from zoneviz.sources.choosing import runs_a_program


class Readable:
    shows = frozenset({"zones", "elements"})
    cannot_show = ("Who holds the objects.",)


class Unnamed(Readable):
    shows, cannot_show = frozenset({"zones"}), ("Only root can read the caches. Run `sudo zoneviz record`.",)


def unreadable() -> Readable:
    raise EnvironmentProblem("/proc cannot be read. Mount it.")


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine that can be recorded; its folder of tracefs."""
    (tmp_path / "instances").mkdir()
    monkeypatch.setattr(able, "reading_source", Readable)
    monkeypatch.setattr(able, "runs_a_program", lambda: False)
    monkeypatch.setattr(able, "tracefs", lambda: tmp_path)
    return tmp_path


def test_everything_can_be_recorded(root: Path) -> None:
    assert able.refused() == able.Refused()


def test_why_no_reading_can_be_taken(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(able, "reading_source", unreadable)
    assert able.refused().readings == "/proc cannot be read. Mount it."


def test_why_caches_have_no_names(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(able, "reading_source", Unnamed)
    assert able.refused() == able.Refused(caches="Only root can read the caches. Run `sudo zoneviz record`.")


def test_why_no_event_can_be_recorded(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "instances").rmdir()
    assert "sudo zoneviz record --events" in able.refused().events

    def missing() -> Path:
        raise EnvironmentProblem("The kernel's tracing is not mounted.")

    monkeypatch.setattr(able, "tracefs", missing)
    assert able.refused().events == "The kernel's tracing is not mounted."


def test_a_machine_read_by_a_program_is_not_asked(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(able, "runs_a_program", lambda: True)
    monkeypatch.setattr(able, "reading_source", unreadable)
    assert able.refused().readings == ""
    assert runs_a_program("Darwin") and not runs_a_program("Linux") and not runs_a_program("Plan9")
