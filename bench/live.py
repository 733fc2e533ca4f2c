"""What recording this machine costs: needs root and tracefs. Each part runs in a separate process, so its processor time counts alone."""

import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from zoneviz.app.live_spec import LiveSpec
from zoneviz.app.recording_live import open_live
from zoneviz.errors import EnvironmentProblem
from zoneviz.sources.ringbuffer import decode
from zoneviz.sources.tracing import Tracing, tracefs

KMEM = ("kmem/kmalloc", "kmem/kfree", "kmem/kmem_cache_alloc", "kmem/kmem_cache_free")
TREE = "/usr"
INSTANCE = "zoneviz-bench"
"""The tracing instance that trace-cmd is given: nobody else's tracing is touched."""
RATES = (30_000, 60_000, 100_000, 150_000, 200_000, 250_000, 300_000, 350_000, 400_000, 500_000, 600_000)
"""Loads that are tried, in events a second."""
_LOAD = """
import os, sys, time
rate, end = float(sys.argv[1]), time.monotonic() + float(sys.argv[2])
names = ("/usr/bin/env", "/usr/bin/find", "/usr/bin/sort", "/usr/bin/test")
done, start, stat = 0, time.monotonic(), os.stat
while (now := time.monotonic()) < end:
    while done < (now - start) * rate:
        for name in names:
            stat(name)
        done += 8
    time.sleep(0.002)
"""
"""Looks up files: each lookup allocates and frees a buffer for the name, two events."""


def available() -> str:
    """Why this machine cannot be recorded, or ""."""
    try:
        tracefs()
    except EnvironmentProblem as problem:
        return str(problem)
    return ""


@contextmanager
def load(rate: float, seconds: float) -> Iterator[None]:
    """A process that causes about `rate` kmem events a second for some seconds."""
    process = subprocess.Popen([sys.executable, "-c", _LOAD, str(rate), str(seconds)])
    try:
        yield
    finally:
        process.wait()


def recorded(rate: str, seconds: str, stacks: str, output: str) -> dict[str, Any]:
    """A part: record a load. Events a second, events lost, the recorder's share of a processor, and its longest lag in seconds."""
    lags = []
    live = open_live(LiveSpec(events=True, stacks=stacks == "stacks", output=Path(output), force=True, limit=8 << 30))
    live.advance(0.5)
    with load(float(rate), float(seconds)):
        begun, used, before = time.monotonic(), time.process_time(), live.events
        while time.monotonic() - begun < float(seconds):
            live.advance(0.05)
            lags.append((time.monotonic_ns() - live.started - live.time) / 1e9)
        wall, spent, events = time.monotonic() - begun, time.process_time() - used, live.events - before
    live.stop()
    return {"rate": events / wall, "lost": live.result()["lost_events"], "share": spent / wall, "lag": max(lags)}


def sustained(measure: Callable[..., dict[str, Any]], stacks: str, folder: Path) -> tuple[float, float]:
    """The highest rate of events a second that is recorded without loss for 5 s, and the longest lag then, in seconds."""
    best, lag = 0.0, 0.0
    for rate in RATES:
        found = measure("recorded", str(rate), "5", stacks, str(folder / "sustained.zvz"))
        if found["lost"] or found["rate"] < best:
            break
        best, lag = found["rate"], found["lag"]
    return best, lag


def find() -> float:
    """Seconds of wall time of `find` over a tree whose files are in memory: the median of three."""
    took = []
    for _ in range(3):
        begun = time.perf_counter()
        subprocess.run(["find", TREE, "-xdev"], stdout=subprocess.DEVNULL, check=False)
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


@contextmanager
def beside(command: Sequence[str], output: Path) -> Iterator[None]:
    """While another program records to a file; it is ended by SIGINT."""
    for old in output.parent.glob(f"{output.name}*"):
        old.unlink()
    process = subprocess.Popen([*command, str(output)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 20
        while not any(output.parent.glob(f"{output.name}*")) and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(1)
        if process.poll() is not None:
            raise subprocess.CalledProcessError(process.returncode, command)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def slowdown(times: int, folder: Path) -> dict[str, float]:
    """How much longer `find` takes while it is recorded: by zoneviz, and by perf and trace-cmd where they are installed.

    The median of `times` rounds; each measures all of them in turn. A program that cannot record on this machine is left out.
    """
    events = [word for name in KMEM for word in ("-e", name.replace("/", ":"))]
    recorders = {
        "zoneviz": [sys.executable, "-m", "zoneviz", "record", "--events", "--quiet", "-o"],
        "trace-cmd": ["trace-cmd", "record", "-B", INSTANCE, *events, "-o"],
        "perf": ["perf", "record", "-a", *events, "-o"],
    }
    found: dict[str, list[float]] = {name: [] for name, command in recorders.items() if shutil.which(command[0])}
    find()  # from now on in memory
    for _ in range(times):
        plain = find()
        for name, ratios in found.items():
            try:
                with beside(recorders[name], folder / f"find.{name}"):
                    ratios.append(find() / plain)
            except subprocess.CalledProcessError:
                if name == "zoneviz":
                    raise
            with suppress(OSError):  # trace-cmd leaves it where it fails
                (tracefs() / "instances" / INSTANCE).rmdir()
    return {name: statistics.median(ratios) for name, ratios in found.items() if ratios}


def decoding(times: int) -> float:
    """Processor seconds an event of decoding the pages of `find`: the median."""
    return statistics.median(_decoded() for _ in range(times))


def _decoded() -> float:
    spent, events = 0.0, 0
    with Tracing(tracefs(), KMEM) as tracing:
        subprocess.run(["find", TREE, "-xdev"], stdout=subprocess.DEVNULL, check=False)
        tracing.stop()
        while any(pages := tracing.read()):
            begun = time.process_time()
            events += len(decode(pages, tracing.layout).id)
            spent += time.process_time() - begun
    return spent / events
