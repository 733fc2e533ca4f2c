"""Forms made from declared settings, and that of an experiment: the settings of its scenario and profile."""

from collections.abc import Mapping
from contextlib import suppress

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QSizePolicy, QToolButton, QWidget

from zoneviz.errors import UsageError
from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.kit.glossary import tip
from zoneviz.mach.profile import DEFAULT_PROFILE, PROFILES, SETTINGS
from zoneviz.scenarios import Scenario
from zoneviz.settings import Group, Setting, Value
from zoneviz.spec import PROFILE, SEED, RunSpec

YES_NO = ("yes", "no")
TERMS = {"profile": "profile", "zone_map_size": "zone_map", "kernel_window": "kernel_map", "libports": "libports"}
"""Terms of the glossary that settings are about."""


class Field(QLineEdit):
    """A value typed as text, checked while it is typed. `problem` says what is wrong with it; empty if nothing is."""

    changed = Signal()

    def __init__(self, setting: Setting, value: Value, parent: QWidget | None = None) -> None:
        self._blank = bool(setting.zero) and setting.kind in ("text", "size", "time")
        """Whether an empty field is 0 or no text; its place holder then says what that means."""
        super().__init__("" if self._blank and not value else setting.text(value), parent)
        self.default, self._setting = setting.text(value), setting
        self.problem = ""
        self.setAccessibleName(setting.name)
        self.setToolTip(hint(setting))
        self.setPlaceholderText(setting.zero if self._blank else "")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self._check)
        self._fit()

    def value(self) -> str:
        """The text; that of a number without separators of thousands."""
        text = self.text().strip()
        if self._setting.kind == "text":
            return text
        return "0" if self._blank and not text else text.replace(",", "").replace("\u202f", "")

    def set_value(self, value: str) -> None:
        """Replace the text."""
        self.setText(value)

    def _fit(self) -> None:
        """As wide as the text, so that the dotted line is under the value alone."""
        self.setFixedWidth(min(max(self.fontMetrics().horizontalAdvance(self.text() or self.placeholderText()) + 16, 44), 130))

    def changeEvent(self, event: QEvent) -> None:
        """Fit the width to the new font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _check(self) -> None:
        self._fit()
        try:
            self._setting.parse(self.value())
            self.problem = ""
        except UsageError as error:
            self.problem = str(error)
        self.setToolTip(self.problem or hint(self._setting))
        for name, value in (("wrong", bool(self.problem)), ("changed", not self.problem and self.value() != self.default)):
            self.setProperty(name, "true" if value else "false")
        self.style().unpolish(self)
        self.style().polish(self)
        self.changed.emit()


Editor = Choice | Field


def editor(setting: Setting, value: Value, parent: QWidget) -> Editor:
    """The widget that shows and changes a setting, with `value` in it."""
    words = YES_NO if setting.kind == "bool" else setting.choices
    if not words:
        return Field(setting, value, parent)
    choice = Choice(setting.name, words, setting.text(value), dict(zip(setting.choices, setting.notes, strict=False)), parent)
    choice.setToolTip(hint(setting))
    return choice


def hint(setting: Setting) -> str:
    """What a setting means and which values it takes."""
    if setting.kind == "text":
        return setting.help
    return f"{setting.help} Allowed: {setting.allowed()}."


class Heading(QToolButton):
    """The title of a group; a click folds or unfolds the group."""

    def __init__(self, group: Group, opened: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = group.title
        self.setProperty("role", "group")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"parameters: {group.title}")
        self.setToolTip(group.help)
        self.toggled.connect(self._show_state)
        self.setChecked(opened)
        self._show_state(opened)

    def _show_state(self, opened: bool) -> None:
        self.setText(f"{'▾' if opened else '▸'} {self._title}")


class SettingsForm(QWidget):
    """Settings in groups, each with an editor. `problem`: the first invalid value, in words; empty if all are valid."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("form")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 0, 8, 0)
        self._grid.setVerticalSpacing(1)
        self._rows: dict[str, Setting] = {}
        self._defaults: dict[str, str] = {}
        self._opened: dict[Group, bool] = {}
        self.editors: dict[str, Editor] = {}
        self.labels: dict[str, QLabel] = {}
        self.headings: dict[Group, Heading] = {}

    def _clear(self) -> None:
        while item := self._grid.takeAt(0):
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._rows, self.editors, self.labels, self.headings, self._defaults = {}, {}, {}, {}, {}

    def _add(self, setting: Setting, editor: Editor) -> None:
        name, group = setting.name, setting.group
        if group not in self.headings:
            self._head(group)
        row = self._grid.rowCount()
        label = QLabel(_label(setting), self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", "muted")
        label.setToolTip(tip(TERMS[name], hint(setting)) if name in TERMS else hint(setting))
        label.setBuddy(editor)
        # Label and editor share one cell, at opposite ends: a long value can use the room that a short name leaves.
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(editor, row, 0, Qt.AlignmentFlag.AlignRight)
        self._rows[name], self.editors[name], self.labels[name] = setting, editor, label
        self._defaults[name] = editor.value()
        editor.changed.connect(lambda: self._edited(name))
        for widget in (label, editor):
            widget.setVisible(self._opened[group])

    def _head(self, group: Group) -> None:
        opened = self._opened.setdefault(group, not group.folded)
        heading = self.headings[group] = Heading(group, opened, self)
        heading.toggled.connect(lambda opened: self._fold(group, opened))
        self._grid.addWidget(heading, self._grid.rowCount(), 0, Qt.AlignmentFlag.AlignLeft)

    def _fold(self, group: Group, opened: bool) -> None:
        self._opened[group] = opened
        for name, setting in self._rows.items():
            if setting.group == group:
                self.labels[name].setVisible(opened)
                self.editors[name].setVisible(opened)

    def _edited(self, name: str) -> None:
        if self.editors[name].value() != self._defaults[name]:
            # A changed value is never hidden in a folded group.
            self.headings[self._rows[name].group].setChecked(True)
        self.changed.emit()

    def fill(self, settings: Mapping[str, object]) -> None:
        """Enter these values by name. The profile, unknown names and values that are not allowed are skipped."""
        for name, value in settings.items():
            setting = self._rows.get(name)
            if setting is not None and setting is not PROFILE:
                with suppress(UsageError):
                    self.editors[name].set_value(setting.text(setting.parse(value)))

    @property
    def problem(self) -> str:
        """What is wrong with the first invalid value; or an empty string."""
        return next((e.problem for e in self.editors.values() if isinstance(e, Field) and e.problem), "")


class ExperimentForm(SettingsForm):
    """Every setting of one experiment. `problem` also says which values contradict each other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scenario: Scenario | None = None

    def show_scenario(self, scenario: Scenario, profile: str = DEFAULT_PROFILE) -> None:
        """Rebuild the form for this scenario and profile, with their default values."""
        self._scenario = scenario
        self._clear()
        for parameter in (*scenario.parameters, SEED):
            self._add(parameter, editor(parameter, parameter.default, self))
        chooser = Choice("profile", tuple(PROFILES), profile, {p.name: p.summary for p in PROFILES.values()}, self)
        chooser.setToolTip(PROFILES[profile].summary)
        chooser.changed.connect(self._profile_chosen)
        self._add(PROFILE, chooser)
        for name, value in PROFILES[profile].settings().items():
            if name not in self._rows:  # otherwise the scenario has a setting of this name, and that one counts
                self._add(SETTINGS[name], editor(SETTINGS[name], value, self))
        self.changed.emit()

    def _profile_chosen(self) -> None:
        if self._scenario is not None:
            kept = {row.name: self.editors[row.name].value() for row in (*self._scenario.parameters, SEED)}
            self.show_scenario(self._scenario, self.editors["profile"].value())
            for name, value in kept.items():
                self.editors[name].set_value(value)

    def show_run(self, spec: RunSpec) -> None:
        """Enter profile, seed and settings of a run of the scenario on show, as far as they are allowed."""
        if self._scenario is not None:
            self.show_scenario(self._scenario, spec.profile if spec.profile in PROFILES else DEFAULT_PROFILE)
            self.fill({**spec.settings, SEED.name: spec.seed})

    @property
    def problem(self) -> str:
        """What is wrong with the first invalid value, or with values that contradict each other; or an empty string."""
        wrong = super().problem
        if not wrong and self._scenario is not None:
            try:
                self._scenario.parse({row.name: self.editors[row.name].value() for row in self._scenario.parameters})
            except UsageError as error:
                return str(error)
        return wrong

    def spec(self) -> RunSpec:
        """What to run: the settings that differ from their defaults. Only meaningful while there is no problem."""
        assert self._scenario is not None
        settings = {
            name: setting.parse(self.editors[name].value())
            for name, setting in self._rows.items()
            if setting not in (PROFILE, SEED) and self.editors[name].value() != self._defaults[name]
        }
        seed = int(self.editors["seed"].value())
        return RunSpec(self._scenario.reference, self.editors["profile"].value(), settings, seed)


def _label(setting: Setting) -> str:
    """The name of a setting and its unit. A size is typed with its unit; a name that is a unit needs no other."""
    name = setting.name if setting.name in SETTINGS else setting.name.replace("_", " ")
    return name if not setting.unit or setting.kind in ("size", "time") or setting.unit == setting.name else f"{name} · {setting.unit}"
