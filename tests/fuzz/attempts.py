"""Damages files and reads them: the attempts from one number to another. The same number and seed give the same file in any process."""

import random
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

from tests.fuzz import guard
from tests.fuzz.captures import Captures
from tests.fuzz.recordings import Recordings
from zoneviz.app.pool import asked_to_stop

MOST_FAILURES = 10
CHUNK = 500
"""Files of one job of a process."""
_BOMB_SECONDS = 30
"""Processor time for a file that unpacks to gigabytes: it is read up to the limit of captures/unpacking.py."""


class Source(Protocol):
    """Makes and reads damaged files of one kind; `suffix`: of their names."""

    suffix: str

    def spoil(self, number: int, chance: random.Random, path: Path) -> str:
        """Write a damaged file; returns the name of the damage."""

    def read(self, number: int, path: Path) -> None:
        """Read it as users do."""


KINDS: dict[str, Callable[[Path], Source]] = {"recordings": Recordings, "captures": Captures}


class Job(NamedTuple):
    """Attempts `first` to `last` with files of these kinds in turns. `until`: no new one after this wall-clock time, 0 for any."""

    kinds: tuple[str, ...]
    seed: int
    first: int
    last: int
    until: float
    keep: Path


class Tried(NamedTuple):
    """How many files were read, what went wrong in words, and the peak memory in KiB."""

    files: int
    failures: tuple[str, ...]
    peak: int


def jobs(kinds: tuple[str, ...], seed: int, first: int, count: int, until: float, keep: Path) -> Iterator[Job]:
    """The jobs of `count` attempts, and of as many more as there is time for."""
    at, end = first, first + count
    while at < end or time.time() < until:
        last = at + CHUNK - 1 if at >= end else min(at + CHUNK, end) - 1
        yield Job(kinds, seed, at, last, until if at >= end else 0.0, keep)
        at = last + 1


def attempt(job: Job) -> Tried:
    """Make and read the files of a job, up to MOST_FAILURES failures. Files that fail are copied to `keep`."""
    warnings.simplefilter("error")
    guard.arm()
    tried, failures, peak = 0, list[str](), 0
    with tempfile.TemporaryDirectory() as name:
        sources = [KINDS[kind](_made(Path(name) / kind)) for kind in job.kinds]
        place = _made(Path(name) / "place")
        for attempted in range(job.first, job.last + 1):
            if len(failures) == MOST_FAILURES or (job.until and time.time() > job.until) or asked_to_stop():
                break
            tried += 1
            source, number = sources[attempted % len(sources)], attempted // len(sources)
            path = place / f"a{source.suffix}"
            what = source.spoil(number, random.Random(f"{job.seed}/{attempted}"), path)
            seconds = _BOMB_SECONDS if "zeros" in what else guard.SECONDS
            trouble = guard.trouble(partial(source.read, number, path), place, seconds)
            peak = max(peak, guard.peak_kib())
            if trouble:
                job.keep.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, job.keep / f"{job.seed}-{attempted}{source.suffix}")
                failures.append(f"{attempted} ({what}): {trouble}")
            path.unlink()
    return Tried(tried, tuple(failures), peak)


def killed(job: Job) -> Tried:
    """What a job has tried whose process died."""
    count = job.last - job.first + 1
    return Tried(0, (f"A process died; find the file by --processes 1 --seed {job.seed} --first {job.first} --count {count}",), 0)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
