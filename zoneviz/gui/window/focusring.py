"""A frame around the chart, table or text that has the keyboard focus. Buttons and fields show it by their border."""

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget

from zoneviz.gui.session.session import Session

EDGE = 2
BORDERED = (QAbstractButton, QComboBox, QLineEdit)
"""The style sheet draws their focus border."""


class Ring(QWidget):
    """Covers only the edge of its parent, so that the chart paints at full speed. Lets the mouse through."""

    def __init__(self, session: Session, target: QWidget) -> None:
        super().__init__(target)
        self.session = session
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setObjectName("ring")
        self._target = target
        target.installEventFilter(self)
        self._fit()
        self.raise_()
        self.show()

    def _fit(self) -> None:
        rect = self._target.rect()
        self.setGeometry(rect)
        self.setMask(QRegion(rect).subtracted(QRegion(rect.adjusted(EDGE, EDGE, -EDGE, -EDGE))))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the parent's size."""
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill with the accent colour; the mask cuts out the middle."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.session.theme.accent))
        painter.end()


class FocusRing(QObject):
    """Puts a ring on the widget of the window, of a dialog or of a floating view, that gets the focus by keyboard; not by mouse."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self.session, self._window = session, window
        self.ring: Ring | None = None
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._moved)

    def _moved(self, old: QWidget | None, now: QWidget | None) -> None:
        if self.ring is not None and shiboken6.isValid(self.ring):
            self.ring.hide()
            self.ring.deleteLater()
        self.ring = None
        if now is None or isinstance(now, BORDERED) or QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            return
        outside = now.window().parentWidget()  # of a dialog, or of a floating view
        if self._window in (now.window(), outside and outside.window()):
            self.ring = Ring(self.session, now)
