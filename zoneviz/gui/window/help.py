"""The two small dialogs of the Help menu. Neither is modal."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from zoneviz import __version__

COLUMNS = 2
MARGIN = 24


def keys(parent: QWidget, rows: list[tuple[str, str]]) -> QDialog:
    """Show a list of all keys. `rows`: (keys, action)."""
    dialog = _dialog(parent, "Keyboard shortcuts")
    inside = QWidget(dialog)
    grid = QGridLayout(inside)
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(6)
    each = -(-len(rows) // COLUMNS)
    for i, (key, words) in enumerate(rows):
        for part, (said, role) in enumerate(((key, "strong"), (words, "muted"))):
            label = QLabel(said, inside)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", role)
            grid.addWidget(label, i % each, i // each * 3 + part)
    grid.setColumnMinimumWidth(2, 24)
    area = QScrollArea(dialog)  # with large text the list is higher than a small screen
    area.setWidgetResizable(True)
    area.setAccessibleName("All keys")
    area.setWidget(inside)
    dialog.layout().addWidget(area)  # type: ignore[union-attr]
    room = inside.sizeHint() + QSize(2 * MARGIN + area.verticalScrollBar().sizeHint().width(), 2 * MARGIN)
    dialog.resize(room.boundedTo(parent.size()))
    dialog.show()
    return dialog


def about(parent: QWidget) -> QDialog:
    """Show version and purpose."""
    dialog = _dialog(parent, "About zoneviz")
    label = QLabel(
        f"zoneviz {__version__}\n\n"
        "Simulates GNU Mach filling its zone map until it panics, records every event, and shows what led to the panic.\n"
        "Everything in this window comes from the recording alone.",
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
    QVBoxLayout(dialog).setContentsMargins(MARGIN, 20, MARGIN, 20)
    return dialog
