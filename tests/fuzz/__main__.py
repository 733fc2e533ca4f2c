"""`python -m tests.fuzz [--count N] [--seconds S] [--seed K] [--processes P] [--of recordings|captures]`: reads damaged files.

Fails if one raises anything but a ZonevizError of one line, takes over 5 s of processor time or 500 MB, or leads to a write in its folder.
Such files are copied to the folder `--keep`; `--first N --count 1` with the same seed repeats one.
"""

import argparse
import sys
import time
from pathlib import Path

from tests.fuzz.attempts import KINDS, MOST_FAILURES, Job, Tried, attempt, jobs, killed
from zoneviz.app.pool import run_all

_PROGRESS = 60
"""Seconds between two lines on how many files were tried."""


class Score:
    """What all jobs have found so far. It is printed as it arrives."""

    def __init__(self) -> None:
        self.tried = self.failed = self.peak = 0
        self._started = self._said = time.monotonic()

    def add(self, job: Job, found: Tried) -> None:
        """Add a job's result."""
        self.tried, self.failed, self.peak = self.tried + found.files, self.failed + len(found.failures), max(self.peak, found.peak)
        for failure in found.failures:
            print(failure, flush=True)
        if time.monotonic() - self._said > _PROGRESS:
            self._said = time.monotonic()
            print(self.words("files"), flush=True)

    def words(self, what: str) -> str:
        """The score in one sentence."""
        seconds = time.monotonic() - self._started
        return f"{self.tried} damaged {what} in {seconds:.0f} s, {self.failed} failures, {self.peak >> 10} MB at most."

    def enough(self) -> bool:
        """Whether so much has failed that more would not help."""
        return self.failed >= MOST_FAILURES


def main() -> int:
    """Try until both the count and the time are reached. Exit status: 1 if something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    options: tuple[tuple[str, type, object], ...] = (
        ("count", int, 0), ("seconds", float, 0.0), ("seed", int, 1), ("first", int, 1), ("processes", int, 1),
        ("keep", Path, Path("build/fuzz")),
    )  # fmt: skip
    for name, kind, default in options:
        parser.add_argument(f"--{name}", type=kind, default=default)
    parser.add_argument("--of", choices=KINDS, help="only these; else both in turns")
    args = parser.parse_args()
    kinds = (args.of,) if args.of else tuple(KINDS)
    todo = jobs(kinds, args.seed, args.first, args.count, time.time() + args.seconds, args.keep)
    score = Score()
    if args.processes > 1:
        run_all(attempt, todo, args.processes, score.add, killed, score.enough)
    else:
        for job in todo:
            score.add(job, attempt(job))
            if score.enough():
                break
    print(score.words(args.of or "files"))
    return 1 if score.failed else 0


if __name__ == "__main__":
    sys.exit(main())
