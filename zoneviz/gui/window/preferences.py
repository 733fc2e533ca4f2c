"""What a person can set, where that is kept, and the small window in which it is set."""

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
    """One thing that can be set: its name in the settings, its words, what can be chosen (the first is the default), what it does."""

    name: str
    words: str
    choices: tuple[str, ...]
    meaning: str


PREFERENCES = (
    Preference("theme", "theme", THEMES, "system follows the desktop"),
    Preference("text_size", "text size", ("100 %", "85 %", "115 %", "130 %"), "of the system's font"),
    Preference("colour_map", "colour map", tuple(MAPS), "of heatmaps and ages"),
    Preference("follow", "new runs", ("followed", "not followed"), "whether the moment goes with the tail of a run that begins"),
    Preference("units", "sizes in", tuple(words.UNITS), "KiB is 1024 bytes, kB is 1000"),
)


class Preferences(QObject):
    """The person's choices. What stands in the settings and cannot be chosen counts as the default. `changed(name)`."""

    changed = Signal(str)

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    def __getitem__(self, name: str) -> str:
        """What is chosen."""
        choices = next(p.choices for p in PREFERENCES if p.name == name)
        found = str(self._settings.value(name, choices[0]))
        return found if found in choices else choices[0]

    def choose(self, name: str, value: str) -> None:
        """Choose, and remember it."""
        if self[name] != value:
            self._settings.setValue(name, value)
            self.changed.emit(name)

    @property
    def text_scale(self) -> float:
        """How many times as large as the system's text is."""
        return int(self["text_size"].split()[0]) / 100

    def reset(self) -> None:
        """Everything as on the first day."""
        for preference in PREFERENCES:
            self.choose(preference.name, preference.choices[0])


class PreferencesDialog(QDialog):
    """A row for each preference; each acts at once. It holds nothing up."""

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
        self.layout_ = QPushButton("Reset the layout", self)
        self.reset.clicked.connect(preferences.reset)
        self.layout_.clicked.connect(reset_layout)
        grid.setRowMinimumHeight(len(PREFERENCES), 8)
        grid.addWidget(self.reset, len(PREFERENCES) + 1, 0)
        grid.addWidget(self.layout_, len(PREFERENCES) + 1, 1, 1, 2, Qt.AlignmentFlag.AlignLeft)
        preferences.changed.connect(self._changed)

    def _changed(self, name: str) -> None:
        self.choices[name].set_value(self.preferences[name])
