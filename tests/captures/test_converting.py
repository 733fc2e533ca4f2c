"""Binary traces are printed by the tools that wrote them, and what is printed is imported."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from zoneviz.app.captures import import_files
from zoneviz.app.state import open_recording
from zoneviz.captures import files
from zoneviz.captures.text import Text
from zoneviz.errors import InputError, ZonevizError

TRACE_DAT, PERF_DATA = b"\x17\x08\x44tracing6\0" + bytes(64), b"PERFILE2" + bytes(64)
LINE = "a-1 [000] 1.000001: kfree: call_site=foo+0x1/0x2 ptr=0xffff9e0e8571e000"


@pytest.fixture
def bin_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder with commands."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def install(folder: Path, name: str, script: str) -> None:
    """A stand-in for a command; `$@` are its arguments."""
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(stat.S_IRWXU)


def opened(path: Path) -> Text:
    def refuse(name: str, error: ZonevizError) -> None:
        raise error

    return next(iter(files.texts([path], refuse)))


@pytest.mark.parametrize(
    ("head", "tool", "arguments"),
    [(TRACE_DAT, "trace-cmd", "report -i"), (PERF_DATA, "perf", "script -f --show-lost-events -i")],
)
def test_the_tool_prints_the_file(bin_: Path, tmp_path: Path, head: bytes, tool: str, arguments: str) -> None:
    install(bin_, tool, f'echo "$@"; echo "{LINE}"')
    (tmp_path / "t.dat").write_bytes(head)
    with opened(tmp_path / "t.dat") as text:
        assert b"".join(text.blocks()).decode() == f"{arguments} {tmp_path}/t.dat\n{LINE}\n"


def test_a_tool_that_is_left_early_is_ended(bin_: Path, tmp_path: Path) -> None:
    install(bin_, "perf", f'while echo "{LINE}"; do :; done')
    (tmp_path / "t.dat").write_bytes(PERF_DATA)
    with opened(tmp_path / "t.dat") as text:
        assert LINE in next(iter(text.blocks())).decode()


def test_a_tool_that_cannot_read_the_file_says_why(bin_: Path, tmp_path: Path) -> None:
    install(bin_, "perf", "echo 'incompatible file format' >&2; exit 255")
    (tmp_path / "t.dat").write_bytes(PERF_DATA)
    with pytest.raises(InputError, match=r"t\.dat cannot be printed by perf: incompatible file format\.$"):
        opened(tmp_path / "t.dat")


@pytest.mark.parametrize(("head", "command"), [(TRACE_DAT, "trace-cmd report"), (PERF_DATA, "perf script")])
def test_without_the_tool_its_command_is_named(bin_: Path, tmp_path: Path, head: bytes, command: str) -> None:
    assert not list(bin_.iterdir())
    (tmp_path / "t.dat").write_bytes(head)
    with pytest.raises(InputError, match=rf"t\.dat is a file of .*Run `{command} > FILE` where .* is installed, and import FILE\."):
        import_files([tmp_path / "t.dat"], None)


def test_what_perf_has_recorded_of_this_machine(tmp_path: Path) -> None:
    if shutil.which("perf") is None or os.geteuid() != 0:
        pytest.skip("perf and root record kmem events")
    events = "kmem:kmalloc,kmem:kfree,kmem:kmem_cache_alloc,kmem:kmem_cache_free"
    command = ["perf", "record", "-q", "-g", "-e", events, "-o", str(tmp_path / "perf.data"), "--", "ls", "/"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"perf cannot record here: {done.stderr.strip()[:200]}")
    result = import_files([tmp_path / "perf.data"], tmp_path / "a.zvz")
    (capture,) = result["captures"]
    assert capture["kind"] == "linux-trace" and capture["said"]["allocs"] > 100 and not capture["said"]["lost_marks"]
    with open_recording(tmp_path / "a.zvz") as recording:
        names = set(recording.catalog.task_names.values())
        assert any(name.startswith("ls (") for name in names), names
        assert any("do_syscall_64" in recording.catalog.paths.frames(path) for path in range(len(recording.catalog.paths.rows)))
        assert all(thread.name.startswith("CPU ") for thread in recording.catalog.threads)
