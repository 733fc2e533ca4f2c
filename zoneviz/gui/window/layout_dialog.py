"""Layouts with a name: the menu that chooses one, and the dialog that saves, renames and deletes them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QListWidget, QMenu, QPushButton, QVBoxLayout, QWidget

from zoneviz.gui.kit.line import Line
from zoneviz.gui.window.arrangement import Arrangement
from zoneviz.gui.window.layout import LONGEST
from zoneviz.words import one_line


def list_layouts(menu: QMenu, arrangement: Arrangement) -> None:
    """Let a menu begin with the layouts that have a name, whenever it is opened."""
    before = menu.actions()[0] if menu.actions() else None
    mine: list[object] = []

    def fill() -> None:
        for action in [action for action in menu.actions() if action in mine]:
            menu.removeAction(action)
            action.deleteLater()
        mine.clear()
        for name in arrangement.named.names():
            action = menu.addAction(one_line(name, LONGEST).replace("&", "&&"))
            action.triggered.connect(lambda _=False, n=name: arrangement.choose(n))
            menu.insertAction(before, action)  # type: ignore[arg-type]  # None is allowed: at the end
            mine.append(action)
        if mine:
            mine.append(menu.insertSeparator(before))  # type: ignore[arg-type]

    menu.aboutToShow.connect(fill)


class LayoutDialog(QDialog):
    """Layouts by name. Saving under a name that exists replaces that layout, as the button says. Not modal."""

    def __init__(self, arrangement: Arrangement, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Layouts")
        self.arrangement = arrangement
        self.list = QListWidget(self)
        self.list.setAccessibleName("Layouts")
        self.field = Line(self)
        self.field.setAccessibleName("Name of the layout")
        self.field.setPlaceholderText("name")
        self.field.setMaxLength(LONGEST)
        self.says = QLabel(self)
        self.says.setProperty("role", "muted")
        self.says.setWordWrap(True)
        self.save, self.use, self.rename, self.delete = (
            QPushButton(words, self) for words in ("Save the present layout", "Use", "Rename", "Delete")
        )
        self.save.setToolTip("Save which views and panels are visible, where, and their sizes, under this name")
        self.use.setToolTip("Arrange the window as in the chosen layout")
        self.rename.setToolTip("Give the chosen layout the name in the field")
        self.delete.setToolTip("Delete the chosen layout")
        label = QLabel("name", self)
        label.setBuddy(self.field)
        named, chosen = QHBoxLayout(), QHBoxLayout()
        for widget in (label, self.field, self.save):
            named.addWidget(widget, 1 if widget is self.field else 0)
        for widget in (self.use, self.rename, self.delete):
            chosen.addWidget(widget)
        chosen.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(8)
        layout.addWidget(self.list, 1)
        layout.addLayout(chosen)
        layout.addLayout(named)
        layout.addWidget(self.says)
        self.resize(460, 320)
        self.list.currentTextChanged.connect(self._chosen)
        self.list.itemActivated.connect(lambda _: self._use())
        self.field.textChanged.connect(self._enable)
        self.field.returnPressed.connect(self._save)
        self.field.left.connect(self.close)
        for button, act in ((self.save, self._save), (self.use, self._use), (self.rename, self._rename), (self.delete, self._delete)):
            button.setAutoDefault(False)
            button.clicked.connect(act)
        self._list("")
        self.field.setFocus()

    @property
    def name(self) -> str:
        """The name in the field."""
        return one_line(self.field.text().strip(), LONGEST)

    @property
    def chosen(self) -> str:
        """The name of the layout chosen in the list, or ""."""
        item = self.list.currentItem()
        return item.text() if item is not None else ""

    def _list(self, chosen: str) -> None:
        names = self.arrangement.named.names()
        self.list.clear()
        self.list.addItems(names)
        if chosen in names:
            self.list.setCurrentRow(names.index(chosen))
        self._enable()
        self.says.setText("" if names else "No layouts yet. Arrange the window, enter a name, then save.")
        self.arrangement.changed.emit()

    def _chosen(self, name: str) -> None:
        if name:
            self.field.setText(name)
        self._enable()

    def _enable(self) -> None:
        names, some = self.arrangement.named.names(), bool(self.chosen)
        self.save.setEnabled(bool(self.name))
        self.save.setText("Replace it by the present layout" if self.name in names else "Save the present layout")
        self.rename.setEnabled(some and bool(self.name) and self.name not in names)
        self.use.setEnabled(some)
        self.delete.setEnabled(some)

    def _save(self) -> None:
        name = self.name
        if name:
            self.arrangement.named.save(name, self.arrangement.capture())
            self._list(name)
            self.says.setText(f"Saved “{name}”.")

    def _use(self) -> None:
        if self.chosen:
            self.arrangement.choose(self.chosen)

    def _rename(self) -> None:
        old, new = self.chosen, self.name
        self.arrangement.named.rename(old, new)
        self._list(new)
        self.says.setText(f"Renamed “{old}” to “{new}”.")

    def _delete(self) -> None:
        name = self.chosen
        self.arrangement.named.delete(name)
        self._list("")
        self.says.setText(f"Deleted “{name}”.")
