"""Colours with a meaning: one per zone and per task, the same in all views and runs, and a colour map for amounts."""

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from zoneviz import palette

# Ten evenly spaced colours, linear in between: cividis (Nuñez, Anderton, Renslow 2018), viridis (van der Walt and Smith 2015), greys.
MAPS = {
    "cividis": ("#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"),
    "viridis": ("#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"),
    "greys": ("#1c1c1c", "#f7f7f7"),
}
"""Perceptually uniform colour maps that suit colour-blind people, by name."""
_chosen = ["cividis"]


def zone_colour(name: str, dark: bool = False) -> QColor:
    """The colour of a zone, as `palette.zone`."""
    return QColor(palette.zone(name, dark))


def pale_colour(name: str, dark: bool = False) -> QColor:
    """A grey, as `palette.pale`."""
    return QColor(palette.pale(name, dark))


def other_colour(dark: bool = False) -> QColor:
    """The colour of the rest, as `palette.other`."""
    return QColor(palette.other(dark))


def shade(colour: QColor, dark: bool) -> QColor:
    """`colour` for large areas, as `palette.shade`."""
    return QColor(palette.shade(colour.name(), dark))


def amount_colours() -> npt.NDArray[np.uint8]:
    """The 256 colours of the chosen map, lowest first: (256, 3), red, green, blue."""
    anchors: npt.NDArray[np.float64] = np.array([(c.red(), c.green(), c.blue()) for c in map(QColor, MAPS[_chosen[0]])], dtype=np.float64)
    places = np.linspace(0, len(anchors) - 1, 256)
    return np.stack([np.interp(places, np.arange(len(anchors)), anchors[:, i]) for i in range(3)], axis=1).round().astype(np.uint8)


def choose_map(name: str) -> None:
    """Show amounts in this map of MAPS from now on, in the whole program."""
    _chosen[0] = name


def contrast(one: QColor, two: QColor) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21."""

    def luminance(colour: QColor) -> float:
        parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (colour.redF(), colour.greenF(), colour.blueF())]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    bright, dim = sorted((luminance(one), luminance(two)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def task_colour(name: str, dark: bool = False) -> QColor:
    """The colour of a task or server, as `palette.task`."""
    return QColor(palette.task(name, dark))


def blend(one: QColor, two: QColor, share: float) -> QColor:
    """A mix of two colours; `share`, 0 to 1, is that of `two`."""
    return QColor(*(round(a * (1 - share) + b * share) for a, b in zip(_parts(one), _parts(two), strict=True)))


def _parts(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()
