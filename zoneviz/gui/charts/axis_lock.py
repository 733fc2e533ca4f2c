"""The lock of a view's axis of time: a toggle beside the labels of the axis."""

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from zoneviz.gui.kit.toggle import Toggle
from zoneviz.gui.session.view_axis import ViewAxis

MEANING = "Show the same stretch of time as the timeline (T). Without it, this view zooms and pans alone."
AWAY = 10
"""Pixels between the toggle and the first label."""


class AxisLock(Toggle):
    """On while the view shows the range of all views."""

    def __init__(self, time: ViewAxis, parent: QWidget) -> None:
        super().__init__("shared time", parent)
        self.setAccessibleName("same time axis as the timeline")
        self.setToolTip(MEANING)
        self.setChecked(time.locked)
        self.toggled.connect(time.set_locked)
        time.lock_changed.connect(lambda: self.setChecked(time.locked))

    def place(self, area: QRectF, height: int) -> None:
        """Stand left of the labels below `area`, `height` pixels high; hide where there is no room."""
        needed = self.sizeHint().width()
        self.setFixedHeight(max(height, 1))
        self.setGeometry(max(int(area.left()) - AWAY - needed, 0), int(area.bottom()), needed, height)
        self.setVisible(area.left() - AWAY >= needed)
