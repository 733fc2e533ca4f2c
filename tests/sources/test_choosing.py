"""Each system has its source; another one is refused in one sentence."""

import sys
from pathlib import Path

import pytest

from tests.sources.stand_in import CAPTURES, StandIns
from zoneviz.errors import EnvironmentProblem, UsageError
from zoneviz.sources.choosing import reading_source


@pytest.mark.skipif(sys.platform == "win32", reason="no source of Windows runs a command")
@pytest.mark.parametrize(
    ("system", "command", "sample", "noun"),
    [
        ("Darwin", "zprint", "macos-zprint/01-kalloc-rows-10.15.txt", "zone"),
        ("FreeBSD", "vmstat", "freebsd-vmstat-z/04-mbufs-default-settings.txt", "UMA zone"),
    ],
)
def test_a_system_has_its_own_source(
    system: str, command: str, sample: str, noun: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    StandIns(tmp_path / "bin", monkeypatch).prints(command, (CAPTURES / sample).read_text())
    source = reading_source(system=system)
    assert source.zone_noun == noun and source.moment().zones
    with pytest.raises(UsageError, match=f"{system} has no control groups"):
        reading_source("web", system=system)


def test_the_hurd_is_read_by_cat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    StandIns(tmp_path / "bin", monkeypatch)
    with pytest.raises(EnvironmentProblem, match="The command cat was not found"):
        reading_source(system="GNU")


@pytest.mark.parametrize("system", ["Windows", "SunOS"])
def test_another_system_is_refused(system: str) -> None:
    with pytest.raises(EnvironmentProblem, match=f"cannot record {system}: it records Linux, macOS, FreeBSD and GNU/Hurd"):
        reading_source(system=system)


@pytest.mark.skipif(sys.platform != "linux", reason="reads this machine")
def test_this_machine_has_a_source() -> None:
    assert reading_source().system.startswith("Linux ")
