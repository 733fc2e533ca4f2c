"""What other profilers cost that record every allocation of a program: heaptrack and memray, where they are installed."""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

# Three allocations and three frees per round, through malloc instead of Python's arenas.
WORK = "for i in range({times}): bytearray(1)"
PER_ROUND = 6


def installed() -> dict[str, str]:
    """By name of a profiler: why it is not measured, or ""."""
    return {
        "heaptrack": "" if shutil.which("heaptrack") else "heaptrack is not installed.",
        "memray": "" if importlib.util.find_spec("memray") else "memray is not installed: pip install -e .[bench]",
    }


def recorded(name: str, events: int, folder: Path) -> tuple[float, float]:
    """(events a second, bytes an event) of a profiler that records about `events` allocations and frees of a program.

    The time is what recording adds to the program's own, by the wall clock: heaptrack works in two processes.
    """
    work = ["-c", WORK.format(times=events // PER_ROUND)]
    for old in folder.glob(f"peer-{name}.*"):
        old.unlink()
    output = folder / f"peer-{name}.out"
    commands = {
        "heaptrack": ["heaptrack", "--raw", "-o", str(output), sys.executable, *work],
        "memray": [sys.executable, "-m", "memray", "run", "--quiet", "--output", str(output), *work],
    }
    added = _seconds(commands[name]) - _seconds([sys.executable, *work])
    size = sum(path.stat().st_size for path in folder.glob(f"peer-{name}.*"))
    return events / added, size / events


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, env=os.environ | {"PYTHONMALLOC": "malloc"}, capture_output=True, check=True)
    return time.perf_counter() - started
