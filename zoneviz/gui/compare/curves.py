"""Bytes held over A's axis, of one zone or of all: A as a solid line, B as a dashed one."""

import numpy as np
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from zoneviz.gui.compare.figures import Pair
from zoneviz.gui.plotting import Chart, pen
from zoneviz.gui.session import Session

A_COLOUR, B_COLOUR = ("#0072b2", "#56b4e9"), ("#b85c00", "#e69f00")
"""On light and on dark ground: blue and orange, which all eyes tell apart; the dashes say it once more."""


class Curves(Chart):
    """The chart. `x`, `a`, `b` are what is drawn, for tests and for the table behind it."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, parent)
        self.setAccessibleName("Bytes of A and B over time")
        self.lines = (self.curve(), self.curve())
        self.pair: Pair | None = None

    def colours(self) -> tuple[QColor, QColor]:
        """A's and B's."""
        dark = self.session.theme.dark
        return QColor(A_COLOUR[dark]), QColor(B_COLOUR[dark])

    def show_pair(self, found: Pair) -> None:
        """Other figures, or another zone."""
        self.pair = found
        self.dress()
        self.bottom.by_event = self.session.series.by_event
        sides = found.zone(self.session.zone)
        for line, side, colour, dashed in zip(self.lines, sides, self.colours(), (False, True), strict=True):
            line.setData(found.x, side, connect="finite")
            line.setPen(pen(colour, 1.8, self, dashed=dashed))
        most = max((float(np.nanmax(side)) for side in sides if not np.isnan(side).all()), default=0.0)
        self.box.setXRange(float(found.x[0]), float(found.x[-1]), padding=0)
        self.box.setYRange(0, max(most * 1.06, 1.0), padding=0)
        self.show_moment()

    def show_moment(self) -> None:
        """Only the line moves."""
        self.moment_line.setValue(self.session.moment_x)
