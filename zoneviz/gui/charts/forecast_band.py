"""Where the use of the zone map leads from the moment on: a wedge from now to the soonest and the latest end, over the timeline."""

from typing import Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from zoneviz.gui.charts import plotting
from zoneviz.gui.session.session import Session
from zoneviz.playback.forecast import Forecast
from zoneviz.playback.outlook import zone_map_at
from zoneviz.playback.rates import until

_DIM, _LINE = 60, 170
"""Opacity of the wedge and of its middle, of 255."""


class ForecastBand(QWidget):
    """An overlay that paints the wedge up to `top`, the height of the limit. Mouse events pass through to the chart.

    `said`: the forecast in words, "" without one. On an axis of events there are words only: the future has no events yet.
    """

    def __init__(self, session: Session, chart: plotting.Chart) -> None:
        super().__init__(chart)
        self.session, self.chart = session, chart
        self.forecast: Forecast | None = None
        self.now, self.top, self.said = 0, 0.0, ""
        self._key: tuple[int, int, int] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def load(self, now: int | None) -> None:
        """Work out the forecast at the time `now` in ns; None for no forecast."""
        series = self.session.series
        if now is None:
            self.forecast, self.said, self._key = None, "", None
        else:
            key = now, len(series.points.seqs), id(series.recording)
            if key != self._key:
                self.forecast, self.now, self._key = zone_map_at(series, now), now, key
                found = self.forecast
                self.said = until(found, now) if found is not None and found.at is not None else ""
        self.update()

    def place(self, top: float) -> None:
        """Cover the chart's area; `top`: pixels from its bottom to the limit, which may be above the area."""
        box: Any = self.chart.box.sceneBoundingRect()
        self.setGeometry(int(box.left()), int(box.top()), max(int(box.width()), 1), max(int(box.height()), 1))
        self.top = top
        self.update()

    def wedge(self) -> list[QPointF]:
        """Pixels of now, the soonest, the middle and the latest end; [] if there is nothing to draw."""
        found, series, player = self.forecast, self.session.series, self.session.player
        if found is None or found.at is None or found.soonest is None or found.latest is None or series.by_event or player is None:
            return []
        low, high = self.session.range
        scale = self.width() / max(high - low, 1e-12)
        held = sum(int(zone["cur_size"]) for zone in player.state.machine()["zones"])
        height = self.height() - held / max(series.zone_memory, 1) * self.top
        ends = [QPointF((time / 1e9 - low) * scale, self.height() - self.top) for time in (found.soonest, found.at, found.latest)]
        return [QPointF((self.now / 1e9 - low) * scale, height), *ends]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the wedge."""
        corners = self.wedge()
        if not corners:
            return
        now, soonest, middle, latest = corners
        colour = QColor(self.session.theme.danger)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour.setAlpha(_DIM)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([now, soonest, latest]))
        colour.setAlpha(_LINE)
        pen = QPen(colour, 1.2)
        pen.setDashPattern((4, 3))
        painter.setPen(pen)
        painter.drawLine(now, middle)
        painter.end()
