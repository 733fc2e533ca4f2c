"""What each figure of the benchmark measures. Ratios compare two measurements of the same run; processor time, not wall time,
wherever the work is this process's own, because other programs share the machine."""

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
from itertools import chain
from pathlib import Path
from typing import Any

import zstandard

from zoneviz.app.info import info
from zoneviz.app.running import run
from zoneviz.app.spec import RunSpec
from zoneviz.events import COLUMNS, WIDTH, Catalog
from zoneviz.playback import Player
from zoneviz.playback.series import Series
from zoneviz.recording import Header, Recorder, Recording, schema

CHURN = Path(__file__).with_name("churn.py")
BATCH = 100_000


def cpu(work: Callable[[], object]) -> float:
    """Seconds of processor time of this process."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def wall(work: Callable[[], object]) -> float:
    """Seconds by the clock."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def median(times: int, measure: Callable[[], float]) -> float:
    """Of so many measurements."""
    return statistics.median(measure() for _ in range(times))


def peak() -> int:
    """Bytes this process ever held at once. Not getrusage's figure, which on Linux begins with that of the parent."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def child(*words: str) -> dict[str, Any]:
    """Run one part in a process of its own, whose peak of memory it tells."""
    done = subprocess.run([sys.executable, "-m", "bench", "--part", *words], capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def started(path: Path) -> float:
    """Seconds from the start of `zoneviz PATH` until its chart is painted, without a screen; of two, for the first may compile code."""
    with tempfile.TemporaryDirectory() as home:
        settings = os.environ | {"HOME": home, "XDG_CONFIG_HOME": home, "QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": home}
        settings.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-m", "bench.start", str(path)]
        told = [subprocess.run([*command, str(time.time())], env=settings, capture_output=True, text=True, check=True) for _ in range(2)]
        return min(float(json.loads(done.stdout)["seconds"]) for done in told)


def record(path: str, events: str) -> dict[str, Any]:
    """A part: record so many events of the churn, with the seconds of processor time and the peak of memory it took."""
    spec = RunSpec(str(CHURN), profile="debian-2007", output=Path(path), force=True, max_events=int(events))
    told: list[dict[str, Any]] = []
    seconds = cpu(lambda: told.append(run(spec)[0]))
    return {"events": told[0]["events"], "seconds": seconds, "peak": peak()}


def read(path: str) -> dict[str, Any]:
    """A part: seek about and read the series, with the peak of memory."""
    chance = random.Random(5)
    with Recording(path) as recording:
        Series().load(recording)
        player = Player(recording)
        for _ in range(300):
            player.seek(chance.randrange(recording.event_count)).machine()
    return {"peak": peak()}


def bare(flat: list[int], path: Path) -> float:
    """Seconds a row of the plainest loop that inserts 500 rows a statement."""
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute(schema.EVENTS)
    row = f"({', '.join('?' * WIDTH)})"
    insert = f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES {', '.join([row] * 500)}"
    width, whole = 500 * WIDTH, len(flat) // (500 * WIDTH) * (500 * WIDTH)

    def work() -> None:
        for start in range(0, whole, BATCH * WIDTH):
            db.execute("BEGIN")
            for at in range(start, min(start + BATCH * WIDTH, whole), width):
                db.execute(insert, flat[at : at + width])
            db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = DELETE")  # the recorder's file leaves WAL mode, too
        db.close()

    seconds = cpu(work)
    return seconds / (whole // WIDTH)


def recorder(events: list[tuple[int, ...]], source: Recording, path: Path) -> float:
    """Seconds a row of the recorder with samples, digest and checkpoints, fed with events that exist."""
    catalog = Catalog()
    for name in Catalog.__slots__:
        setattr(catalog, name, getattr(source.catalog, name))
    writer = Recorder(path, catalog, Header(), force=True)

    def work() -> None:
        for start in range(0, len(events), BATCH):
            writer.sink(chain.from_iterable(events[start : start + BATCH]))
            writer.commit()
        writer.finish("interrupted")

    return cpu(work) / len(events)


def insert_ratio(source: Path, folder: Path, times: int) -> tuple[float, float]:
    """(recorder's rows a second over the bare loop's, the bare loop's seconds a row)."""
    with Recording(source) as recording:
        count = min(recording.event_count, 500_000)
        events = [tuple(row) for row in recording.events(1, count)[:, 1:].tolist()]
        flat = list(chain.from_iterable(events))
        pairs = [(bare(flat, folder / "bare.db"), recorder(events, recording, folder / "again.zvz")) for _ in range(times)]
    return statistics.median(b / r for b, r in pairs), statistics.median(b for b, _ in pairs)


def bomb(path: Path | None) -> tuple[float, int]:
    """Seconds of processor time of a fork bomb, recorded or not, and its events."""
    told: list[dict[str, Any]] = []
    seconds = cpu(lambda: told.append(run(RunSpec("fork-bomb", record=path is not None, output=path, force=path is not None))[0]))
    return seconds, int(told[0]["events"])


def packed(path: Path) -> int:
    """Bytes of the file under zstd."""
    return len(zstandard.ZstdCompressor(level=12).compress(path.read_bytes()))


def seeks(path: Path, count: int) -> list[float]:
    """Milliseconds of random seeks, each told the machine there, ascending."""
    chance = random.Random(int(hashlib.sha256(b"seeks").hexdigest()[:8], 16))
    with Recording(path) as recording:
        player = Player(recording)
        return sorted(1e3 * wall(lambda: player.seek(chance.randrange(recording.event_count)).machine()) for _ in range(count))


def steps(path: Path, direction: int) -> float:
    """Milliseconds of one step, the median at five places."""
    with Recording(path) as recording:
        player = Player(recording)
        found = []
        for fifth in range(1, 6):
            player.seek(recording.event_count * fifth // 6)
            found += [1e3 * wall(lambda: player.step(direction)) for _ in range(200)]
    return statistics.median(found)


def opening(path: Path) -> float:
    """Seconds until what `zoneviz info` says and the series of the whole file are there."""

    def work() -> None:
        info(path)
        with Recording(path) as recording:
            Series().load(recording)

    return wall(work)
