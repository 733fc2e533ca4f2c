"""Esc is claimed, and nothing else."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from zoneviz.gui.kit.escape import claimed


def test_only_the_question_for_escape_is_claimed() -> None:
    for kind, key, asked in (
        (QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, True),
        (QEvent.Type.ShortcutOverride, Qt.Key.Key_A, False),
        (QEvent.Type.KeyPress, Qt.Key.Key_Escape, False),
    ):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        assert claimed(event) == event.isAccepted() == asked
