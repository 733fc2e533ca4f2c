"""The window of sweeps: a form, progress, and the results as lines, a heatmap and a table."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from zoneviz import words
from zoneviz.app.sweep_chart import figure_text, value_text
from zoneviz.app.sweep_runs import run_of
from zoneviz.app.sweeping import Sweep
from zoneviz.errors import ZonevizError
from zoneviz.gui.charts.sweep_canvas import SweepCanvas
from zoneviz.gui.charts.sweep_heat import SweepHeat
from zoneviz.gui.charts.sweep_plot import SweepPlot
from zoneviz.gui.kit.rows import Column, text_column
from zoneviz.gui.kit.toggle import Toggle
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.sweeping import Question, Shown, Sweeping
from zoneviz.gui.window.sweep_form import SweepForm
from zoneviz.recording.results import FIGURES

START, CONTINUE, ANYWAY = "Start", "Continue", "Run all"
SIDE = 300
"""Width of the form in pixels."""
READ_ONLY = "The scenario is somebody's own file: its sweep continues on the command line only."


class SweepWindow(QWidget):
    """Not modal; closing it ends the sweep, which is kept. `run_asked(RunSpec)`: record this run; `export_asked(path)`."""

    run_asked = Signal(object)
    export_asked = Signal(object)

    def __init__(self, session: Session, folder: Path, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("centre")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("Sweeps")
        self.session = session
        self.sweeping, self.form = Sweeping(self), SweepForm(folder, self)
        self.shown: Shown | None = None
        self._agreed = False
        self.begin, self.cancel = QPushButton(START, self), QPushButton("Stop", self)
        self.begin.setProperty("role", "primary")
        self.bar = QProgressBar(self)
        self.state, self.about = self._label(), self._label()
        self.figure = QComboBox(self)
        self.as_heat, self.reference = Toggle("Heatmap", self), Toggle("Original report", self)
        self.table, self.export, self.record = (QPushButton(name, self) for name in ("Table", "Export…", "Record and open"))
        self.plot, self.heat = SweepPlot(lambda: session.theme, self), SweepHeat(lambda: session.theme, self)
        self.stack = QStackedWidget(self)
        self._lay_out()
        self._explain()
        self._connect()
        self.resize(1080, 640)
        self.refresh()

    def _label(self) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label

    def _lay_out(self) -> None:
        buttons, left, side = QHBoxLayout(), QVBoxLayout(), QWidget(self)
        for button in (self.begin, self.cancel):
            buttons.addWidget(button)
        inside = QVBoxLayout(side)
        inside.setContentsMargins(14, 12, 14, 12)
        inside.setSpacing(10)
        inside.addWidget(self.form)
        inside.addLayout(buttons)
        inside.addWidget(self.bar)
        inside.addWidget(self.state)
        inside.addStretch()
        side.setObjectName("side")
        scroll = QScrollArea(self)
        scroll.setWidget(side)
        scroll.setWidgetResizable(True)
        scroll.setFixedWidth(SIDE)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left.addWidget(scroll)
        tools, below, right, whole = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(), QHBoxLayout(self)
        for chooser in (self.figure, self.as_heat, self.reference):
            tools.addWidget(chooser)
        tools.addStretch()
        for button in (self.table, self.export):
            tools.addWidget(button)
        below.addWidget(self.about, 1)
        below.addWidget(self.record)
        self.stack.addWidget(self.plot)
        self.stack.addWidget(self.heat)
        right.setContentsMargins(12, 10, 12, 10)
        right.setSpacing(8)
        right.addLayout(tools)
        right.addWidget(self.stack, 1)
        right.addLayout(below)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(left)
        whole.addLayout(right, 1)

    def _explain(self) -> None:
        self.figure.addItems([*FIGURES])
        self.figure.setCurrentText(self.sweeping.figure)
        self.figure.setAccessibleName("Figure")
        self.bar.setAccessibleName("Progress of the sweep")
        self.bar.setTextVisible(False)
        self.reference.setChecked(True)
        for widget, help_ in (
            (self.figure, "The figure of each run: its median over the seeds is a point, its range a line"),
            (self.as_heat, "A cell for each combination of two settings"),
            (self.reference, "Figures of the original report, where its runs are part of this sweep; most are of forks"),
            (self.table, "The figures of the chart as a table (Enter on the chart)"),
            (self.export, "Write the results as CSV, Parquet or a page"),
            (self.record, "Run the chosen point again with seed 1, record it and show it (double click on a point)"),
            (self.begin, "Run what is missing in the file of results"),
            (self.cancel, "End the sweep; what has ended is kept, and Continue runs the rest"),
        ):
            widget.setToolTip(help_)

    def _connect(self) -> None:
        sweeping = self.sweeping
        self.begin.clicked.connect(self._begin)
        self.cancel.clicked.connect(self._stop)
        self.form.changed.connect(self._edited)
        self.figure.currentTextChanged.connect(sweeping.show_figure)
        self.as_heat.toggled.connect(self._switch)
        self.reference.toggled.connect(self._show_reference)
        self.table.clicked.connect(self.show_table)
        self.export.clicked.connect(lambda: self.export_asked.emit(sweeping.path))
        self.record.clicked.connect(lambda: self._record(self.canvas.point))
        for canvas in (self.plot, self.heat):
            canvas.chosen.connect(self.refresh)
            canvas.asked.connect(self._record)
            canvas.opened.connect(self.show_table)
        sweeping.read.connect(self._show)
        sweeping.progress.connect(self._say_progress)
        sweeping.asks.connect(self._ask)
        sweeping.ended.connect(self._say_end)
        sweeping.problem.connect(self._say_problem)
        sweeping.changed.connect(self.refresh)
        self.session.theme_changed.connect(self.update)

    @property
    def canvas(self) -> SweepCanvas:
        """The chart on show."""
        return self.heat if self.as_heat.isChecked() else self.plot

    def open(self, path: Path) -> None:
        """Show the results in a file, and its sweep in the form."""
        self.shown = None
        self.sweeping.open(path)
        self.setWindowTitle(f"Sweep {path.name}")

    def refresh(self) -> None:
        """Update what can be done."""
        running, shown, point = self.sweeping.running, self.shown, self.canvas.point
        self.form.setEnabled(not running)
        self.begin.setEnabled(not running and not self.form.problem)
        there = self.sweeping.path is not None and self.form.output.text() == str(self.sweeping.path)
        self.begin.setText(ANYWAY if self._agreed else CONTINUE if there and not running else START)
        self.cancel.setEnabled(running)
        self.bar.setVisible(running)
        has = shown is not None and bool(shown.summary["points"])
        for widget in (self.table, self.export):
            widget.setEnabled(has)
        self.as_heat.setEnabled(shown is not None and shown.heat is not None)
        self.reference.setVisible(shown is not None and bool(shown.marks) and not self.as_heat.isChecked())
        self.record.setEnabled(point is not None and shown is not None and shown.grid is not None)
        self.about.setText(self.canvas.words_of(point) if point is not None else "Click a point: its figures, and its run to record.")

    def _edited(self) -> None:
        self._agreed = False
        self.refresh()

    def _begin(self) -> None:
        asked, agreed = self.form.asked(), self._agreed
        self._agreed = False
        self._say("Starting…")
        self.bar.setRange(0, 0)
        self.sweeping.start(asked.grid, asked.output, asked.workers, agreed)

    def _stop(self) -> None:
        self._say("Stopping…")
        self.sweeping.stop()

    def _record(self, point: int | None) -> None:
        if point is not None and self.sweeping.path is not None:
            try:
                self.run_asked.emit(run_of(self.sweeping.path, point, 1))
            except ZonevizError as error:
                self._say_problem(str(error))

    def _switch(self, heat: bool) -> None:
        self.stack.setCurrentWidget(self.heat if heat else self.plot)
        self.refresh()

    def _show_reference(self, on: bool) -> None:
        self.plot.reference = on
        self.plot.update()

    def _show(self, shown: Shown) -> None:
        first, self.shown = self.shown is None, shown
        self.plot.show_chart(shown.chart, shown.marks)
        self.heat.show_heat(shown.heat)
        for canvas in (self.plot, self.heat):
            if canvas.point not in canvas.dots:
                canvas.point = None
        if shown.heat is None:
            self.as_heat.setChecked(False)
        if first and not self.sweeping.running and self.sweeping.path is not None:
            failed = f" {words.count(shown.summary['failed'], 'run')} failed." if shown.summary["failed"] else ""
            self._say(f"{words.count(shown.summary['runs'], 'run')} in {self.sweeping.path.name}.{failed}")
            if shown.grid is not None:
                self.form.show_grid(shown.grid, self.sweeping.path)
            else:
                self._say(READ_ONLY)
        self.refresh()

    def show_table(self) -> None:
        """Show the figures of the chart as a table."""
        if self.shown is None:
            return
        found, figure = self.shown.summary, self.shown.chart.figure
        names = [*found["points"][0]["settings"]] if found["points"] else []
        shown = lambda value: "" if value == "" else figure_text(figure, value)  # noqa: E731
        columns = (
            Column("Point"), *(text_column(name, sample="16 MiB") for name in names), Column("Runs"),
            *(Column(name, shown=shown) for name in (figure, "Lowest", "Highest")), text_column("Ended by"),
        )  # fmt: skip
        rows = [
            (point["point"], *(value_text(name, value) for name, value in point["settings"].items()), point["runs"],
             *("" if point[name] is None else point[name] for name in ("median", "low", "high")),
             ", ".join(f"{name} {words.number(count)}" for name, count in point["ended_by"].items()))
            for point in found["points"]
        ]  # fmt: skip
        said = f"The median of {figure} over the seeds, its range, and what ended the runs."
        Twin("Results of the sweep", said, columns, rows, self).show()

    def _say(self, sentence: str, role: str = "muted") -> None:
        self.state.setText(words.one_line(sentence, 500))
        self.state.setProperty("role", role)
        self.state.style().unpolish(self.state)
        self.state.style().polish(self.state)

    def _say_problem(self, sentence: str) -> None:
        self._say(sentence, "danger")

    def _say_progress(self, now: Sweep) -> None:
        there = now.before + now.done
        self.bar.setRange(0, 100)
        self.bar.setValue(round(100 * there / max(now.of, 1)))
        left = "" if now.left is None else f", {words.rate(now.rate, 'runs')}, {words.duration(round(now.left * 1e9))} left"
        self._say(f"{words.number(there)} of {words.count(now.of, 'run')}{left}")

    def _ask(self, question: Question) -> None:
        self._agreed = True
        long = words.duration(round(question.seconds * 1e9))
        runs = words.count(question.runs, "run")
        self._say(f"{runs} take about {long} on this machine. Press {ANYWAY} to begin, or choose fewer values.", "warning")

    def _say_end(self, end: Sweep) -> None:
        there = end.before + end.done
        self.setWindowTitle(f"Sweep {self.sweeping.path.name}" if self.sweeping.path is not None else "Sweeps")
        if there < end.of:
            self._say(f"Stopped after {words.number(there)} of {words.count(end.of, 'run')}. {CONTINUE} runs the rest.")
        else:
            self._say(f"{words.count(end.of, 'run')}, {words.number(end.done)} of them new.")

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the sweep; its results are kept."""
        self.sweeping.stop()
        super().closeEvent(event)
