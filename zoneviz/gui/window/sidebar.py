"""The column at the left: experiments, their form, and the recordings."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from zoneviz import words
from zoneviz.app.spec import again
from zoneviz.errors import UsageError
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.short_list import PAYLOAD, ShortList
from zoneviz.gui.session.driven import Spec
from zoneviz.gui.session.shelf import Shelf
from zoneviz.gui.window.forms import ExperimentForm
from zoneviz.gui.window.live_form import LiveForm
from zoneviz.gui.window.recordings import Recordings
from zoneviz.recording.header import LIVE, Header
from zoneviz.scenarios import Scenario, scenarios
from zoneviz.spec import RunSpec

MACHINE = "This machine"
MACHINE_SUMMARY = "Records the kernel that runs now: readings of its caches, or every allocation with its process and call site."
STOCK = 0.36
"""Largest share of the column's height for the recordings."""


def _section(words: str, parent: QWidget, term: str = "") -> QLabel:
    label = QLabel(words, parent)
    label.setProperty("role", "section")
    label.setToolTip(tip(term) if term else "")
    label.setContentsMargins(0, 10, 0, 2)
    return label


def _file(scenario: Scenario) -> str | None:
    return None if scenario.file is None else str(scenario.file)


def _no_experiment(header: Header) -> str:
    """Why a recording has no form, and what to do for a new run."""
    if header.can_run_again:
        name = words.one_line(header.scenario, 60)
        return f"The experiment “{name}” of this recording is in a separate file. Open that file to run it again, or choose another one."
    return f"This recording was {header.origin}, so it has no parameters. Choose an experiment for a new run."


class Sidebar(QWidget):
    """`run(Spec)`; `compare(RunSpec)`: run it, then compare it with the recording on show; `opened(path)`."""

    run = Signal(object)
    compare = Signal(object)
    opened = Signal(object)

    def __init__(self, shelf: Shelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("left")
        self.setAccessibleName("Experiments and recordings")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.shelf = shelf
        self._original: Header | None = None
        self._on_show: Path | None = None
        self._run_on_show: RunSpec | None = None
        self._filling = self._edited = False
        self._busy = False
        self._waiting = 0
        self.scenarios: dict[str, Scenario] = scenarios()
        body = QWidget(self)
        body.setObjectName("side")
        self.experiments = ShortList("Experiments", body)
        self.form = ExperimentForm(body)
        self.machine = LiveForm(body)
        self.summary = self._words(body)
        self.problem = self._words(body)
        self.problem.setProperty("role", "danger")
        self.button = QPushButton("Run", body)
        self.button.setProperty("role", "primary")
        self.button.setToolTip("Run this experiment and record it (Ctrl+R)")
        self.reset = QPushButton("Reset to defaults", body)
        self.reset.setProperty("role", "flat")
        self.copy = QPushButton("Copy from this recording", body)
        self.copy.setProperty("role", "flat")
        self.copy.setToolTip("Copy profile, seed and settings from the recording on show to the form")
        self.run_compare = QPushButton("Run and compare", body)
        self.run_compare.setToolTip("Run this experiment, then compare it with the recording on show (Ctrl+Alt+R)")
        self.parameters = _section("PARAMETERS", body)
        self.parameters.setWordWrap(True)
        self.recordings = Recordings(shelf, self)
        self.recordings.setProperty("role", "below")
        self.recordings.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.area = self._scrolled(body)
        self._lay_out(body)
        self.experiments.add(MACHINE, "live", MACHINE, MACHINE_SUMMARY)
        for scenario in self.scenarios.values():
            self.experiments.add(scenario.name, "", scenario.name, scenario.summary)
        self.experiments.fit()
        self.experiments.currentItemChanged.connect(self._choose)
        self.button.clicked.connect(self.ask_run)
        self.reset.clicked.connect(self._reset)
        self.copy.clicked.connect(self.copy_values)
        self.run_compare.clicked.connect(self.ask_compare)
        for form in (self.form, self.machine):
            form.changed.connect(self._user_changed)
        self.recordings.opened.connect(self.opened)
        self.choose("fork-bomb" if "fork-bomb" in self.scenarios else next(iter(self.scenarios), ""))
        self.restock()

    @staticmethod
    def _words(parent: QWidget) -> QLabel:
        label = QLabel(parent)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", "muted")
        label.setWordWrap(True)
        label.setContentsMargins(8, 0, 8, 2)
        return label

    def _scrolled(self, body: QWidget) -> QScrollArea:
        area = QScrollArea(self)
        area.setObjectName("side")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        return area

    def _lay_out(self, body: QWidget) -> None:
        buttons = QVBoxLayout()  # side by side they would widen the column
        buttons.setContentsMargins(8, 6, 8, 0)
        buttons.setSpacing(6)
        for button in (self.button, self.run_compare):
            buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        values = QVBoxLayout()
        values.setContentsMargins(2, 4, 8, 0)
        values.setSpacing(0)
        for button in (self.reset, self.copy):
            values.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        box = QVBoxLayout(body)
        box.setContentsMargins(12, 2, 12, 12)
        box.setSpacing(0)
        box.addWidget(_section("EXPERIMENTS", body, "scenario"))
        box.addWidget(self.experiments)
        box.addWidget(self.parameters)
        box.addSpacing(2)
        box.addWidget(self.summary)
        box.addSpacing(4)
        box.addWidget(self.form)
        box.addWidget(self.machine)
        box.addWidget(self.problem)
        box.addLayout(buttons)
        box.addLayout(values)
        box.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 1, 0)
        layout.setSpacing(0)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.recordings)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the height between form and recordings again."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """Keep the recordings visible below the form, which may be long: as many as fit into STOCK of the height."""
        self.recordings.setFixedHeight(min(self.recordings.needed_height(), int(self.height() * STOCK)))

    def choose(self, name: str) -> None:
        """Select an experiment by name."""
        for row in range(self.experiments.count()):
            if self.experiments.item(row).data(PAYLOAD) == name:
                self.experiments.setCurrentRow(row)

    def add_scenario(self, scenario: Scenario) -> None:
        """Offer the scenario of a user's file, in place of another one of this name, and show its form."""
        if scenario.name not in self.scenarios:
            self.experiments.add(scenario.name, "file", scenario.name, f"{scenario.summary}\n{scenario.file}")
            self.experiments.fit()
        self.scenarios[scenario.name] = scenario
        self.experiments.mark(scenario.name)
        self._choose()
        self.area.ensureWidgetVisible(self.button)

    def show_run(self, spec: Spec) -> None:
        """Select the experiment of a run and enter its values, if it is one of zoneviz's."""
        if isinstance(spec, RunSpec) and spec.scenario in (of := {known.reference: name for name, known in self.scenarios.items()}):
            with self._fills():
                self.choose(of[spec.scenario])
                self.form.show_run(spec)
            self._form_changed()

    @contextmanager
    def _fills(self) -> Iterator[None]:
        """What changes now is not the user's edit."""
        self._filling = True
        try:
            yield
        finally:
            self._filling, self._edited = False, False

    def follow(self, path: Path | None, header: Header) -> None:
        """Show the experiment of the recording on show, `path`. Values that the user is editing stay: the heading says what they are."""
        if path == self._on_show:
            return
        self._on_show = path
        known = path is not None and header.can_run_again and header.scenario in self.scenarios
        self._run_on_show = again(header, file=_file(self.scenarios[header.scenario])) if known else None
        if path is not None and not self._edited:
            if self._run_on_show is not None:
                self.show_run(self._run_on_show)
            else:
                with self._fills():
                    self.experiments.mark(MACHINE if header.kind == LIVE else None)
                    self._experiment()
                    if not self.of_machine:
                        self.summary.setText(_no_experiment(header))
        self._form_changed()

    @property
    def of_recording(self) -> bool:
        """Whether the form has the values of the recording on show."""
        known = self.scenarios.get(self.chosen)
        if self._run_on_show is None or known is None or known.reference != self._run_on_show.scenario or self.form.problem:
            return False
        try:
            return self.form.spec().reduced() == self._run_on_show.reduced()
        except UsageError:  # recorded by another version
            return False

    @property
    def chosen(self) -> str:
        """The experiment in the form, or MACHINE; "" without one."""
        item = self.experiments.currentItem()
        return str(item.data(PAYLOAD)) if item is not None else ""

    @property
    def title(self) -> str:
        """What the form is, as its heading says."""
        if self.of_machine:
            return "NEW RECORDING OF THIS MACHINE"
        return "NO EXPERIMENT" if not self.chosen else "PARAMETERS OF THIS RECORDING" if self.of_recording else "NEW EXPERIMENT"

    @property
    def of_machine(self) -> bool:
        """Whether the form of this machine is on show, not that of an experiment."""
        return self.chosen == MACHINE

    @property
    def ready(self) -> bool:
        """Whether what the form describes can be run or recorded."""
        return self.button.isEnabled()

    def show_machine(self) -> None:
        """Show the form of this machine, and focus its first field."""
        self.choose(MACHINE)
        self.area.ensureWidgetVisible(self.button)
        self.area.ensureWidgetVisible(self.machine.record)
        self.machine.record.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self) -> None:
        with self._fills():  # its defaults; nothing has been edited
            self._experiment()
        self._form_changed()

    def _experiment(self) -> None:
        scenario = self.scenarios.get(self.chosen)
        self.form.setVisible(scenario is not None)
        self.machine.setVisible(self.of_machine)
        if scenario is not None:
            self.summary.setText(scenario.summary)
            self.form.show_scenario(scenario)
        elif self.of_machine:
            self.summary.setText(MACHINE_SUMMARY)
            self.machine.ask()

    def _reset(self) -> None:
        if self.of_machine:
            self.machine.reset()
        else:
            self._experiment()

    def _user_changed(self) -> None:
        self._edited = self._edited or not self._filling
        self._form_changed()

    def _form_changed(self) -> None:
        problem = self.machine.problem if self.of_machine else self.form.problem
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem) and bool(self.chosen))
        self.parameters.setText(self.title)
        self.button.setEnabled(not problem and bool(self.chosen))
        self.button.setVisible(bool(self.chosen))
        self.reset.setVisible(bool(self.chosen))
        now = "Record" if self.of_machine else "Run"
        self.button.setText(now if not self._busy else f"Queue ({self._waiting} waiting)" if self._waiting else "Queue")
        same = self._original is not None and self.chosen == self._original.scenario
        self.copy.setVisible(self._original is not None and not self.of_machine and not self.of_recording)
        self.run_compare.setVisible(same)
        self.run_compare.setEnabled(same and not problem)
        what = "this machine" if self.of_machine else "this experiment and record it"
        self.button.setToolTip(f"{'Queue' if self._busy else now} {what} (Ctrl+R)")

    def set_busy(self, busy: bool, waiting: int = 0) -> None:
        """While `busy`, the button queues a run; `waiting`: length of the queue."""
        self._busy, self._waiting = busy, waiting
        self._form_changed()

    def set_original(self, header: Header | None) -> None:
        """Set the header of the recording on show; None if it cannot be run again."""
        if header is not self._original:
            self._original = header
            self._form_changed()

    @property
    def comparable(self) -> bool:
        """Whether the form's run can be compared with the recording on show."""
        return self.run_compare.isVisibleTo(self) and self.run_compare.isEnabled()

    def copy_values(self) -> None:
        """Copy the values of the recording on show to the form, and focus its first field."""
        if self._original is not None:
            self.show_run(again(self._original))
            first = next(iter(self.form.editors.values()))
            self.area.ensureWidgetVisible(self.run_compare)
            self.area.ensureWidgetVisible(first)
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_compare(self) -> None:
        """Run the form's experiment, then compare it with the recording on show."""
        if self.comparable:
            self.compare.emit(self.form.spec())

    def ask_run(self) -> None:
        """Run the form's experiment, or record this machine, if the values are valid."""
        if not self.ready:
            return
        self._edited = self._edited and self._busy  # a queued run starts later, when another one may be edited
        self.run.emit(self.machine.spec() if self.of_machine else self.form.spec())

    def restock(self, current: Path | None = None) -> None:
        """List the recordings again and select the current one."""
        self.recordings.restock(current)
        self._share()
