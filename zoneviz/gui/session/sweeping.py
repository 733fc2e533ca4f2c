"""A sweep for the window: its runs, and reading its results, each in a thread."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from zoneviz.app.grid import Grid
from zoneviz.app.sweep_chart import Chart, Heat, Mark, chart_of, heat_of, reference_marks
from zoneviz.app.sweep_results import summary
from zoneviz.app.sweep_runs import grid_of
from zoneviz.app.sweeping import MANY, Sweep, estimate, sweep
from zoneviz.errors import EnvironmentProblem, ZonevizError
from zoneviz.gui.session.jobs import Advance, Pace, Task

LOOK_MS, PROGRESS_SECONDS = 500, 0.1
"""Time between two looks at whether to read the results of a sweep that is running; the shortest time between two reports."""


class Shown(NamedTuple):
    """The results of a sweep so far. `grid`: None if its scenario is not one of zoneviz's; `summary`: as `sweep_results.summary`."""

    summary: dict[str, Any]
    chart: Chart
    heat: Heat | None
    marks: list[Mark]
    grid: Grid | None


class Question(NamedTuple):
    """A sweep of this many runs takes about this many seconds; it has not started."""

    runs: int
    seconds: float


class Sweeping(QObject):
    """`read(Shown)`: results; `progress(Sweep)`; `asks(Question)`; `ended(Sweep)`; `problem(sentence)`; `changed`: it began or ended."""

    read = Signal(object)
    progress = Signal(object)
    asks = Signal(object)
    ended = Signal(object)
    problem = Signal(str)
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        """The file of results on show."""
        self.figure = "processes"
        self.task: Task | None = None
        self.reading: Task | None = None
        self._stop, self._output = False, Path()
        self._again = False
        self._pace = Pace()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def running(self) -> bool:
        """Whether runs are in progress."""
        return self.task is not None and self.task.running

    def start(self, grid: Callable[[], Grid], output: Path, workers: int, agreed: bool = False) -> None:
        """Run what is missing in `output`. More than MANY runs: ask first, unless the user has `agreed`."""
        if self.running:
            return
        self._stop, self._output = False, output

        def work(advance: Advance, stopped: Callable[[], bool]) -> Sweep | Question:
            def stop() -> bool:
                return self._stop or stopped()

            runs, said = grid(), [0.0]
            if len(runs) > MANY and not agreed:
                return Question(len(runs), estimate(runs, workers, stop))

            def report(now: Sweep) -> None:
                if monotonic() - said[0] >= PROGRESS_SECONDS:
                    said[0] = monotonic()
                    advance(now, None)

            try:
                output.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise EnvironmentProblem(f"The folder {output.parent} cannot be made: {error.strerror}. Name another file.") from None
            return sweep(runs, output, workers, report, stop)

        self.task = Task(work, self._over, self)
        self.task.advanced.connect(self._advanced)
        self.task.failed.connect(self._failed)
        self.changed.emit()

    def stop(self) -> None:
        """End the sweep; what has ended is kept, and `start` continues."""
        self._stop = True

    def open(self, path: Path) -> None:
        """Show the results in a file."""
        self.path = path
        self.look()

    def show_figure(self, figure: str) -> None:
        """Show another figure of the runs."""
        self.figure = figure
        self.look()

    def look(self) -> None:
        """Read the results now."""
        if self.path is None:
            return
        if self.reading is not None and self.reading.running:
            self._again = True
            return
        path, figure = self.path, self.figure

        def work(_: Advance, stopped: Callable[[], bool]) -> Shown:
            found = summary(path, figure)
            chart = chart_of(found)
            try:
                grid = grid_of(path)
            except ZonevizError:  # a user's own scenario: its results can be read, but not continued here
                grid = None
            return Shown(found, chart, heat_of(found), reference_marks(grid, chart), grid)

        self._pace.begin(False)
        self.reading = Task(work, self._read, self)
        self.reading.failed.connect(self.problem)

    def _look(self) -> None:
        if self._pace.begin(True):
            self.look()

    def _read(self, shown: Shown) -> None:
        self._pace.over()
        if self._again:
            self._again = False
            self.look()
        self.read.emit(shown)

    def _advanced(self, now: Sweep, _: object) -> None:
        if self.running:  # the last report may arrive after the result
            self.path = self._output
            if not self._timer.isActive():
                self._timer.start()
            self.progress.emit(now)

    def _over(self, result: Sweep | Question) -> None:
        self._timer.stop()
        if isinstance(result, Question):
            self.asks.emit(result)
        else:
            self.path = self._output
            self.ended.emit(result)
            self.look()
        self.changed.emit()

    def _failed(self, sentence: str) -> None:
        self._timer.stop()
        self.problem.emit(sentence)
        self.changed.emit()
