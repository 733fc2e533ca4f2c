"""The size of a window that has none yet: on any screen all of it is visible, with title bar and status bar."""

from PySide6.QtCore import QSize

WANTED, LEAST = QSize(1600, 1000), QSize(900, 600)
FRAME = QSize(16, 48)
"""Room for the frame and the title bar, which are not known before the window is shown."""


def first_size(available: QSize) -> QSize:
    """The size at the first start. `available`: of the screen, without panels of the desktop."""
    return WANTED.boundedTo(available - FRAME)


def least_size(available: QSize) -> QSize:
    """The smallest size of the window; smaller than LEAST only where the screen is."""
    return LEAST.boundedTo(available - FRAME)
