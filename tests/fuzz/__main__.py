"""`python -m tests.fuzz [--count N | --seconds S] [--seed K] [--of recordings|captures] [--keep FOLDER]`: reads damaged files.

Fails if one raises anything but a ZonevizError of one line, takes over 5 s of processor time or 500 MB, or leads to a write in its folder.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from tests.fuzz import guard
from tests.fuzz.captures import Captures
from tests.fuzz.recordings import Recordings


class Source(Protocol):
    """Makes and reads damaged files of one kind; `suffix`: of their names."""

    suffix: str

    def spoil(self, number: int, chance: random.Random, path: Path) -> str:
        """Write a damaged file; returns the name of the damage."""

    def read(self, number: int, path: Path) -> None:
        """Read it as users do."""


KINDS: dict[str, Callable[[Path], Source]] = {"recordings": Recordings, "captures": Captures}
_FAILURES = 10
_BOMB_SECONDS = 30
"""Processor time for a file that unpacks to gigabytes: it is read up to the limit of captures/unpacking.py."""


def main() -> int:
    """Try until the count or the time is reached. Exit status: 1 if something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    for name, kind, default in (("count", int, 0), ("seconds", float, 0.0), ("seed", int, 1), ("keep", Path, Path("build/fuzz"))):
        parser.add_argument(f"--{name}", type=kind, default=default)
    parser.add_argument("--of", choices=KINDS, help="only these; else both in turns")
    args = parser.parse_args()
    warnings.simplefilter("error")
    guard.arm()
    started, tried, failed, peak = time.monotonic(), 0, 0, 0
    with tempfile.TemporaryDirectory() as name:
        sources = [KINDS[kind](_made(Path(name) / kind)) for kind in ([args.of] if args.of else KINDS)]
        place = _made(Path(name) / "place")
        while (tried < args.count or time.monotonic() - started < args.seconds) and failed < _FAILURES:
            tried += 1
            source = sources[tried % len(sources)]
            path = place / f"a{source.suffix}"
            number = tried // len(sources)
            what = source.spoil(number, random.Random(f"{args.seed}/{tried}"), path)
            seconds = _BOMB_SECONDS if "zeros" in what else guard.SECONDS
            trouble = guard.trouble(partial(source.read, number, path), place, seconds)
            peak = max(peak, guard.peak_kib())
            if trouble:
                failed += 1
                args.keep.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, args.keep / f"{args.seed}-{tried}{source.suffix}")
                print(f"{tried} ({what}): {trouble}", flush=True)
            path.unlink()
    print(f"{tried} damaged {args.of or 'files'} in {time.monotonic() - started:.0f} s, {failed} failures, {peak >> 10} MB at most.")
    return 1 if failed else 0


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    sys.exit(main())
