"""Colours with a meaning: one per zone and per task, the same in all views and runs, and a colour map for amounts."""

from zlib import crc32

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

# The zones that grow largest: Okabe and Ito's colour-blind-safe list, then Tol's muted one.
FIXED = {
    "ipc ports": "#0072b2",
    "threads": "#e69f00",
    "non-kernel map entries": "#009e73",
    "objects": "#cc79a7",
    "i386 pcb state": "#56b4e9",
    "kalloc.1024": "#d55e00",
    "kalloc.64": "#999999",
    "kalloc.256": "#f0e442",
    "kalloc.8192": "#aa4499",
    "tasks": "#44aa99",
    "pmap": "#ddcc77",
    "kalloc.4096": "#882255",
    "ipc spaces": "#117733",
    "maps": "#88ccee",
}
# All other zones, chosen by name. Duller than the fixed colours.
_OTHERS = (
    "#8c6d31", "#7b6fa8", "#6b8e5a", "#a8616b", "#4f7f8f", "#b08d6e", "#5f6fb0", "#93734f", "#6f9c94", "#a07aa0", "#7d8a3f", "#8f5f7f",
)  # fmt: skip
OTHER = "#535b68"
_PALE = ("#8b929b", "#a3a9b1", "#7c838d", "#b0b5bc")
# Tasks and servers: Tol's bright and light lists, without the colours of FIXED.
_TASKS = (
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#77aadd", "#ee8866", "#bbcc33", "#99ddff", "#ffaabb", "#44bb99",
)  # fmt: skip

# Ten evenly spaced colours, linear in between: cividis (Nuñez, Anderton, Renslow 2018), viridis (van der Walt and Smith 2015), greys.
MAPS = {
    "cividis": ("#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"),
    "viridis": ("#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"),
    "greys": ("#1c1c1c", "#f7f7f7"),
}
"""Perceptually uniform colour maps that suit colour-blind people, by name."""
_chosen = ["cividis"]


def zone_colour(name: str, dark: bool = False) -> QColor:
    """The colour of a zone: from FIXED, or derived from its name."""
    text = FIXED.get(name) or _OTHERS[crc32(name.encode("utf-8", "replace")) % len(_OTHERS)]
    return shade(QColor(text), dark)


def pale_colour(name: str, dark: bool = False) -> QColor:
    """A grey for what is not suspect, such as caches that the system takes back; neighbours differ."""
    return shade(QColor(_PALE[crc32(name.encode("utf-8", "replace")) % len(_PALE)]), dark)


def other_colour(dark: bool = False) -> QColor:
    """The colour of the rest: zones or tasks too small to be drawn separately."""
    return shade(QColor(OTHER), dark)


def shade(colour: QColor, dark: bool) -> QColor:
    """`colour` for large areas: darker in the dark theme, lighter in the light one."""
    if dark:
        return QColor(int(colour.red() * 0.86), int(colour.green() * 0.86), int(colour.blue() * 0.86))
    return QColor(*(int(c + (255 - c) * 0.16) for c in (colour.red(), colour.green(), colour.blue())))


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
    """The colour of a task or server, derived from its name. Tasks of the same name share a colour."""
    return shade(QColor(_TASKS[crc32(name.encode("utf-8", "replace")) % len(_TASKS)]), dark)


def blend(one: QColor, two: QColor, share: float) -> QColor:
    """A mix of two colours; `share`, 0 to 1, is that of `two`."""
    return QColor(*(round(a * (1 - share) + b * share) for a, b in zip(_parts(one), _parts(two), strict=True)))


def _parts(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()
