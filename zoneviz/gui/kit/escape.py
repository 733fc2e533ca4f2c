"""Esc in a widget, where the window uses it as a shortcut."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent


def claimed(event: QEvent) -> bool:
    """Claim Esc before it becomes a shortcut. Whether the event asked for that, so that nothing else need be done with it."""
    asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
    if asked:
        event.accept()
    return asked
