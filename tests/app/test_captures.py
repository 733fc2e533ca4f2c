"""Several files at once: an incident in several files becomes one time line for each boot, and a sentence about the rest."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zoneviz.app.captures import import_files, import_text
from zoneviz.app.info import info
from zoneviz.app.state import open_recording
from zoneviz.app.verify import verify
from zoneviz.errors import InputError, UsageError
from zoneviz.playback import Player

G = 1 << 30
START = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
KERNEL = "Darwin Kernel Version 25.2.0: root:xnu-12377.61.12~1/RELEASE_ARM64_T6041"


def jetsam(hours: float, used: int, counter: int, model: str = "Mac16,1") -> str:
    date = f"{START + timedelta(hours=hours):%Y-%m-%d %H:%M:%S}.00 +0000"
    memory = {
        "compressions": counter, "decompressions": counter, "zoneMapCap": 22 * G, "largestZone": "data.kalloc.1024",
        "largestZoneSize": used - G, "pageSize": 16384, "zoneMapSize": used, "memoryPages": {"free": 5000, "wired": 9000},
    }  # fmt: skip
    body = {"product": model, "kernel": KERNEL, "date": date, "memoryStatus": memory, "largestProcess": "node", "processes": []}
    return json.dumps({"bug_type": "298", "timestamp": date, "os_version": "macOS 26.2 (25C56)"}) + "\n" + json.dumps(body, indent=2)


def panic(hours: float, uptime_hours: float, elements: int) -> str:
    now = int((START + timedelta(hours=hours)).timestamp())
    text = (
        "panic(cpu 4 caller 0xfffffe0031e8d9d0): zalloc[3]: zone map exhausted while allocating from zone [VM map entries], likely due to "
        f"memory leak in zone [data.kalloc.1024] (20G, {elements} elements allocated) @zalloc.c:4575\n"
        f"  Boot    : 0x{now - int(uptime_hours * 3600):08x} 0x00000000\n  Calendar: 0x{now:08x} 0x00000000\n"
        "Largest zones:\n  data.   kalloc.1024   20G   0B\nPanicked task 0xff: 1 pages, 2 threads: pid 9: launchd\n"
    )
    body = {"product": "Mac16,1", "kernel": KERNEL, "panicString": text}
    return '{"bug_type":"210","os_version":"macOS 26.2 (25C56)"}\n' + json.dumps(body)


@pytest.fixture
def incident(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    for number, (hours, used) in enumerate([(2, 3 * G), (10, 5 * G), (12, 12 * G), (14, 19 * G)]):
        (folder / f"JetsamEvent-{number}.ips").write_text(jetsam(hours, used, number))
    (folder / "a.panic").write_text(panic(15, 15, 20971520))
    (folder / "b.panic").write_text(panic(40, 20, 20971530))
    (folder / "copy.panic").write_text(panic(40, 20, 20971530))
    (folder / "note.txt").write_text("please look at this\n")
    return folder


def test_an_incident_in_one_drop(incident: Path, tmp_path: Path) -> None:
    result = import_files([incident], tmp_path / "run.zvz")
    assert result["summary"] == "4 JetsamEvents, 2 panics of 2 boots, 1 file not understood, 1 duplicate"
    assert [(Path(made["file"]).name, made["readings"]) for made in result["recordings"]] == [("run.zvz", 5), ("run-2.zvz", 1)]
    assert [Path(one["file"]).name for one in result["refused"]] == ["note.txt"]
    assert any("only asked last" in sentence for sentence in result["sentences"])
    for made in result["recordings"]:
        header = info(Path(made["file"]))
        assert header["outcome"] == "panic" and header["panic"]["zone"] == "VM map entries" and header["system"].startswith("macOS 26.2")
        assert verify(Path(made["file"]))["sound"]
    with open_recording(tmp_path / "run.zvz") as recording:
        assert recording.last_time == 15 * 3600 * 10**9  # from boot on
        player = Player(recording)
        machine = player.at_end().machine()
        assert machine["zone_map"]["size"] == 22 * G and machine["zone_map"]["used"] == 19 * G
        zones = {zone["name"]: zone for zone in machine["zones"]}
        assert zones["data.kalloc.1024"]["cur_size"] == 20 * G and zones["data.kalloc.1024"]["in_use"] == 20971520
        assert zones["(other zones)"]["cur_size"] == G
        assert recording.header.result["said"]["blamed_elements"] == 20971520


def test_a_folder_as_output_names_recordings_after_files(incident: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    result = import_files([incident], tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["JetsamEvent-0.zvz", "b.zvz"]
    with pytest.raises(UsageError, match="exists already"):
        import_files([incident], tmp_path / "out")
    assert len(result["recordings"]) == 2 and import_files([incident], tmp_path / "out", force=True)["complete"]


def test_nothing_is_written_by_a_dry_run(incident: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    result = import_files([incident], None)
    assert sorted(tmp_path.rglob("*")) == before
    assert [made["file"] for made in result["recordings"]] == [None, None] and "complete" not in result


def test_nothing_of_people_is_stored(incident: Path, tmp_path: Path) -> None:
    import_files([incident], tmp_path / "run.zvz")
    stored = (tmp_path / "run.zvz").read_bytes()
    assert str(incident).encode() not in stored and b"Mac16,1" not in stored


def test_pasted_text(tmp_path: Path) -> None:
    assert import_text(panic(1, 1, 5), tmp_path / "a.zvz")["summary"] == "1 panic"
    with pytest.raises(InputError, match="Pasted text looks like a list of processes"):
        import_text("  PID TTY          TIME CMD\n 123 pts/0    00:00:00 bash\n", None)


def test_only_unreadable_files(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no file to import"):
        import_files([tmp_path / "empty"], None)
    for name in "ab":
        (tmp_path / name).write_text("a text\n")
    with pytest.raises(InputError, match="None of the 2 files"):
        import_files([tmp_path / "a", tmp_path / "b"], None)


HIDDEN = ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "posix", "readline", "curses")


def test_captures_are_read_without_the_modules_of_unix(tmp_path: Path) -> None:
    """As on Windows: none of them is there, and os has neither fork nor geteuid."""
    (tmp_path / "a.panic").write_text(panic(1, 1, 5))
    program = f"""
import sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name in {HIDDEN!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Hide())
for name in {HIDDEN!r}:
    if name != "posix":
        sys.modules.pop(name, None)
from zoneviz.__main__ import main
sys.argv = ["zoneviz", "import", {str(tmp_path / "a.panic")!r}, "-o", {str(tmp_path / "a.zvz")!r}, "--json"]
status = main()
assert not status, status
sys.argv = ["zoneviz", "info", {str(tmp_path / "a.zvz")!r}]
status = main()
assert not status, status
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert '"kind": "macos-panic"' in done.stdout


def test_a_jetsam_event_of_another_machine_is_another_recording(incident: Path) -> None:
    (incident / "other.ips").write_text(jetsam(11, 2 * G, 9, model="Mac99,9"))
    assert [made["readings"] for made in import_files([incident], None)["recordings"]] == [5, 1, 1]


def test_a_count_that_falls_is_another_boot(incident: Path) -> None:
    (incident / "JetsamEvent-9.ips").write_text(jetsam(14.5, 3 * G, 0))
    assert [made["readings"] for made in import_files([incident], None)["recordings"]] == [4, 2, 1]


def test_a_panic_pasted_twice_is_one_boot_and_a_thousand_are_refused() -> None:
    panic = "panic: zalloc: zone maps exhausted\n"
    assert len(import_text(panic * 1000, None)["recordings"]) == 1
    with pytest.raises(UsageError, match="1,000 boots"):
        import_text("".join(f"panic: zalloc: zone z{number} exhausted\n" for number in range(1000)), None)
