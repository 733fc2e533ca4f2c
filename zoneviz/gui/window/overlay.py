"""Bars and messages that float over the content, so that none of them moves a chart when it comes or goes."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QWidget

MARGIN, GAP = 16, 8
WIDEST = 900
"""Width of a floating frame in a large window."""


class Overlay(QObject):
    """Keeps frames at the lower edge of `host`, one above the other, the first one lowest."""

    def __init__(self, host: QWidget, frames: list[QFrame]) -> None:
        super().__init__(host)
        self._host, self._frames = host, frames
        for frame in frames:
            frame.setParent(host)
            frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            frame.hide()
            frame.installEventFilter(self)
        host.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Place the frames again when one is shown, hidden or has another text, or the host another size."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutRequest) or (
            watched is self._host and event.type() == QEvent.Type.Resize
        ):
            self.place()
        return False

    def place(self) -> None:
        """Give each visible frame its place: in the middle, as high as its words need."""
        width = min(self._host.width() - 2 * MARGIN, WIDEST)
        bottom = self._host.height() - MARGIN
        for frame in self._frames:
            if frame.isHidden():
                continue
            height = frame.heightForWidth(width) if frame.hasHeightForWidth() else frame.sizeHint().height()
            frame.setGeometry((self._host.width() - width) // 2, bottom - height, width, height)
            frame.raise_()
            bottom -= height + GAP
