"""The user's settings, their storage, and the dialog that changes them."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QPushButton, QWidget

from zoneviz import words
from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.kit.colours import MAPS
from zoneviz.gui.kit.theme import THEMES


@dataclass(frozen=True, slots=True)
class Preference:
    """One setting: its key, its label, its choices (the first is the default), its meaning."""

    name: str
    words: str
    choices: tuple[str, ...]
    meaning: str


PREFERENCES = (
    Preference("theme", "theme", THEMES, "system: as the desktop"),
    Preference("text_size", "text size", ("100 %", "85 %", "115 %", "130 %"), "relative to the system's font"),
    Preference("colour_map", "colour map", tuple(MAPS), "for heatmaps and ages"),
    Preference("follow", "new runs", ("followed", "not followed"), "whether the moment follows a new run"),
    Preference("units", "sizes in", tuple(words.UNITS), "KiB is 1024 bytes, kB is 1000"),
)


PRESENTED, STROKE = 1.5, 1.8
"""Presentation size: the least factor of the text size, and that of the lines in charts."""


class Preferences(QObject):
    """The chosen values. An invalid stored value counts as the default. `changed(name)`."""

    changed = Signal(str)

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.presenting = False

    def __getitem__(self, name: str) -> str:
        """The chosen value."""
        choices = next(p.choices for p in PREFERENCES if p.name == name)
        found = str(self._settings.value(name, choices[0]))
        return found if found in choices else choices[0]

    def choose(self, name: str, value: str) -> None:
        """Choose a value and store it."""
        if self[name] != value:
            self._settings.setValue(name, value)
            self.changed.emit(name)

    @property
    def text_scale(self) -> float:
        """Text size as a factor of the system's."""
        chosen = int(self["text_size"].split()[0]) / 100
        return max(chosen, PRESENTED) if self.presenting else chosen

    def present(self, presenting: bool) -> None:
        """Use larger text and thicker lines until the window closes, or the chosen ones again."""
        self.presenting = presenting
        self.changed.emit("text_size")

    def reset(self) -> None:
        """Reset all settings to their defaults."""
        for preference in PREFERENCES:
            self.choose(preference.name, preference.choices[0])


class PreferencesDialog(QDialog):
    """A row for each setting; a change applies at once. Not modal."""

    def __init__(self, preferences: Preferences, reset_layout: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Settings")
        self.preferences = preferences
        self.choices: dict[str, Choice] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(24, 20, 24, 20)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for row, preference in enumerate(PREFERENCES):
            choice = Choice(preference.words, preference.choices, preferences[preference.name], None, self)
            choice.changed.connect(lambda n=preference.name, c=choice: preferences.choose(n, c.value()))
            label, meaning = QLabel(preference.words, self), QLabel(preference.meaning, self)
            label.setBuddy(choice)
            meaning.setProperty("role", "muted")
            for column, widget in enumerate((label, choice, meaning)):
                grid.addWidget(widget, row, column, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            self.choices[preference.name] = choice
        self.reset = QPushButton("Reset settings", self)
        self.layout_ = QPushButton("Reset layout", self)
        self.reset.clicked.connect(preferences.reset)
        self.layout_.clicked.connect(reset_layout)
        grid.setRowMinimumHeight(len(PREFERENCES), 8)
        grid.addWidget(self.reset, len(PREFERENCES) + 1, 0)
        grid.addWidget(self.layout_, len(PREFERENCES) + 1, 1, 1, 2, Qt.AlignmentFlag.AlignLeft)
        preferences.changed.connect(self._changed)

    def _changed(self, name: str) -> None:
        self.choices[name].set_value(self.preferences[name])
