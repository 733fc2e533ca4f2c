"""A frame around the chart, table or text that has the keys. Buttons and fields show it by their own border."""

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget

from zoneviz.gui.session.session import Session

EDGE = 2
BORDERED = (QAbstractButton, QComboBox, QLineEdit)
"""What the style sheet gives a border with the focus."""


class Ring(QWidget):
    """Lies on its parent, lets the mouse through, and covers nothing but the edge, so that a chart still paints at full speed."""

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
        """Keep the size of what it lies on."""
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """The accent colour; the mask leaves the middle out."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.session.theme.accent))
        painter.end()


class FocusRing(QObject):
    """Gives a ring to whatever in the window, or in a dialog of it, gets the focus by keys; not to what is clicked."""

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
        if self._window in (now.window(), now.window().parentWidget()):
            self.ring = Ring(self.session, now)
