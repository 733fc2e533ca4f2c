"""How soon another profiler's window has read as many events: heaptrack_gui, where it is installed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

QUIET = 0.5
"""Seconds without work after which a window is taken to be settled."""
_IDLE = 2
"""Clock ticks that a window at rest may use in that time: cursors blink."""
_LONGEST = 60.0
# Three allocations and three frees each, by malloc and not from Python's own arenas.
_WORK = "for i in range({times}): bytearray(1)"
_EVENTS = 6


def installed() -> bool:
    """Whether both halves of heaptrack are here."""
    return all(shutil.which(name) for name in ("heaptrack", "heaptrack_gui"))


def traced(events: int, folder: Path) -> Path:
    """A trace of a program with at least so many allocations and frees, made with heaptrack unless it is there."""
    found = sorted(folder.glob(f"heap-{events}.*"))
    if not found:
        work = [sys.executable, "-c", _WORK.format(times=events // _EVENTS)]
        command = ["heaptrack", "-o", str(folder / f"heap-{events}"), *work]
        settings = os.environ | {"PYTHONMALLOC": "malloc"}
        program = subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        assert program.stdout is not None
        next((line for line in program.stdout if b"Heaptrack finished" in line), None)
        os.killpg(program.pid, signal.SIGKILL)  # it would show what it traced in its window, and wait
        program.wait()
        found = sorted(folder.glob(f"heap-{events}.*"))
    return found[0]


def settles(*command: str) -> float:
    """Seconds from the start of a program with a window, on no screen, until it has nothing more to do; it is ended then."""
    with tempfile.TemporaryDirectory() as home:
        settings = os.environ | {"HOME": home, "XDG_CONFIG_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        begun = busy = time.monotonic()
        program = subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            used = 0
            while time.monotonic() - busy < QUIET and busy - begun < _LONGEST:
                time.sleep(0.01)
                if program.poll() is not None:
                    raise RuntimeError(f"{command[0]} ended by itself")
                now = _ticks(program.pid)
                if now - used > _IDLE:
                    busy, used = time.monotonic(), now
            return busy - begun
        finally:
            program.kill()
            program.wait()


def _ticks(pid: int) -> int:
    """Processor time a process and its children have used, in clock ticks."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15])
