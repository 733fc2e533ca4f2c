"""Watches what reads a hostile file: only a ZonevizError of one line may come out, within limits, and nothing is written."""

import hashlib
import resource
import signal
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from zoneviz.errors import ZonevizError

SECONDS, MEGABYTES = 5, 500
WAITED = 60
"""Seconds of wall time: more than SECONDS, because the reader may wait for a disk that others use."""


class Hang(BaseException):
    """The reader took too long."""


def arm() -> None:
    """Make a reader that takes too long raise Hang; once for each process."""

    def hang(number: int, frame: object) -> None:
        raise Hang

    for alarm in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(alarm, hang)


def trouble(read: Callable[[], object], place: Path, seconds: float = SECONDS) -> str:
    """What went wrong in `read`, "" if nothing; `place`: a folder in which nothing may change; `seconds`: of processor time it may take."""
    before = _digests(place)
    _forget_peak()
    started, wrong = time.process_time(), ""
    signal.setitimer(signal.ITIMER_PROF, seconds + 1)
    signal.alarm(WAITED)
    try:
        read()
    except ZonevizError as error:
        if "\n" in str(error) or not str(error).endswith((".", "?", ")")):
            wrong = f"not one sentence: {error}"
    except (Exception, Hang):
        wrong = traceback.format_exc()
    signal.alarm(0)
    signal.setitimer(signal.ITIMER_PROF, 0)
    if time.process_time() - started > seconds:
        wrong = wrong or f"it took {time.process_time() - started:.1f} s of processor time"
    if _digests(place) != before:
        wrong = wrong or f"something was written: {sorted(_digests(place))}"
    if peak_kib() > MEGABYTES << 10:
        wrong = wrong or f"it took {peak_kib() >> 10} MB of memory"
    return wrong


def peak_kib() -> int:
    """Peak memory of this process, in KiB. Not from getrusage, which starts at the parent's peak."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _forget_peak() -> None:
    """Reset the peak of memory, where the system allows it: a large damaged file in memory must not count for the reader."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _digests(place: Path) -> dict[str, str]:
    """Hash of each file, by its path; a sparse file of gigabytes counts by its size."""
    out = {}
    for path in sorted(place.rglob("*")):
        large = path.is_dir() or path.stat().st_size > 1 << 28
        out[str(path)] = str(path.stat().st_size) if large else _digest(path)
    return out


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()
