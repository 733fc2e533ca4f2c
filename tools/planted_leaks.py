"""How often the diagnosis names a leak of this machine's kernel: twelve planted ones, and machines that do not leak, in a table.

    sudo python tools/planted_leaks.py [--write docs/diagnosis.md] [--only WORD] [--seconds 20] [--call-sites]

Each program of tools/leaking.py runs in its own process while `zoneviz record --stacks` (with --call-sites: --events) records the machine;
`zoneviz diagnose --json` must then name its cache, its process and the function that allocates. Nothing of it stays: what a program
leaks ends with it.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.leaking import READY, command

BEGIN, END = "<!-- written by make planted: begin -->", "<!-- written by make planted: end -->"
SLAB = Path("/sys/kernel/slab")
PROGRAMS = Path(__file__).with_name("leaking.py")
LEAK, NO_LEAK = "leak", "no-leak"
_SPARE = 120
"""Seconds after which a program ends, beyond the time that is recorded."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A program of tools/leaking.py, what it leaks in words, and what the diagnosis must name: one of these caches and functions.

    Several, because a program leaks several kinds of elements, of which the largest is named first, and because kernels differ.
    """

    name: str
    what: str
    caches: tuple[str, ...]
    functions: tuple[str, ...]


PLANTED = (
    Planted("pipes", "pipes", ("kmalloc-cg-1k", "kmalloc-1k"), ("alloc_pipe_info",)),
    Planted("files", "files kept open", ("filp",), ("alloc_empty_file",)),
    Planted("eventfds", "eventfds", ("filp", "dentry"), ("alloc_empty_file", "__d_alloc")),
    Planted("epoll-items", "epoll items", ("eventpoll_epi",), ("ep_insert", "do_epoll_ctl")),
    Planted(
        "inotify-watches",
        "inotify watches",
        ("inotify_inode_mark",),
        ("inotify_new_watch", "inotify_update_watch", "__x64_sys_inotify_add_watch", "__do_sys_inotify_add_watch"),
    ),
    Planted(
        "unix-sockets",
        "unix sockets with messages",
        ("kmalloc-cg-1k", "kmalloc-1k", "skbuff_small_head", "UNIX", "sock_inode_cache"),
        ("__alloc_skb", "kmalloc_reserve", "sk_prot_alloc", "sock_alloc_inode"),
    ),
    Planted("threads", "threads that sleep", ("task_struct",), ("copy_process", "dup_task_struct")),
    Planted("mappings", "mappings split by mprotect", ("vm_area_struct",), ("vm_area_dup", "__split_vma")),
    Planted("missing-names", "names that do not exist", ("dentry",), ("__d_alloc", "d_alloc")),
    Planted("timers", "POSIX timers", ("posix_timers_cache",), ("do_timer_create", "alloc_posix_timer")),
    Planted("memfds", "files in memory", ("shmem_inode_cache",), ("shmem_alloc_inode", "alloc_inode")),
    Planted("keys", "keys", ("key_jar",), ("key_alloc",)),
)
FIND = "while :; do find / > /dev/null 2>&1; done"
COMPILE = f"cp -r {Path(os.__file__).parent} lib; while :; do {sys.executable} -m compileall -f -q lib > /dev/null 2>&1; done"
GCC = "echo '#include <stdio.h>\nint main(void) { return puts(\"\"); }' > a.c; while :; do gcc -O2 -o a.out a.c; done"
SOUND = (("a quiet machine", ""), ("`find /`", FIND), ("compiling Python", COMPILE), ("compiling C", GCC))
"""What does not leak: a name and the shell's command, run in a temporary folder."""


@dataclass(frozen=True, slots=True)
class Row:
    """The diagnosis of one recording. `planted`: None of a machine that does not leak; `pid`: of the program; `slabinfo`: elements by
    which /proc/slabinfo grew for the cache named first."""

    title: str
    planted: Planted | None
    pid: int
    found: dict[str, Any]
    slabinfo: int = 0

    @property
    def first(self) -> dict[str, Any]:
        """The call site that the diagnosis names first; empty if it names none."""
        growth = self.found["growth"]
        return growth[0] if growth else {}

    @property
    def right(self) -> bool:
        """Whether cache, process and call site are named, or nothing where nothing leaks."""
        if self.planted is None:
            return bool(self.found["verdict"] == NO_LEAK)
        named = self.found["verdict"] == LEAK and self.first["pid"] == self.pid and self.first["task"] == command(self.planted.name)
        return named and same_cache(self.first["zone"], self.planted.caches) and self.first["call_site"] in self.planted.functions


def same_cache(name: str, expected: tuple[str, ...], slab: Path = SLAB) -> bool:
    """Whether a cache is one of the expected ones, under its own name or that of one with which the kernel has merged it."""
    return name in expected or _merged(name, slab) in {_merged(other, slab) for other in expected} - {""}


def _merged(name: str, slab: Path) -> str:
    """The kernel's own name of the cache that `name` is merged into; "" if it is not merged."""
    path = slab / name
    return os.readlink(path) if path.is_symlink() else ""


@contextmanager
def leaking(planted: Planted, seconds: float) -> Iterator[int]:
    """Run a program while the caller records. Yields its pid."""
    arguments = [sys.executable, str(PROGRAMS), planted.name, str(seconds + _SPARE)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            if process.stdout.readline().strip() != READY:
                raise SystemExit(f"tools/leaking.py {planted.name} did not start.")
            yield process.pid
        finally:
            process.terminate()


@contextmanager
def working(shell: str, folder: Path) -> Iterator[int]:
    """Run a shell's command, and what it starts, while the caller records. Yields 0."""
    if not shell:
        yield 0
        return
    process = subprocess.Popen(["sh", "-c", shell], cwd=folder, start_new_session=True)
    try:
        yield 0
    finally:
        os.killpg(process.pid, 15)
        process.wait()


def recorded(path: Path, seconds: float, events: str) -> dict[str, Any]:
    """Record this machine at a path and return what `diagnose --json` prints, with `grown`: elements by cache of /proc/slabinfo."""
    before = _slabinfo()
    _zoneviz("record", events, "--for", f"{seconds:g}s", "--force", "--quiet", "-o", str(path))
    after = _slabinfo()
    found: dict[str, Any] = json.loads(_zoneviz("diagnose", str(path), "--json"))
    return found | {"grown": {name: after[name] - before.get(name, 0) for name in after}}


def _zoneviz(*args: str) -> str:
    done = subprocess.run([sys.executable, "-m", "zoneviz", *args], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"zoneviz {' '.join(args)}: {done.stderr.strip()}")
    return done.stdout


def _slabinfo() -> dict[str, int]:
    rows = (line.split() for line in Path("/proc/slabinfo").read_text().splitlines()[2:])
    return {row[0]: int(row[1]) for row in rows}


def rows(folder: Path, seconds: float, events: str, only: str) -> Iterator[Row]:
    """Record and diagnose each program, and the machines that do not leak."""
    for planted in PLANTED:
        if only in planted.name:
            with leaking(planted, seconds) as pid:
                found = recorded(folder / f"{planted.name}.zvz", seconds, events)
            first = found["growth"][0]["zone"] if found["growth"] else ""
            yield Row(planted.what, planted, pid, found, found["grown"].get(first, 0))
    for number, (title, shell) in enumerate(SOUND):
        if only in title and (shell != GCC or shutil.which("gcc")):
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work, working(shell, Path(work)):
                yield Row(title, None, 0, recorded(folder / f"sound-{number}.zvz", seconds, events))


def table(found: list[Row], seconds: float, kernel: str) -> str:
    """The table of docs/diagnosis.md, with the numbers of the programs named."""
    planted, sound = [row for row in found if row.planted], [row for row in found if not row.planted]
    lines = [
        f"Linux {kernel}, recorded for {seconds:g} s each: {_share(planted)} planted leaks named with cache, process and call site, "
        f"{_share(sound)} machines without a leak named so.",
        "",
        "| planted | named first: cache | call site | process | still there | slabinfo | a second | right |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in planted:
        lines.append(f"| {row.title} | {_cells(row)} | {'yes' if row.right else '**no**'} |")
    lines += ["", "| no leak planted | verdict | named first | right |", "|---|---|---|---|"]
    for row in sound:
        first = f"`{row.first['zone']}` by {row.first['task']}" if row.first else ""
        lines.append(f"| {row.title} | {row.found['verdict']} | {first} | {'yes' if row.right else '**no**'} |")
    return "\n".join(lines)


def _share(found: list[Row]) -> str:
    return f"{sum(row.right for row in found)} of {len(found)}"


def _cells(row: Row) -> str:
    first = row.first
    if not first:
        return " | ".join([str(row.found["verdict"]), *[""] * 5])
    assert row.planted is not None
    cache = f"`{first['zone']}`"
    if first["zone"] not in row.planted.caches and same_cache(first["zone"], row.planted.caches):
        cache += f", merged with `{row.planted.caches[0]}`"
    process = f"`{first['task']}`" if first["pid"] == row.pid else f"{first['task']} ({first['pid']}), another one"
    kept, speed = f"{first['elements']:,} of {first['allocations']:,}", f"{first['bytes_per_s'] / 1024:,.1f} KiB"
    return f"{cache} | `{first['call_site']}` | {process} | {kept} | {row.slabinfo:+,} | {speed}"


def main(show: Callable[[str], object] = print) -> int:
    """The command line. Returns 1 if fewer than 11 of 12 leaks were named, or one where nothing leaks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, help="write the table between the marks of this document")
    parser.add_argument("--only", default="", help="only programs that contain this word")
    parser.add_argument("--seconds", type=float, default=20.0, help="time to record each")
    parser.add_argument("--call-sites", action="store_true", help="record call sites without stacks")
    parser.add_argument("--keep", type=Path, help="keep the recordings in this folder")
    asked = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for row in rows(asked.keep or Path(folder), asked.seconds, "--events" if asked.call_sites else "--stacks", asked.only):
            found.append(row)
            first = row.first
            named = f"{first['zone']} {first['task']} ({first['pid']}) {first['call_site']}" if first else ""
            show(f"{row.title:28} {row.found['verdict']!s:8} {named}{'' if row.right else '   <- wrong'}")
    text = table(found, asked.seconds, os.uname().release)
    show(f"\n{text}")
    if asked.write is not None:
        before, _, rest = asked.write.read_text().partition(BEGIN)
        asked.write.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}")
    missed = sum(not row.right for row in found if row.planted)
    return int(missed > 1 or any(not row.right for row in found if not row.planted))


if __name__ == "__main__":
    sys.exit(main())
