"""Recording from start to end on each system: this one, and others by commands that print what the real ones printed."""

import platform
import sys
from pathlib import Path

import pytest

from tests.sources.stand_in import CAPTURES, StandIns
from tests.sources.test_hurd_slabinfo import SLABINFO
from zoneviz.app.info import info
from zoneviz.app.live_spec import LiveSpec, LiveStatus
from zoneviz.app.recording_live import record
from zoneviz.app.verify import verify
from zoneviz.errors import EnvironmentProblem
from zoneviz.recording import Recording

ZPRINT = (CAPTURES / "macos-zprint/01-kalloc-rows-10.15.txt").read_text().split("\n", 1)[1]
VMSTAT = (CAPTURES / "freebsd-vmstat-z/04-mbufs-default-settings.txt").read_text()


def recorded(path: Path, seconds: float = 0.2) -> list[LiveStatus]:
    seen = list[LiveStatus]()
    record(LiveSpec(every=0.05, seconds=seconds, output=path), seen.append)
    assert verify(path)["sound"]
    return seen


@pytest.mark.skipif(sys.platform == "win32", reason="no source of Windows runs a command")
@pytest.mark.parametrize(
    ("system", "command", "text", "zone", "held"),
    [
        ("Darwin", "zprint", ZPRINT, "kalloc.512", 53620 * 1024),
        ("FreeBSD", "vmstat", VMSTAT, "mbuf_cluster", 1158 * 2048),
        ("GNU", "cat", SLABINFO, "vm_map_entry", 116 * 1024),
    ],
)
def test_another_system_is_recorded(
    system: str, command: str, text: str, zone: str, held: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    StandIns(tmp_path / "bin", monkeypatch).prints(command, text)
    monkeypatch.setattr(platform, "system", lambda: system)
    recorded(tmp_path / "a.zvz")
    with Recording(tmp_path / "a.zvz") as recording:
        assert recording.header.kind == "live" and recording.header.of_readings and recording.complete
        names = [info.name for info in recording.catalog.zones]
        sizes = recording.samples(recording.event_count).zones["cur_size"][-1]
    assert sizes[names.index(zone)] == held


def test_a_command_that_begins_to_fail_keeps_what_was_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_ins = StandIns(tmp_path / "bin", monkeypatch)
    stand_ins.prints("zprint", ZPRINT)
    monkeypatch.setattr(platform, "system", lambda: "Darwin")

    def broken(status: LiveStatus) -> None:
        stand_ins.script("zprint", "echo 'zprint: the host port died'; exit 1")

    with pytest.raises(EnvironmentProblem, match="`zprint` failed: zprint: the host port died"):
        record(LiveSpec(every=0.05, seconds=60, output=tmp_path / "a.zvz"), broken)
    with Recording(tmp_path / "a.zvz") as recording:
        assert not recording.complete and "the host port died" in recording.header.incomplete_reason
        assert len(recording.catalog.zones) == 25


@pytest.mark.skipif(sys.platform != "linux", reason="records this machine")
def test_this_machine_is_recorded(tmp_path: Path) -> None:
    seen = recorded(tmp_path / "a.zvz")
    assert seen[-1].readings >= 2
    assert info(tmp_path / "a.zvz")["system"].startswith("Linux ")
