"""What recording this machine costs: needs root and tracefs. Each part runs in a separate process, so its processor time counts alone."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zoneviz.app.live import Live
from zoneviz.app.live_spec import LiveSpec
from zoneviz.app.recording_live import open_live
from zoneviz.errors import EnvironmentProblem
from zoneviz.sources.ringbuffer import decode
from zoneviz.sources.tracing import Tracing, tracefs

KMEM = ("kmem/kmalloc", "kmem/kfree", "kmem/kmem_cache_alloc", "kmem/kmem_cache_free")
TREE = "/usr"
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
    live: Live
    lags = []
    with load(float(rate), float(seconds)):
        begun, used = time.monotonic(), time.process_time()
        live = open_live(LiveSpec(events=True, stacks=stacks == "stacks", output=Path(output), force=True, limit=8 << 30))
        while time.monotonic() - begun < float(seconds):
            live.advance(0.05)
            lags.append((time.monotonic_ns() - live.started - live.time) / 1e9)
        wall, spent = time.monotonic() - begun, time.process_time() - used
        live.stop()
    result = live.result()
    return {"rate": result["events"] / wall, "lost": result["lost_events"], "share": spent / wall, "lag": max(lags)}


def sustained(measure: Callable[..., dict[str, Any]], stacks: str, folder: Path) -> tuple[float, dict[str, Any]]:
    """The highest rate of events a second that is recorded without loss for 5 s, and what was measured then."""
    best: dict[str, Any] = {"rate": 0.0}
    for rate in (30_000, 60_000, 100_000, 150_000, 200_000, 250_000, 300_000, 350_000, 400_000, 500_000, 600_000):
        found = measure("recorded", str(rate), "5", stacks, str(folder / "sustained.zvz"))
        if found["lost"] or found["rate"] < best["rate"]:
            break
        best = found
    return best["rate"], best


def find(times: int = 5) -> float:
    """Seconds of wall time of `find` over a tree whose files are in memory: the median."""
    took = []
    for _ in range(times + 1):
        begun = time.perf_counter()
        subprocess.run(["find", TREE, "-xdev"], stdout=subprocess.DEVNULL, check=False)
        took.append(time.perf_counter() - begun)
    return statistics.median(took[1:])


@contextmanager
def beside(*command: str) -> Iterator[None]:
    """While another program runs; it is ended by SIGINT."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1.5)
    try:
        yield
    finally:
        process.send_signal(2)
        process.wait()


def slowdown(folder: Path) -> dict[str, float]:
    """How much longer `find` takes while it is recorded: by zoneviz, and by perf and trace-cmd where they are installed."""
    plain = find()
    events = [word for name in KMEM for word in ("-e", name.replace("/", ":"))]
    recorders = {
        "zoneviz": (sys.executable, "-m", "zoneviz", "record", "--events", "--quiet", "--force", "-o", str(folder / "find.zvz")),
        "perf": ("perf", "record", "-a", "-o", str(folder / "perf.data"), *events),
        "trace-cmd": ("trace-cmd", "record", "-o", str(folder / "trace.dat"), *events),
    }
    out = {}
    for name, command in recorders.items():
        if name == "zoneviz" or any(os.access(Path(place, name), os.X_OK) for place in os.environ["PATH"].split(":")):
            with beside(*command):
                out[name] = find() / plain
    return out


def decoding() -> float:
    """Processor seconds an event of decoding the pages of `find`."""
    spent, events = 0.0, 0
    with Tracing(tracefs(), KMEM) as tracing:
        subprocess.run(["find", TREE, "-xdev"], stdout=subprocess.DEVNULL, check=False)
        tracing.stop()
        while any(pages := tracing.read()):
            begun = time.process_time()
            events += len(decode(pages, tracing.layout).id)
            spent += time.process_time() - begun
    return spent / events
