"""Progress bars on stderr, if it is a terminal. rich loads with the first bar that is shown."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zoneviz import words
from zoneviz.words import plain

if TYPE_CHECKING:
    from zoneviz.app.live_spec import LiveStatus
    from zoneviz.app.running import Progress
    from zoneviz.app.sweeping import Sweep


@contextmanager
def _bar(name: str, shown: bool) -> Iterator[Callable[[float, float | None, str], None] | None]:
    """Yields a function of (done, total, words next to the bar); None if no bar is shown."""
    if not (shown and sys.stderr.isatty()):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, markup=False, highlight=False)
    name_column, words_column = (TextColumn(field, markup=False) for field in ("{task.description}", "{task.fields[words]}"))
    columns = (name_column, BarColumn(), words_column, TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(plain(name), total=None, words="")
        yield lambda done, total, words: bar.update(task, completed=done, total=total, words=words)


@contextmanager
def run_bar(name: str, shown: bool) -> "Iterator[Callable[[Progress], None] | None]":
    """Yields a function of a run's progress; the bar fills as zone_map does. None if no bar is shown."""
    with _bar(name, shown) as update:

        def on_progress(progress: "Progress") -> None:
            assert update is not None
            full = f"{words.size(progress.used)} of {words.size(progress.size)} of zone_map"
            done = f"{words.number(progress.events)} events, {words.duration(progress.time)} simulated"
            update(progress.used, progress.size or None, f"{full}, {done}")

        yield on_progress if update is not None else None


@contextmanager
def live_bar(name: str, shown: bool) -> "Iterator[Callable[[LiveStatus], None] | None]":
    """Yields a function of how a recording of this machine goes; the bar fills as its file nears the limit. None if none is shown."""
    with _bar(name, shown) as update:

        def on_progress(status: "LiveStatus") -> None:
            assert update is not None
            said = [words.count(status.readings, "reading"), f"{words.number(status.events)} events", words.size(status.size)]
            if status.rate:
                said.append(words.rate(status.rate))
            if status.lost:
                said.append(f"{words.number(status.lost)} lost")
            update(status.size, status.limit or None, ", ".join(said))

        yield on_progress if update is not None else None


@contextmanager
def share_bar(name: str, shown: bool) -> Iterator[Callable[[int, float], None] | None]:
    """Yields a function of (events read, share of the file; 0 if unknown); None if no bar is shown."""
    with _bar(name, shown) as update:

        def on_progress(events: int, share: float) -> None:
            assert update is not None
            update(share, 1.0 if share else None, f"{words.number(events)} events")

        yield on_progress if update is not None else None


@contextmanager
def work_bar(name: str, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """Yields a function of (done, total)."""
    with _bar(name, shown) as update:
        yield lambda done, of: update(done, of, "") if update is not None else None


@contextmanager
def words_bar(name: str, shown: bool) -> Iterator[Callable[[str], None]]:
    """Yields a function that takes the name of the current step."""
    with _bar(name, shown) as update:
        yield lambda words: update(0, None, words) if update is not None else None


@contextmanager
def sweep_bar(name: str, shown: bool) -> "Iterator[Callable[[Sweep], None]]":
    """Yields a function of the progress of a sweep: finished runs, their rate, and the time left."""
    with _bar(name, shown) as update:

        def on_progress(sweep: "Sweep") -> None:
            if update is not None:
                said = [f"{words.number(sweep.before + sweep.done)} of {words.count(sweep.of, 'run')}"]
                if sweep.left is not None:
                    said += [words.rate(sweep.rate, "runs"), f"{words.duration(round(sweep.left * 1e9))} left"]
                update(sweep.before + sweep.done, sweep.of, ", ".join(said))

        yield on_progress


@contextmanager
def jobs_bar(name: str, total: int, shown: bool) -> Iterator[Callable[[int], None]]:
    """Yields a function of the number of finished runs; the bar estimates the time left for the rest of `total`."""
    if not (shown and sys.stderr.isatty()):
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, markup=False, highlight=False)
    columns = (TextColumn(plain(name), markup=False), BarColumn(), MofNCompleteColumn(), TextColumn("left"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, speed_estimate_period=600) as bar:
        task = bar.add_task(name, total=total)
        yield lambda done: bar.update(task, completed=done)
