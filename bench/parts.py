"""What each figure of the benchmark measures. Ratios compare two measurements of the same run. Work done in this process is measured
in processor time, not wall time, because other programs share the machine."""

import hashlib
import json
import os
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench import slabs
from zoneviz.app.running import run
from zoneviz.events import COLUMNS, WIDTH, Catalog
from zoneviz.mach.tape import COMPILED
from zoneviz.playback import Player
from zoneviz.playback.likeness import library, likeness
from zoneviz.playback.series import Series
from zoneviz.recording import Header, Recorder, Recording, pack, schema
from zoneviz.spec import RunSpec
from zoneviz.state.rows import Ints

CHURN = Path(__file__).with_name("churn.py")
BATCH = 1 << 15
"""Events of a commit."""


def cpu(work: Callable[[], object]) -> float:
    """Processor time of this process, in seconds."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def wall(work: Callable[[], object]) -> float:
    """Wall time, in seconds."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def median(times: int, measure: Callable[[], float]) -> float:
    """The median of `times` measurements."""
    return statistics.median(measure() for _ in range(times))


def peak() -> int:
    """Peak memory of this process in bytes. On Linux not from getrusage, which starts at the parent's peak."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def child(*words: str, at: Path | None = None) -> dict[str, Any]:
    """The measurements of one part, run in a separate process so that its peak memory counts alone. `at`: a copy of the program to run."""
    done = subprocess.run([sys.executable, "-m", "bench", "--part", *words], capture_output=True, text=True, check=True, cwd=at)
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def started(path: Path) -> float:
    """Seconds from the start of `zoneviz PATH`, offscreen, until its chart is painted: the faster of two, since the first compiles code."""
    with tempfile.TemporaryDirectory() as home:
        settings = os.environ | {"HOME": home, "XDG_CONFIG_HOME": home, "QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": home}
        settings.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-m", "bench.start", str(path)]
        starts = [subprocess.run([*command, str(time.time())], env=settings, capture_output=True, text=True, check=True) for _ in range(2)]
        return min(float(json.loads(done.stdout)["seconds"]) for done in starts)


def record(path: str, events: str) -> dict[str, Any]:
    """A part: record `events` events of churn. Processor time in seconds, peak memory in bytes."""
    spec = RunSpec(str(CHURN), profile="debian-2007", output=Path(path), force=True, max_events=int(events))
    results: list[dict[str, Any]] = []
    seconds = cpu(lambda: results.append(run(spec)[0]))
    return {"events": results[0]["events"], "seconds": seconds, "peak": peak()}


def readings(path: str, count: str, caches: str) -> dict[str, Any]:
    """A part: record `count` readings of `caches` caches. Processor time in seconds, peak memory in bytes."""
    events: list[int] = []
    seconds = cpu(lambda: events.append(slabs.record(Path(path), int(count), int(caches))))
    return {"events": events[0], "seconds": seconds, "peak": peak()}


def watched(path: str, count: str, caches: str) -> dict[str, Any]:
    """A part: record a machine with `caches` caches for `count` seconds. Processor time in seconds, peak memory in bytes."""
    events: list[int] = []
    seconds = cpu(lambda: events.append(slabs.watch(Path(path), int(count), int(caches))))
    return {"events": events[0], "seconds": seconds, "peak": peak()}


def read(path: str) -> dict[str, Any]:
    """A part: read the series and seek 300 times. Peak memory in bytes."""
    chance = random.Random(5)
    with Recording(path) as recording:
        Series().load(recording)
        player = Player(recording)
        for _ in range(300):
            player.seek(chance.randrange(recording.event_count)).machine()
    return {"peak": peak()}


def bare(flat: list[int], path: Path) -> float:
    """Seconds per row of a minimal loop that inserts 500 rows per statement. `flat`: the events' columns, row after row."""
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute(schema.EVENTS)
    row = f"({', '.join('?' * WIDTH)})"
    insert = f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES {', '.join([row] * 500)}"
    width, whole = 500 * WIDTH, len(flat) // (500 * WIDTH) * (500 * WIDTH)

    def work() -> None:
        for start in range(0, whole, BATCH // 500 * width):
            db.execute("BEGIN")
            for at in range(start, min(start + BATCH // 500 * width, whole), width):
                db.execute(insert, flat[at : at + width])
            db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = DELETE")  # as the recorder does
        db.close()

    seconds = cpu(work)
    return seconds / (whole // WIDTH)


def recorder(rows: Ints, source: Recording, path: Path) -> float:
    """Seconds per row of the recorder, samples, digest and checkpoints included, fed with an array of events (n, 9)."""
    catalog = Catalog()
    for name in Catalog.__slots__:
        setattr(catalog, name, getattr(source.catalog, name))
    writer = Recorder(path, catalog, Header(), force=True)

    def work() -> None:
        for start in range(0, len(rows), BATCH):
            writer.feed(rows[start : start + BATCH])
        writer.finish("interrupted")

    return cpu(work) / len(rows)


def insert_ratio(source: Path, folder: Path, times: int) -> tuple[float, float]:
    """(the recorder's rows per second over the bare loop's, the bare loop's seconds per row)."""
    with Recording(source) as recording:
        rows = np.ascontiguousarray(recording.events(1, min(recording.event_count, 500_000))[:, 1:])
        flat: list[int] = rows.ravel().tolist()
        pairs = [(bare(flat, folder / "bare.db"), recorder(rows, recording, folder / "again.zvz")) for _ in range(times)]
    return statistics.median(b / r for b, r in pairs), statistics.median(b for b, _ in pairs)


def bombed(path: str) -> dict[str, Any]:
    """A part: a fork bomb, recorded to `path` unless that is "".

    Processor time in seconds, events, peak memory in bytes, and whether the kernel is compiled.
    """
    results: list[dict[str, Any]] = []
    spec = RunSpec("fork-bomb", record=bool(path), output=Path(path) if path else None, force=bool(path))
    seconds = cpu(lambda: results.append(run(spec)[0]))
    return {"seconds": seconds, "events": int(results[0]["events"]), "peak": peak(), "compiled": COMPILED}


def beside(path: Path) -> Path:
    """Where `packed` puts the packed recording."""
    return path.with_name(f"{path.name}.zst")


def packed(path: Path) -> tuple[int, float]:
    """(bytes of the recording when it is packed, processor seconds that packing takes)."""
    seconds = cpu(lambda: pack(path, beside(path), force=True))
    return beside(path).stat().st_size, seconds


def opened(path: Path) -> float:
    """Processor seconds to open a recording."""
    return cpu(lambda: Recording(path).close())


def seeks(path: Path, count: int) -> list[float]:
    """Milliseconds that each of `count` random seeks takes, with the machine's figures computed there; ascending."""
    chance = random.Random(int(hashlib.sha256(b"seeks").hexdigest()[:8], 16))
    with Recording(path) as recording:
        player = Player(recording)
        return sorted(1e3 * wall(lambda: player.seek(chance.randrange(recording.event_count)).machine()) for _ in range(count))


def steps(path: Path, direction: int) -> float:
    """Milliseconds per step: the median over five places."""
    with Recording(path) as recording:
        player = Player(recording)
        found = []
        for fifth in range(1, 6):
            player.seek(recording.event_count * fifth // 6)
            found += [1e3 * wall(lambda: player.step(direction)) for _ in range(200)]
    return statistics.median(found)


def curves(path: Path) -> float:
    """Processor seconds to open a file and compute the series of the whole."""

    def work() -> None:
        with Recording(path) as recording:
            Series().load(recording)

    return cpu(work)


def compared(path: Path) -> float:
    """Processor seconds to open a file and find the scenarios it looks like."""
    library()

    def work() -> None:
        with Recording(path) as recording:
            likeness(recording)

    return cpu(work)


def first_series(path: Path) -> float:
    """Processor seconds to read the first curves of the whole file, from its coarsest samples."""
    with Recording(path) as recording:
        return cpu(lambda: Series().load(recording, coarse=True))
