"""What to capture: the loops of the page, run with samples of real systems in place of the system's programs, import as a time line."""

import re
import subprocess
from pathlib import Path

import pytest

from zoneviz import resources
from zoneviz.app.captures import import_files
from zoneviz.app.howto import SYSTEMS, howto
from zoneviz.errors import UsageError

CAPTURES = Path(__file__).parent.parent / "importers" / "captures"
SLAB = """\
cache                          obj slab  bufs   objs   bufs    total reclaimable
name                 flags    size size /slab  usage  count   memory      memory
vm_map_entry          0010      56   4k    72   2052   2088     116k          0k
total: 116k, reclaimable: 0k
"""
"""In the form of the printing code of GNU Mach's kern/slab.c."""
LOOPS: dict[tuple[str, str], tuple[str, Path | str]] = {
    ("macos", "zprint"): ("macos-zprint", CAPTURES / "macos-zprint" / "01-kalloc-rows-10.15.txt"),
    ("linux", "slabinfo"): ("linux-slabinfo", CAPTURES / "linux-slabinfo" / "01-rhcos-whole.slabinfo"),
    ("linux", "meminfo"): ("linux-meminfo", "Slab: 181700 kB\nSReclaimable: 97832 kB\nSUnreclaim: 83868 kB\n"),
    ("freebsd", "vmstat -z"): ("freebsd-vmstat-z", CAPTURES / "freebsd-vmstat-z" / "04-mbufs-default-settings.txt"),
    ("freebsd", "vmstat -m"): ("freebsd-vmstat-m", CAPTURES / "freebsd-vmstat-m" / "01-types-with-header.txt"),
    ("hurd", "slabinfo"): ("gnumach-slabinfo", SLAB),
}
DATE = 'n=$(cat n 2>/dev/null || echo 10); echo $((n + 1)) > n; echo "2026-03-01 12:$n:00 UTC"'
UNAME = "echo Linux box 6.18.4 '#1 SMP PREEMPT_DYNAMIC' x86_64 GNU/Linux"


def loops(system: str) -> list[str]:
    return [line.strip() for line in howto(system).splitlines() if line.startswith("    ") and "while :" in line]


def program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_every_loop_is_tested() -> None:
    assert {(system, line) for system in SYSTEMS for line in loops(system)} == {(system, loop(system, word)) for system, word in LOOPS}


def loop(system: str, word: str) -> str:
    (found,) = [line for line in loops(system) if word in line]
    return found


@pytest.mark.parametrize(("system", "word"), LOOPS)
def test_what_a_loop_prints_is_a_time_line(system: str, word: str, tmp_path: Path) -> None:
    kind, sample = LOOPS[system, word]
    printed = tmp_path / "printed"
    text = sample.read_text() if isinstance(sample, Path) else sample
    printed.write_text("\n".join(line for line in text.splitlines() if not line.startswith(("$", "[root"))) + "\n")
    (tmp_path / "uptime").write_text("16122.70 3611.34\n")
    for name in ("zprint", "vmstat"):
        program(tmp_path, name, f"cat {printed}")
    for name, script in (
        ("sudo", 'exec "$@"'),
        ("sleep", "true"),
        ("date", DATE),
        ("uname", UNAME if system == "linux" else "echo FreeBSD"),
    ):
        program(tmp_path, name, script)
    command = loop(system, word).replace("while :", "for reading in 1 2 3").replace("/proc/uptime", "uptime")
    command = re.sub(r"/proc/(slab|mem)info", str(printed), command)
    subprocess.run(["sh", "-c", command], cwd=tmp_path, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=True, timeout=60)
    (log,) = tmp_path.glob("*.log")
    found = import_files([log], None)
    assert [capture["kind"] for capture in found["captures"]] == [kind]
    (made,) = found["recordings"]
    assert made["readings"] == 3 and made["clock"].startswith("2026-03-01")


def test_a_part_has_the_advice_and_no_other_system() -> None:
    for system, heading in SYSTEMS.items():
        text = howto(system)
        assert text.startswith(heading) and "before you reboot" in text
        assert not any(f"## {other}" in text for other in SYSTEMS.values())
    assert howto() == (resources.folder("docs") / "capturing.md").read_text()


def test_an_unknown_system_is_refused() -> None:
    with pytest.raises(UsageError, match="macos, linux, freebsd, hurd"):
        howto("plan9")
