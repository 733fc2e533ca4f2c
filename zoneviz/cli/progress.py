"""A bar on stderr while something goes on, where somebody watches."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from zoneviz import app
from zoneviz.cli.output import plain
from zoneviz.units import format_size


@contextmanager
def _bar(name: str, shown: bool) -> Iterator[Callable[[float, float | None, str], None] | None]:
    """Gives what to call with how much is done, of how much, and words to stand beside it; None where nothing is shown."""
    if not (shown and sys.stderr.isatty()):
        yield None
        return
    console = Console(stderr=True, markup=False, highlight=False)
    name_column, words_column = (TextColumn(field, markup=False) for field in ("{task.description}", "{task.fields[words]}"))
    columns = (name_column, BarColumn(), words_column, TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(plain(name), total=None, words="")
        yield lambda done, total, words: bar.update(task, completed=done, total=total, words=words)


@contextmanager
def run_bar(name: str, shown: bool) -> Iterator[Callable[["app.Progress"], None] | None]:
    """Gives what to tell how far a run is; the bar fills as zone_map does. None where no bar is shown."""
    with _bar(name, shown) as tell:

        def told(progress: app.Progress) -> None:
            assert tell is not None
            full = f"{format_size(progress.used)} of {format_size(progress.size)} of zone_map"
            tell(progress.used, progress.size or None, f"{full}, {progress.events:,} events, {progress.time / 1e9:.2f} s simulated")

        yield told if tell is not None else None


@contextmanager
def share_bar(name: str, shown: bool) -> Iterator[Callable[[int, float], None] | None]:
    """Gives what to tell how many events were read, and which share of the file, 0 where that is not known."""
    with _bar(name, shown) as tell:

        def told(events: int, share: float) -> None:
            assert tell is not None
            tell(share, 1.0 if share else None, f"{events:,} events")

        yield told if tell is not None else None


@contextmanager
def work_bar(name: str, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """Gives what to tell how much is done, of how much."""
    with _bar(name, shown) as tell:
        yield lambda done, of: tell(done, of, "") if tell is not None else None


@contextmanager
def words_bar(name: str, shown: bool) -> Iterator[Callable[[str], None]]:
    """Gives what to tell in words what is being done."""
    with _bar(name, shown) as tell:
        yield lambda words: tell(0, None, words) if tell is not None else None


@contextmanager
def jobs_bar(name: str, total: int, shown: bool) -> Iterator[Callable[[int], None]]:
    """Gives what to tell how many of `total` runs are done; the bar says how long the rest may take."""
    if not (shown and sys.stderr.isatty()):
        yield lambda done: None
        return
    console = Console(stderr=True, markup=False, highlight=False)
    columns = (TextColumn(plain(name), markup=False), BarColumn(), MofNCompleteColumn(), TextColumn("left"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, speed_estimate_period=600) as bar:
        task = bar.add_task(name, total=total)
        yield lambda done: bar.update(task, completed=done)
