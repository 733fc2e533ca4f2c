"""The two small windows of the Help menu. Neither holds up the main one."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QVBoxLayout, QWidget

from zoneviz import __version__

COLUMNS = 2


def keys(parent: QWidget, rows: list[tuple[str, str]]) -> QDialog:
    """A list of all keys."""
    dialog = _dialog(parent, "Keys")
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(6)
    each = -(-len(rows) // COLUMNS)
    for i, (key, words) in enumerate(rows):
        for part, (said, role) in enumerate(((key, "strong"), (words, "muted"))):
            label = QLabel(said, dialog)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", role)
            grid.addWidget(label, i % each, i // each * 3 + part)
    grid.setColumnMinimumWidth(2, 24)
    dialog.layout().addLayout(grid)  # type: ignore[union-attr]
    dialog.show()
    return dialog


def about(parent: QWidget) -> QDialog:
    """What this is."""
    dialog = _dialog(parent, "About zoneviz")
    label = QLabel(
        f"zoneviz {__version__}\n\n"
        "Simulates GNU Mach filling its zone map until it panics, records every event, and shows how it came to it.\n"
        "Everything in this window is drawn from the recording alone.",
        dialog,
    )
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setMinimumWidth(360)
    dialog.layout().addWidget(label)  # type: ignore[union-attr]
    dialog.show()
    return dialog


def _dialog(parent: QWidget, title: str) -> QDialog:
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.setModal(False)
    QVBoxLayout(dialog).setContentsMargins(24, 20, 24, 20)
    return dialog
