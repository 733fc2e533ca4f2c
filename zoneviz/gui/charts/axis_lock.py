"""The lock of a view's axis of time: a toggle beside the labels of the axis."""

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from zoneviz.gui.kit.toggle import Toggle
from zoneviz.gui.session.view_axis import ViewAxis

MEANING = "Show the same stretch of time as the timeline (T). Without it, this view zooms and pans alone."
FIRST = "0.00 ms"
"""The first label of an axis, half of which is left of the area."""


class AxisLock(Toggle):
    """On while the view shows the range of all views."""

    def __init__(self, time: ViewAxis, parent: QWidget) -> None:
        super().__init__("shared time", parent)
        self._chart = parent
        self.setAccessibleName("same time axis as the timeline")
        self.setToolTip(MEANING)
        self.hide()
        self.setChecked(time.locked)
        self.toggled.connect(time.set_locked)
        time.lock_changed.connect(lambda: self.setChecked(time.locked))

    def place(self, area: QRectF) -> None:
        """Stand left of the labels below `area`; hide where there is no room."""
        needed, bottom = self.sizeHint(), self._chart.height()
        right = int(area.left()) - self.fontMetrics().horizontalAdvance(FIRST) // 2
        top = min(int(area.bottom()), bottom - needed.height())
        self.setGeometry(max(right - needed.width(), 0), top, needed.width(), needed.height())
        self.setVisible(right >= needed.width() and top >= 0)
