"""The tool tip of a zone of the recording on show: what it holds, who allocates from it, the size of its elements."""

from collections.abc import Callable

from zoneviz import words
from zoneviz.gui.charts.zone_words import zone_words
from zoneviz.gui.kit.text import plain
from zoneviz.gui.session.session import Session


def zone_lines(session: Session, name: str) -> list[str]:
    """Name, contents and element size of a zone, in lines; what is unknown is left out."""
    player = session.player
    size = next((zone.elem_size for zone in player.recording.catalog.zones if zone.name == name), 0) if player is not None else 0
    said = zone_words(name, session.header.system)
    return [words.one_line(name, 200), *([said] if said else []), *([f"Size of an element: {words.number(size)} B"] if size else [])]


def zone_tip(session: Session, name: str) -> str:
    """The tool tip of a zone's name, "" without a name."""
    return plain("\n".join(zone_lines(session, name))) if name else ""


def zone_cells(session: Session) -> Callable[[str, object], str]:
    """For `kit.rows.Rows.tips`: the tool tips of the cells below the heading "zone", or what the system calls zones."""
    return lambda heading, value: zone_tip(session, str(value)) if heading in ("zone", session.header.zone_noun) else ""
