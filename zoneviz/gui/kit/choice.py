"""Buttons that choose what a view shows: one of a few words from a menu, or only one zone."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from zoneviz.gui.kit.toggle import Toggle
from zoneviz.words import one_line


class Choice(QToolButton):
    """One of a few words, chosen from a menu. Plainer than a combo box, and as wide as its word.

    `hints`: explanations shown in the menu, by word. `changed`: another word was chosen.
    """

    changed = Signal()

    def __init__(
        self, name: str, words: tuple[str, ...], value: str, hints: dict[str, str] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("role", "choice")
        menu = QMenu(self)
        self._group = QActionGroup(self)
        for word in words:
            action = QAction(word, self, checkable=True)
            if hints and word in hints:
                action.setText(f"{word}\t{hints[word]}")
            action.setData(word)
            self._group.addAction(action)
            menu.addAction(action)
        self._group.triggered.connect(lambda action: self.set_value(action.data()))
        self.setMenu(menu)
        self.words = words
        self._value = ""
        self._labels: dict[str, str] = {}
        self.set_value(value)

    def offer(self, labels: dict[str, str]) -> None:
        """Offer only these words from now on, shown as their labels; the first one is chosen if the present one is not offered."""
        self._labels = labels
        for action in self._group.actions():
            action.setVisible(action.data() in labels)
        if self._value not in labels:
            self.set_value(next(iter(labels)))
        self.setText(self._label(self._value) + " ▾")

    def _label(self, value: str) -> str:
        return self._labels.get(value, value)

    def value(self) -> str:
        """The chosen word."""
        return self._value

    def takes(self, value: str) -> bool:
        """Whether `value` is one of the words."""
        return value in self.words

    def set_value(self, value: str) -> None:
        """Choose a word, as the menu does."""
        if value != self._value:
            self._value = value
            self.setText(self._label(value) + " ▾")
            for action in self._group.actions():
                action.setChecked(action.data() == value)
            self.changed.emit()


class OnlyZone(Toggle):
    """While checked, a view shows only the selected zone. Hidden if no zone is selected."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent)
        self.setAccessibleName("only the selected zone")
        self.hide()

    def show_zone(self, zone: str) -> None:
        """Name the selected zone, "" for none."""
        self.setVisible(bool(zone))
        self.setText(f"only {one_line(zone, 30)}")
