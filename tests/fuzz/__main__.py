"""`python -m tests.fuzz [--count N | --seconds S] [--seed K] [--keep FOLDER]`: opens damaged recordings, one after the other.

Fails if one raises anything but a ZonevizError, takes over 5 s of processor time or 500 MB, or leads to a write in its folder.
"""

import argparse
import hashlib
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from contextlib import suppress
from pathlib import Path

from tests.fuzz.mutations import MUTATIONS, mutate
from tests.recording import toy
from zoneviz.app import info, state
from zoneviz.app.parts import repair
from zoneviz.app.soundness import problems
from zoneviz.errors import ZonevizError
from zoneviz.events import FigureInfo, Kind
from zoneviz.playback import Player
from zoneviz.playback.diagnosis import diagnose
from zoneviz.playback.heatmap import heatmap
from zoneviz.playback.series import Series
from zoneviz.recording import Header, Recorder, Recording, packing

SECONDS, MEGABYTES = 5, 500
WAITED = 60
"""Seconds of wall time: more than SECONDS, because the reader may wait for a disk that others use."""


class Hang(BaseException):
    """The reader took too long."""


def forget_peak() -> None:
    """Reset the peak of memory, where the system allows it: a large damaged file in memory must not count for the reader."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def digest(path: Path) -> str:
    """Hash of a file, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()


def peak_kib() -> int:
    """Peak memory of this process, in KiB. Not from getrusage, which starts at the parent's peak."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def look(path: Path, folder: Path, deep: bool) -> None:
    """Read a recording as the commands and the window do; `deep`: verify and repair it, too."""
    info(path)
    state(path, "end")
    with Recording(path) as recording:
        player = Player(recording)
        for place in (recording.event_count // 2, 1, recording.event_count):
            player.seek(place)
            player.state.task_states(), player.state.thread_states(), player.state.elements, player.state.panic
        player.at_panic()
        series = Series()
        series.load(recording)
        series.stack(*series.extent, 50)
        heatmap(series, *series.extent, 50, "growth")
        diagnose(recording)
        recording.query("SELECT * FROM events_named LIMIT 20")
        if deep:
            problems(recording)
    if deep:
        repair(path, folder / "repaired.zvz", force=True)


def good(folder: Path) -> bytes:
    """The bytes of a small recording that has rows in every table."""
    catalog, path = toy.catalog(), folder / "good.zvz"
    header = Header(scenario="toy", parameters={"a": 1}, profile="antrik-2005")
    recorder = Recorder(path, catalog, header, checkpoint_step=500)
    catalog.figures += [FigureInfo(1, "zone_map_used", "bytes"), FigureInfo(2, "cached", "bytes")]
    events = toy.run(1500)
    for number in range(1, 20):
        time = events[-1][1] + 1
        events.append((int(Kind.READING), time, 0, 0, 0, number, 0, 0, 0))
        events += [(int(Kind.ZONE_FIGURE), time, 0, 0, 0, zone, 0, number * zone, zone % 7) for zone in range(1, 7)]
        events += [(int(Kind.MACHINE_FIGURE), time, 0, 0, 0, figure, 0, number * 4096, 0) for figure in (1, 2)]
    for event in events:
        recorder.sink(event)
    recorder.finish("panic", {"panic": {"text": "zalloc", "zone": "maps", "memory": "zone_map"}, "counts": {"tasks": 1}})
    return path.read_bytes()


def old() -> bytes:
    """The bytes of a recording of format 1, which is converted when it is opened."""
    copy = packing.unpacked(Path(__file__).parents[1] / "recording" / "data" / "format-1.zvz.zst")
    try:
        return copy.file.read_bytes()
    finally:
        copy.close()


def attempt(number: int, data: bytes, chance: random.Random, folder: Path) -> tuple[str, Path, str]:
    """(damage, damaged file, what went wrong or an empty text) of one attempt."""
    work, place = folder / "work", folder / "place"
    work.mkdir(exist_ok=True)
    place.mkdir(exist_ok=True)
    what, spoiled = mutate(data, number, chance, work)
    path = place / "a.zvz"
    path.write_bytes(spoiled)
    del spoiled
    before = digest(path)
    forget_peak()
    started, trouble = time.process_time(), ""
    signal.setitimer(signal.ITIMER_PROF, SECONDS + 1)
    signal.alarm(WAITED)
    try:
        look(path, folder, deep=number % 8 == 0)
    except ZonevizError as error:
        if "\n" in str(error):
            trouble = f"more than one line: {error}"
    except (Exception, Hang):
        trouble = traceback.format_exc()
    signal.alarm(0)
    signal.setitimer(signal.ITIMER_PROF, 0)
    if time.process_time() - started > SECONDS:
        trouble = trouble or f"it took {time.process_time() - started:.1f} s of processor time"
    if digest(path) != before or [p.name for p in place.iterdir()] != ["a.zvz"]:
        trouble = trouble or f"something was written: {[p.name for p in place.iterdir()]}"
    if peak_kib() > MEGABYTES << 10:
        trouble = trouble or "it took too much memory"
    return what, path, trouble


def main() -> int:
    """Try until the count or the time is reached. Exit status: 1 if something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    for name, kind, default in (("count", int, 0), ("seconds", float, 0.0), ("seed", int, 1), ("keep", Path, Path("build/fuzz"))):
        parser.add_argument(f"--{name}", type=kind, default=default)
    args = parser.parse_args()
    warnings.simplefilter("error")

    def hang(number: int, frame: object) -> None:
        raise Hang

    for alarm in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(alarm, hang)
    started, tried, failed, peak = time.monotonic(), 0, 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        new = good(folder)
        bases = (new, new, old())
        while tried < args.count or time.monotonic() - started < args.seconds:
            tried += 1
            data = bases[tried // (len(MUTATIONS) + 1) % len(bases)]
            what, path, trouble = attempt(tried, data, random.Random(f"{args.seed}/{tried}"), folder)
            peak = max(peak, peak_kib())
            if trouble:
                failed += 1
                args.keep.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, args.keep / f"{args.seed}-{tried}.zvz")
                print(f"{tried} ({what}): {trouble}", flush=True)
                if failed == 10:
                    break
    print(f"{tried} damaged recordings in {time.monotonic() - started:.0f} s, {failed} failures, {peak >> 10} MB at most.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
