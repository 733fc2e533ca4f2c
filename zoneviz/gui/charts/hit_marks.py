"""The hits of a search as ticks along the lower edge of a chart."""

from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from zoneviz.gui.session.search_hits import SearchHits
from zoneviz.gui.session.session import Session

HEIGHT, WIDE = 8, 1.6
"""Size of a tick in pixels; hits that share pixels become one tick."""


NEAR = 4
"""A tick is at a place if it is at most this many pixels away."""


class HitMarks(QWidget):
    """Lies over a chart and lets mouse events through. `area`: of the chart's axis; `shown`: the visible range."""

    def __init__(self, session: Session, over: QWidget, area: Callable[[], QRectF], shown: Callable[[], tuple[float, float]]) -> None:
        super().__init__(over)
        self.session, self.hits = session, SearchHits.of(session)
        self._area, self._shown = area, shown
        self._key: object = None
        self._ticks: list[QRectF] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        over.installEventFilter(self)
        self.resize(over.size())
        self.hide()  # an overlay costs time in every frame
        self.hits.changed.connect(lambda: self.setVisible(self.hits.found is not None and len(self.hits.found.seqs) > 0))
        for signal in (self.hits.changed, session.range_changed, session.theme_changed):
            signal.connect(self.update)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the size of the chart."""
        over = self.parentWidget()
        if event.type() == QEvent.Type.Resize and over is not None:
            self.resize(over.size())
        return False

    def ticks(self) -> list[QRectF]:
        """The ticks of all visible hits, left to right."""
        found, area, (low, high) = self.hits.found, self._area(), self._shown()
        if found is None or not len(found.seqs) or high <= low or area.width() < 1:
            return []
        key = id(found), low, high, area.getRect(), self.session.series.by_event
        if key != self._key:
            places = self.session.series.axis(found.points)
            seen = places[(places >= low) & (places <= high)]
            columns = np.unique(np.floor((seen - low) / (high - low) * (area.width() - 1)))
            top = area.bottom() - HEIGHT
            self._ticks = [QRectF(area.left() + column - WIDE / 2 + 0.5, top, WIDE, HEIGHT) for column in columns.tolist()]
            self._key = key
        return self._ticks

    def subject_at(self, place: QPointF) -> dict[str, Any]:
        """Fields of a Subject for the hit whose tick is at a place of the chart, {} without one."""
        found, area, (low, high) = self.hits.found, self._area(), self._shown()
        if found is None or not len(found.seqs) or high <= low or not area.bottom() - HEIGHT <= place.y() <= area.bottom():
            return {}
        places = self.session.series.axis(found.points)
        away = np.abs(area.left() + (places - low) / (high - low) * (area.width() - 1) - place.x())
        nearest = int(np.argmin(away))
        return {"seq": int(found.seqs[nearest]), "x": float(places[nearest])} if away[nearest] <= NEAR else {}

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ticks on a strip that sets them off from the chart."""
        ticks = self.ticks()
        if not ticks:
            return
        theme, area = self.session.theme, self._area()
        ground = QColor(theme.ground)
        ground.setAlpha(190)
        painter = QPainter(self)
        painter.fillRect(QRectF(area.left(), area.bottom() - HEIGHT - 1, area.width(), HEIGHT + 1), ground)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent))
        painter.drawRects(ticks)
        painter.end()
