"""The head of a part of the card: what its work has found or is doing, and the button that starts or stops it."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget


def stated(parent: QWidget, pressed: Callable[[], object], heading: QLabel | None = None) -> tuple[QLabel, QPushButton, QVBoxLayout]:
    """The label of the state, the button beside it, and the column they are in, which is `parent`'s layout. `heading`: the first row."""
    state, button = QLabel(parent), QPushButton(parent)
    state.setProperty("role", "muted")
    state.setWordWrap(True)
    button.clicked.connect(pressed)
    row = QHBoxLayout()
    row.addWidget(state, 1)
    row.addWidget(button)
    box = QVBoxLayout(parent)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(7)
    if heading is not None:
        box.addWidget(heading)
    box.addLayout(row)
    return state, button, box
