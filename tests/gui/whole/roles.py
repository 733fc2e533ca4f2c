"""What each widget with words is, at a glance: a button, a toggle, a choice, a caption. Faults are sentences."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QPushButton,
    QRadioButton,
    QToolButton,
    QWidget,
)

from zoneviz.gui.charts.link import Link
from zoneviz.gui.kit.choice import Choice

PUSH = {None, "primary", "flat", "search"}
"""Roles of buttons that do something once; their border is always visible."""
ON_OFF = {"toggle", "tab", "group"}
"""Roles of what stays on or off: a box, the tab of a view, a group of settings that folds."""
CHOICES = {"choice", "title"}
CAPTIONS = {
    None, "muted", "section", "panic", "strong", "warning", "danger", "event", "headline", "badge", "state", "chip", "note", "cover",
}  # fmt: skip
MENU, FOLDED = "▾", ("▾", "▸")


def own(widget: QWidget) -> bool:
    """Whether zoneviz made the widget: not a part of Qt's own fields, tables and dialogs, or of pyqtgraph's menus."""
    parent = above = widget.parentWidget()
    while above is not None:
        if type(above).__module__.startswith("pyqtgraph") or isinstance(above, QFileDialog):
            return False
        above = above.parentWidget()
    inside = parent is not None and parent.metaObject().className() in ("QLineEdit", "QTableView", "QTabBar", "QScrollBar", "QMenuBar")
    return not inside and not widget.objectName().startswith("qt_") and not isinstance(parent, QDialogButtonBox)


def of_button(button: QAbstractButton) -> str:
    """What is wrong with a button; "" if nothing."""
    role, words = button.property("role"), button.text()
    if isinstance(button, QCheckBox) and isinstance(button.window(), QDialog):
        return "is a check box of Qt's own look, no Toggle"
    if isinstance(button, (Link, QCheckBox, QRadioButton)):
        return ""
    if button.isCheckable() != (role in ON_OFF):
        return f"is {'on or off' if button.isCheckable() else 'pressed'}, but has the role {role}"
    if role not in PUSH | ON_OFF | CHOICES:
        return f"has the unknown role {role}"
    if (role in CHOICES) != isinstance(button, Choice):
        return f"has the role {role} of a choice" if role in CHOICES else "is a choice without its role"
    opens = isinstance(button, (QToolButton, QPushButton)) and button.menu() is not None
    if opens != words.endswith(MENU) and role != "group":
        return "opens a menu without the sign for it" if opens else "has the sign of a menu, and no menu"
    return "" if role != "group" or words.startswith(FOLDED) else "folds without the sign for it"


def of_label(label: QLabel) -> str:
    """What is wrong with a caption; "" if nothing."""
    role, flags = label.property("role"), label.textInteractionFlags()
    if role not in CAPTIONS:
        return f"is a caption with the role {role}"
    links = Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
    if (flags & links and "<a " in label.text()) or label.cursor().shape() == Qt.CursorShape.PointingHandCursor:
        return "is a caption that can be clicked"
    return "is a caption with the sign of a menu" if any(sign in label.text() for sign in FOLDED) else ""


def faults(app: QApplication) -> list[str]:
    """Everything that looks like what it is not, in all windows and dialogs."""
    out = []
    for widget in app.allWidgets():
        if own(widget) and isinstance(widget, (QAbstractButton, QLabel)):
            wrong = of_button(widget) if isinstance(widget, QAbstractButton) else of_label(widget)
            out += [f"{type(widget).__name__} {widget.text()!r} {wrong}"] if wrong else []
    return sorted(set(out))
