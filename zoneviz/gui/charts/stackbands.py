"""The bands of a stacked chart: those that its legend shows, with all but the selected one dimmed."""

from collections.abc import Callable

import numpy as np
from PySide6.QtGui import QColor

from zoneviz.gui.charts.bandlegend import BandLegend
from zoneviz.gui.charts.page_colours import DIM
from zoneviz.gui.charts.plotting import Chart
from zoneviz.gui.kit.colours import blend
from zoneviz.gui.session.session import Session
from zoneviz.playback.stacks import BANDS, Stack


class StackBands:
    """Draws a Stack in a chart. `colour`: of a band's name."""

    def __init__(self, session: Session, chart: Chart, legend: BandLegend, colour: Callable[[str], QColor]) -> None:
        self.session, self.legend, self.colour = session, legend, colour
        self.items = [chart.band() for _ in range(BANDS + 1)]
        self.stack = Stack()
        """The bands as drawn."""

    def draw(self, whole: Stack) -> Stack:
        """Draw the bands of `whole` that the legend shows; returns them."""
        self.legend.show_bands(whole.names, [self.colour(name) for name in whole.names])
        self.stack = kept(whole, [self.legend.visible(name) for name in whole.names])
        for i, item in enumerate(self.items):
            if i >= len(self.stack.names):
                item.set_data(np.zeros(0), np.zeros(0), QColor())
                continue
            # Each band is filled down to the axis and covered by the next lower one, so no seams show.
            item.set_data(self.stack.x, self.stack.tops[i], self._shown(self.stack.names[i]))
            item.setZValue(20 - i)
        return self.stack

    def shows(self, name: str, rest: str) -> bool:
        """Whether `name` is drawn, alone or as part of the band `rest`."""
        return self.legend.visible(name if name in self.legend.names else rest)

    def light(self, name: str) -> None:
        """Dim all bands but `name`; "" or a band that is not drawn: dim none."""
        self.legend.select(name if name in self.legend.names else "")
        for item, band in zip(self.items, self.stack.names, strict=False):
            item.set_colour(self._shown(band))

    def _shown(self, name: str) -> QColor:
        lit = self.legend.selected not in self.stack.names or name == self.legend.selected
        return self.colour(name) if lit else dimmed(self.session, self.colour(name))


def dimmed(session: Session, colour: QColor) -> QColor:
    """A colour of what is not selected, while something else is."""
    return blend(colour, QColor(session.theme.ground), DIM)


def kept(whole: Stack, visible: list[bool]) -> Stack:
    """The bands for which `visible` is true, stacked on each other."""
    if all(visible):
        return whole
    sizes = np.diff(whole.tops, axis=0, prepend=np.zeros((1, whole.tops.shape[1])))[np.array(visible, np.bool_)]
    tops = np.cumsum(sizes, axis=0)
    at = np.searchsorted(whole.x, whole.dots[0])
    dots = np.array([whole.dots[0], tops[-1, at] if len(tops) else np.zeros(len(at))])
    return Stack([name for name, seen in zip(whole.names, visible, strict=True) if seen], whole.x, tops, dots)
