"""The form of a sweep: the scenario, which settings vary over which values, seeds, workers and the file of results."""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QFormLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QWidget

from zoneviz.app.grid import FORMS, Grid
from zoneviz.errors import UsageError
from zoneviz.gui.window.forms import Field
from zoneviz.mach.profile import DEFAULT_PROFILE, PROFILES, SETTINGS
from zoneviz.scenarios import scenarios
from zoneviz.settings import Setting, text
from zoneviz.spec import RunSpec

ROWS = 3
"""Settings that can vary; the command line takes more."""
NOTHING = "choose a setting"
EXAMPLES = {"size": "1M..16M:1M or 1M..16M:x2", "time": "1s..10s:1s", "int": "1..10:1", "float": "0.5..2:0.5", "bool": "yes,no"}
SEEDS = Setting("seeds", "int", 1, "Runs of each combination, with the seeds 1 to this number.", low=1, high=100_000)
WORKERS = Setting("workers", "int", 1, "Runs at the same time, each in its own process.", low=1, high=1024)


@dataclass(frozen=True, slots=True)
class Asked:
    """A sweep as it was entered; `grid` checks it."""

    scenario: str
    profile: str
    settings: str
    """Fixed settings, as in a command."""
    vary: tuple[str, ...]
    seeds: int
    workers: int
    output: Path

    def grid(self) -> Grid:
        """The runs. Errors: UsageError for what is invalid."""
        try:
            fixed = shlex.split(self.settings)
        except ValueError:
            raise UsageError(f"The fixed settings {self.settings!r} have an open quotation mark; close it.") from None
        return Grid.of(RunSpec(self.scenario, self.profile, fixed, record=False), [*self.vary], self.seeds)


class SweepForm(QWidget):
    """`changed`: something was entered. `folder`: where new files of results go."""

    changed = Signal()

    def __init__(self, folder: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("form")
        self._folder = folder
        self.scenario, self.profile = QComboBox(self), QComboBox(self)
        self.scenario.addItems([*scenarios()])
        self.profile.addItems([*PROFILES])
        self.profile.setCurrentText(DEFAULT_PROFILE)
        self.names = [QComboBox(self) for _ in range(ROWS)]
        self.values, self.fixed, self.output = [QLineEdit(self) for _ in range(ROWS)], QLineEdit(self), QLineEdit(self)
        self.seeds, self.workers = Field(SEEDS, 1, self), Field(WORKERS, os.cpu_count() or 1, self)
        self.browse = QPushButton("Choose…", self)
        self.fixed.setPlaceholderText("NAME=VALUE, separated by spaces")
        self._lay_out()
        self._offer()
        self.scenario.currentTextChanged.connect(self._offer)
        for box in (self.profile, *self.names):
            box.currentTextChanged.connect(self.changed)
        for name, values in zip(self.names, self.values, strict=True):
            name.currentTextChanged.connect(lambda _, name=name, values=values: self._example(name, values))
        for line in (*self.values, self.fixed, self.output, self.seeds, self.workers):
            line.textChanged.connect(self.changed)
        self.browse.clicked.connect(self._choose)

    def _lay_out(self) -> None:
        rows = QFormLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setVerticalSpacing(6)
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for box in (self.scenario, self.profile, *self.names):
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._row(rows, "Scenario", self.scenario, "What each run does")
        self._row(rows, "Profile", self.profile, "The kernel and the machine it runs on")
        for number, (name, values) in enumerate(zip(self.names, self.values, strict=True), 1):
            self._row(rows, f"Vary {number}", name, "A setting of the scenario or the profile that differs between runs")
            self._row(rows, "over", values, f"Its values: {FORMS}")
            values.setAccessibleName(f"Values of setting {number}")
        self._row(rows, "Fixed", self.fixed, "Settings that are the same in all runs, such as rate=5 session=ssh")
        self._row(rows, "Seeds", self.seeds, SEEDS.help)
        self._row(rows, "Workers", self.workers, WORKERS.help)
        self.browse.setAccessibleName("Choose the file of results")
        self._row(rows, "Results", self.output, "The file of results; a sweep that is in it continues")
        rows.addRow("", self.browse)

    def _row(self, rows: QFormLayout, name: str, field: QWidget, help_: str) -> None:
        label = QLabel(name, self)
        label.setProperty("role", "muted")
        label.setBuddy(field)
        label.setToolTip(help_)
        field.setAccessibleName(name)
        field.setToolTip(help_)
        rows.addRow(label, field)

    def known(self) -> dict[str, Setting]:
        """What can vary, by name."""
        scenario = scenarios().get(self.scenario.currentText())
        return {**{s.name: s for s in (scenario.parameters if scenario is not None else ())}, **SETTINGS}

    def _offer(self) -> None:
        """Offer the settings of the scenario and the profile, and a new file of results."""
        for name in self.names:
            before = name.currentText()
            name.blockSignals(True)
            name.clear()
            name.addItems([NOTHING, *self.known()])
            name.setCurrentText(before if before in self.known() else NOTHING)
            name.blockSignals(False)
        self.output.setText(str(_unused(self._folder, self.scenario.currentText())))
        self.changed.emit()

    def _example(self, name: QComboBox, values: QLineEdit) -> None:
        setting = self.known().get(name.currentText())
        values.setPlaceholderText("" if setting is None else ",".join(setting.choices) or EXAMPLES.get(setting.kind, ""))

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, "File of results", self.output.text(), "Results of sweeps (*.zvs)", options=QFileDialog.Option.DontConfirmOverwrite
        )
        if chosen:
            self.output.setText(chosen if chosen.endswith(".zvs") else f"{chosen}.zvs")

    @property
    def problem(self) -> str:
        """What is missing or invalid, in words; empty if a sweep can begin."""
        if not self.asked().vary:
            return "Choose a setting to vary and its values."
        if not self.output.text().strip():
            return "Name a file of results."
        return self.seeds.problem or self.workers.problem

    def asked(self) -> Asked:
        """What was entered. Only meaningful while there is no problem."""
        pairs = [(name.currentText(), values.text().strip()) for name, values in zip(self.names, self.values, strict=True)]
        vary = tuple(f"{name}={values}" for name, values in pairs if name != NOTHING and values)
        seeds, workers = (1 if field.problem else int(field.value()) for field in (self.seeds, self.workers))
        output = Path(self.output.text().strip())
        return Asked(self.scenario.currentText(), self.profile.currentText(), self.fixed.text(), vary, seeds, workers, output)

    def show_grid(self, grid: Grid, output: Path) -> None:
        """Enter the sweep of a file, so that it can be continued."""
        self.scenario.setCurrentText(grid.base.scenario)
        self.profile.setCurrentText(grid.base.profile)
        for name, line in zip(self.names, self.values, strict=True):
            name.setCurrentText(NOTHING)
            line.clear()
        for (setting, values), name, line in zip(grid.axes.items(), self.names, self.values, strict=False):
            name.setCurrentText(setting)
            known = self.known()[setting]
            line.setText((";" if known.listed else ",").join(map(known.text, values)))
            line.setCursorPosition(0)
        self.fixed.setText(shlex.join(f"{name}={text(value)}" for name, value in grid.base.settings.items()))
        self.seeds.set_value(str(grid.seeds))
        self.output.setText(str(output))


def _unused(folder: Path, scenario: str) -> Path:
    """A file in the folder that does not exist."""
    path, number = folder / f"{scenario}.zvs", 2
    while path.exists():
        path, number = folder / f"{scenario}-{number}.zvs", number + 1
    return path
