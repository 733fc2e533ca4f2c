"""Bytes of A and B over A's axis, of one zone or of all: A as a solid line, B as a dashed one."""

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QWidget

from zoneviz import words
from zoneviz.gui.charts.moment_words import place_words
from zoneviz.gui.charts.plotting import Chart, pen
from zoneviz.gui.kit.rows import Column
from zoneviz.gui.session.pair import Pair
from zoneviz.gui.session.session import Session

A_COLOUR, B_COLOUR = ("#0072b2", "#56b4e9"), ("#b85c00", "#e69f00")
"""On light and dark backgrounds: blue and orange, which colour-blind people can tell apart too."""


def _figure(value: float) -> int | str:
    return "" if np.isnan(value) else int(value)


def _bytes(value: object) -> str:
    return words.size_cell(value) if isinstance(value, int) else ""


class Curves(Chart):
    """The curves of a pair. `opened`: Enter."""

    opened = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Bytes of A and B over time")
        self.lines = (self.curve(), self.curve())
        self.pair: Pair | None = None
        self.words = self.words_at
        self.about = lambda place: {"zone": session.zone}

    def colours(self) -> tuple[QColor, QColor]:
        """The colours of A and B."""
        dark = self.session.theme.dark
        return QColor(A_COLOUR[dark]), QColor(B_COLOUR[dark])

    def subject(self) -> str:
        """What the curves are: `bytes of ipc ports`."""
        return f"bytes of {words.one_line(self.session.zone, 40) or 'all zones'}"

    def show_pair(self, found: Pair) -> None:
        """Draw another pair, or another zone of it."""
        self.pair = found
        self.dress()
        self.bottom.series = self.session.series
        sides = found.zone(self.session.zone)
        for line, side, colour, dashed in zip(self.lines, sides, self.colours(), (False, True), strict=True):
            line.setData(found.x, side, connect="finite")
            line.setPen(pen(colour, 1.8, self, dashed=dashed))
        most = max((float(np.nanmax(side)) for side in sides if not np.isnan(side).all()), default=0.0)
        self.box.setXRange(float(found.x[0]), float(found.x[-1]), padding=0)
        self.box.setYRange(0, max(most * 1.06, 1.0), padding=0)
        self.show_moment()

    def words_at(self, place: QPointF) -> str:
        """Bytes of A and B at a place, and when; "" outside."""
        if self.pair is None or not self.area().contains(place):
            return ""
        x = self.pointer.to_axis(place.x())
        at = max(int(np.searchsorted(self.pair.x, x, side="right")) - 1, 0)
        sizes = [_figure(side[at]) for side in self.pair.zone(self.session.zone)]
        said = [f"{name} {words.size(size) if isinstance(size, int) else 'has ended'}" for name, size in zip("AB", sizes, strict=True)]
        return f"{words.one_line(self.session.zone, 40) or 'all zones'}: {', '.join(said)}\n{place_words(self.session, x)} in A"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the table."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def table(self) -> tuple[str, list[Column], list[tuple[int | str, ...]]]:
        """The figures of the curves: a sentence, columns and rows. Cells of places that B never reached are empty."""
        if self.pair is None:
            return "", [], []
        series = self.session.series
        place = Column("event", "", words.number, "99,999,999") if series.by_event else Column("time", "", words.time, "9,999.999 ms")
        sides = [Column(f"bytes of {side}", "", _bytes, "999.99 KiB") for side in "AB"]
        a, b = self.pair.zone(self.session.zone)
        rows: list[tuple[int | str, ...]] = [(int(x), _figure(p), _figure(q)) for x, p, q in zip(self.pair.x, a, b, strict=True)]
        sentence = f"zone {words.one_line(self.session.zone, 60)}" if self.session.zone else "all zones"
        return f"Bytes at each place of the chart, {sentence}", [place, *sides], rows

    def show_moment(self) -> None:
        """Move the line of the moment."""
        self.moment_line.setValue(self.session.moment_x)
