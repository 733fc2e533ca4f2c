"""The colours of zones in charts and tables: reclaimable ones are grey."""

from PySide6.QtGui import QColor

from zoneviz.events import RECLAIMABLE, Catalog
from zoneviz.gui.kit.colours import other_colour, pale_colour, zone_colour
from zoneviz.playback.shown import flags_of
from zoneviz.recording import Header


def colour_of(name: str, flags: str, dark: bool) -> QColor:
    """The colour of a zone with these flags. Names in parentheses, as "(in no zone)", stand for what is in none that is known."""
    if name.startswith("("):
        return other_colour(dark)
    return pale_colour(name, dark) if RECLAIMABLE in flags.split() else zone_colour(name, dark)


def flags_by_name(catalog: Catalog, header: Header) -> dict[str, str]:
    """The flags of all zones, those of a real machine as `playback.shown` completes them."""
    real = header.of_readings or header.of_allocations
    return {zone.name: flags_of(zone.name, zone.flags) if real else zone.flags for zone in catalog.zones}
