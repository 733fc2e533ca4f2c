"""How long another profiler's window takes to read the same number of events: heaptrack_gui, where it is installed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.peers import PER_ROUND, WORK

QUIET = 0.5
"""A window counts as settled after this many seconds without work."""
_IDLE = 2
"""Clock ticks that an idle window may use in that time: cursors blink."""
_LONGEST = 60.0


def installed() -> bool:
    """Whether heaptrack and its window are both installed."""
    return all(shutil.which(name) for name in ("heaptrack", "heaptrack_gui"))


def traced(events: int, folder: Path) -> Path:
    """heaptrack's trace of a program with about `events` allocations and frees; recorded unless `folder` has one."""
    found = sorted(folder.glob(f"heap-{events}.*"))
    if not found:
        work = [sys.executable, "-c", WORK.format(times=events // PER_ROUND)]
        command = ["heaptrack", "-o", str(folder / f"heap-{events}"), *work]
        settings = os.environ | {"PYTHONMALLOC": "malloc"}
        program = subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        assert program.stdout is not None
        next((line for line in program.stdout if b"Heaptrack finished" in line), None)
        os.killpg(program.pid, signal.SIGKILL)  # otherwise it would open its window and wait
        program.wait()
        found = sorted(folder.glob(f"heap-{events}.*"))
    return found[0]


def settles(*command: str) -> float:
    """Seconds from the start of a program with a window, offscreen, until it is idle; then the program is killed.

    Errors: RuntimeError if the program exits by itself.
    """
    with tempfile.TemporaryDirectory() as home:
        settings = os.environ | {"HOME": home, "XDG_CONFIG_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        started = busy = time.monotonic()
        program = subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            used = 0
            while time.monotonic() - busy < QUIET and busy - started < _LONGEST:
                time.sleep(0.01)
                if program.poll() is not None:
                    raise RuntimeError(f"{command[0]} exited by itself")
                now = _ticks(program.pid)
                if now - used > _IDLE:
                    busy, used = time.monotonic(), now
            return busy - started
        finally:
            program.kill()
            program.wait()


def _ticks(pid: int) -> int:
    """Processor time of a process and its children, in clock ticks."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15])
