"""The colours of zones in charts and tables: reclaimable ones are grey."""

from PySide6.QtGui import QColor

from zoneviz import palette


def colour_of(name: str, flags: str, dark: bool) -> QColor:
    """The colour of a zone with these flags, as `palette.zone_or_grey`."""
    return QColor(palette.zone_or_grey(name, flags, dark))
