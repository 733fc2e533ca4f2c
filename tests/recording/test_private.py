"""Private copies are removed after use, also after a kill."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from zoneviz.recording import private

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="There a folder cannot be locked.")
OWN = """
import os, sys, tempfile
tempfile.tempdir = sys.argv[1]
from zoneviz.recording.private import PrivateCopy
copy = PrivateCopy("a.zvz")
copy.file.write_text("x")
print(copy.file, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def other(folder: Path) -> "tuple[subprocess.Popen[str], Path]":
    """Another program with a copy, and that copy's file."""
    process = subprocess.Popen([sys.executable, "-c", OWN, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def aged(folder: Path) -> None:
    """Set its time to an hour ago."""
    os.utime(folder, (folder.stat().st_mtime - 3600,) * 2)


def test_an_unreferenced_copy_is_removed(temporary: Path) -> None:
    copy = private.PrivateCopy("a.zvz")
    copy.file.write_text("x")
    assert [path.name for path in temporary.iterdir()] == [copy.file.parent.name]
    del copy
    assert list(temporary.iterdir()) == []


def test_a_program_removes_its_copies_at_its_end(temporary: Path) -> None:
    process, file = other(temporary)
    assert file.exists()
    process.communicate("")
    assert process.returncode == 0 and list(temporary.iterdir()) == []


def test_the_next_copy_removes_those_of_killed_programs_only(temporary: Path) -> None:
    dead, left = other(temporary)
    dead.send_signal(signal.SIGKILL)
    dead.communicate()
    alive, used = other(temporary)
    (temporary / "zoneviz-copy-file").write_text("no folder")
    for path in (left.parent, used.parent, temporary / "zoneviz-copy-file"):
        aged(path)
    young = temporary / "zoneviz-copy-young"
    young.mkdir()
    (temporary / "elsewhere").mkdir()
    (temporary / "zoneviz-copy-link").symlink_to(temporary / "elsewhere")
    assert left.exists() and used.exists()
    copy = private.PrivateCopy("a.zvz")
    assert not left.parent.exists() and used.exists() and young.exists() and (temporary / "elsewhere").exists()
    assert (temporary / "zoneviz-copy-file").exists() and copy.file.parent.exists()
    alive.communicate("")
    assert not used.parent.exists()
