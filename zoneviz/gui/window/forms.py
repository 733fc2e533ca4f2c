"""The form of an experiment: made from what the scenario declares, the profile's settings and the seed."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QSizePolicy, QToolButton, QWidget

from zoneviz.errors import UsageError
from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.session.wanted import Wanted
from zoneviz.gui.window.groups import EXPERIMENT, FOLDED, GROUPS, KERNEL, MEANINGS, NOTES, SIZES
from zoneviz.mach.profile import DEFAULT_PROFILE, LIBPORTS, PROFILES, SETTINGS, WINDOWS, Profile, override
from zoneviz.recording.header import Header
from zoneviz.scenarios import Parameter, Scenario
from zoneviz.units import format_size, parse_size

CHOICES = {"kernel_window": WINDOWS, "libports": LIBPORTS}
TICKS = ("ipc_compat", "collect_zones")
Check = Callable[[str], object]


class Field(QLineEdit):
    """A value typed as text and checked as it is typed; `text()` is wrong exactly if `problem` says something."""

    changed = Signal()

    def __init__(self, name: str, default: str, check: Check, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(default, parent)
        self.default, self._check, self._hint = default, check, hint
        self.problem = ""
        self.setAccessibleName(name)
        self.setToolTip(hint)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self._look)
        self._fit()

    def value(self) -> str:
        """What stands there."""
        return self.text().strip().replace(",", "").replace("\u202f", "")

    def takes(self, value: str) -> bool:
        """Whether it would be right."""
        try:
            self._check(value)
        except UsageError:
            return False
        return True

    def set_value(self, value: str) -> None:
        """Put something there."""
        self.setText(value)

    def _fit(self) -> None:
        """As wide as what stands there: the dotted line is under the value alone."""
        self.setFixedWidth(min(max(self.fontMetrics().horizontalAdvance(self.text()) + 16, 44), 130))

    def changeEvent(self, event: QEvent) -> None:
        """Larger or smaller text needs another width."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _look(self) -> None:
        self._fit()
        try:
            self._check(self.value())
            self.problem = ""
        except UsageError as error:
            self.problem = str(error)
        self.setToolTip(self.problem or self._hint)
        for name, value in (("wrong", bool(self.problem)), ("changed", self.value() != self.default)):
            self.setProperty(name, "true" if value else "false")
        self.style().unpolish(self)
        self.style().polish(self)
        self.changed.emit()


class Tick(Choice):
    """Yes or no; its value is `1` or `0`, as the command line reads it."""

    def __init__(self, name: str, value: bool, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(name, ("yes", "no"), "yes" if value else "no", parent=parent)
        self.setToolTip(hint)

    def value(self) -> str:
        """`1` or `0`."""
        return "1" if super().value() == "yes" else "0"

    def set_value(self, value: str) -> None:
        """From `1`, `0` or a word."""
        super().set_value({"1": "yes", "0": "no"}.get(value, value))


Editor = Choice | Field


def _text(parameter: Parameter) -> str:
    if parameter.kind == "size":
        return _size(int(parameter.default))
    if parameter.kind == "bool":
        return "1" if parameter.default else "0"
    return str(parameter.default)


class Heading(QToolButton):
    """The name of a group; a click folds the group or opens it."""

    def __init__(self, group: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.of = group
        self.setProperty("role", "group")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"parameters: {group}")
        self.setToolTip(GROUPS[group])
        self.toggled.connect(self._say)
        self._say(False)

    def _say(self, opened: bool) -> None:
        note = f" · {NOTES[self.of]}" if self.of in NOTES else ""
        self.setText(f"{'▾' if opened else '▸'} {self.of}{note}")


class ExperimentForm(QWidget):
    """Every value of one experiment, in groups; `problem` is the first thing wrong with them, in words, or empty."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("form")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 0, 8, 0)
        self._grid.setVerticalSpacing(1)
        self._scenario: Scenario | None = None
        self._defaults: dict[str, str] = {}
        self._open = {group: group not in FOLDED for group in GROUPS}
        self._group_of: dict[str, str] = {}
        self.editors: dict[str, Editor] = {}
        self.labels: dict[str, QLabel] = {}
        self.headings: dict[str, Heading] = {}

    def show_scenario(self, scenario: Scenario, profile: str = DEFAULT_PROFILE) -> None:
        """Make the form anew for this scenario and profile."""
        self._scenario = scenario
        while item := self._grid.takeAt(0):
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.editors, self.labels, self.headings, self._defaults, self._group_of = {}, {}, {}, {}, {}
        for parameter in scenario.parameters:
            self._add(EXPERIMENT, parameter.name, self._parameter(parameter), _hint(parameter), _unit(parameter))
        chance = "The only source of chance: the same seed gives the same run (a whole number)"
        self._add(EXPERIMENT, "seed", Field("seed", "1", _seed, chance, self), chance)
        hints = {p.name: p.summary for p in PROFILES.values()}
        chooser = Choice("profile", tuple(PROFILES), profile, hints, self)
        chooser.changed.connect(self._profile_chosen)
        self._add(KERNEL, "profile", chooser, PROFILES[profile].summary)
        for name, editor in self._settings(PROFILES[profile]):
            if name in self.editors:  # the scenario's own comes first, as on the command line
                editor.deleteLater()
                continue
            self._add(MEANINGS[name].group, name, editor, MEANINGS[name].hint(name in SIZES), MEANINGS[name].unit)
        self.changed.emit()

    def _add(self, group: str, name: str, editor: Editor, hint: str, unit: str = "") -> None:
        if group not in self.headings:
            self._head(group)
        row = self._grid.rowCount()
        shown = name.replace("_", " ") if name not in SETTINGS else name
        label = QLabel(f"{shown} · {unit}" if unit else shown, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", "muted")
        label.setToolTip(hint)
        label.setBuddy(editor)
        # In one cell, at both ends of it: a long value has the room that a short name leaves.
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(editor, row, 0, Qt.AlignmentFlag.AlignRight)
        self.editors[name], self.labels[name], self._group_of[name] = editor, label, group
        self._defaults[name] = editor.value()
        editor.changed.connect(lambda: self._edited(name))
        for widget in (label, editor):
            widget.setVisible(self._open[group])

    def _head(self, group: str) -> None:
        heading = self.headings[group] = Heading(group, self)
        heading.setChecked(self._open[group])
        heading.toggled.connect(lambda opened: self._fold(group, opened))
        self._grid.addWidget(heading, self._grid.rowCount(), 0, Qt.AlignmentFlag.AlignLeft)

    def _fold(self, group: str, opened: bool) -> None:
        self._open[group] = opened
        for name, mine in self._group_of.items():
            if mine == group:
                self.labels[name].setVisible(opened)
                self.editors[name].setVisible(opened)

    def _edited(self, name: str) -> None:
        if self.editors[name].value() != self._defaults[name]:
            # What a run will be made with is never out of sight.
            self.headings[self._group_of[name]].setChecked(True)
        self.changed.emit()

    def _parameter(self, parameter: Parameter) -> Editor:
        if parameter.kind == "choice":
            return Choice(parameter.name, parameter.choices, str(parameter.default), parent=self)
        if parameter.kind == "bool":
            return Tick(parameter.name, bool(parameter.default), _hint(parameter), self)
        return Field(parameter.name, _text(parameter), parameter.parse, _hint(parameter), self)

    def _settings(self, profile: Profile) -> Iterator[tuple[str, Editor]]:
        for name, value in profile.settings().items():
            hint = MEANINGS[name].hint(name in SIZES)
            if name in CHOICES:
                yield name, Choice(name, CHOICES[name], str(value), parent=self)
            elif name in TICKS:
                yield name, Tick(name, bool(value), hint, self)
            else:
                text = _size(int(value)) if name in SIZES else str(value)
                yield name, Field(name, text, lambda t, n=name: override(profile, n, t), hint, self)  # type: ignore[misc]

    def _profile_chosen(self) -> None:
        chooser = self.editors["profile"]
        if self._scenario is not None:
            kept = {p.name: self.editors[p.name].value() for p in self._scenario.parameters}
            seed = self.editors["seed"].value()
            self.show_scenario(self._scenario, chooser.value())
            for name, value in (*kept.items(), ("seed", seed)):
                self.editors[name].set_value(value)

    def fill(self, settings: dict[str, str]) -> None:
        """Put these values, as text by name, into the form."""
        for name, value in settings.items():
            if name in self.editors:
                self.editors[name].set_value(value)

    def take(self, header: Header) -> None:
        """Put in the values of a recorded run of the scenario on show, as far as the form has them and they are allowed."""
        if self._scenario is None:
            return
        self.show_scenario(self._scenario, header.profile if header.profile in PROFILES else DEFAULT_PROFILE)
        sized = {parameter.name for parameter in self._scenario.parameters if parameter.kind == "size"} | set(SIZES)
        for name, value in (*header.parameters.items(), ("seed", header.seed)):
            editor, words = self.editors.get(name), str(value)
            if isinstance(value, bool | int) and isinstance(editor, Tick):
                editor.set_value("1" if value else "0")
            elif editor is not None:
                words = _size(value) if name in sized and isinstance(value, int) else words
                if editor.takes(words):
                    editor.set_value(words)

    @property
    def problem(self) -> str:
        """What is wrong with the first wrong field, or an empty string."""
        return next((e.problem for e in self.editors.values() if isinstance(e, Field) and e.problem), "")

    def wanted(self) -> Wanted:
        """What to run. Only meaningful while there is no problem."""
        assert self._scenario is not None
        settings = {
            name: editor.value()
            for name, editor in self.editors.items()
            if name not in ("profile", "seed") and editor.value() != self._defaults[name]
        }
        return Wanted(self._scenario.name, self.editors["profile"].value(), settings, int(self.editors["seed"].value() or 1))


def _unit(parameter: Parameter) -> str:
    """What stands behind a name; a size is typed with its unit, and a name that is a unit says it."""
    return "" if parameter.kind == "size" or parameter.unit == parameter.name else parameter.unit


def _hint(parameter: Parameter) -> str:
    return f"{parameter.help} ({parameter.allowed()}{', ' + parameter.unit if parameter.unit else ''})"


def _size(value: int) -> str:
    """`16 MiB`, but never a rounded figure: it is read back."""
    words = format_size(value)
    try:
        return words if parse_size(words) == value else str(value)
    except UsageError:
        return str(value)


def _seed(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"The seed {text!r} is not a whole number.") from None
