"""What a page of the page map, or an element on it, is about, for its menu."""

from zoneviz.events import Catalog
from zoneviz.gui.session.subject import Subject
from zoneviz.playback.pagemap import PageMap


def page_subject(found: PageMap, catalog: Catalog, page: int, piece: int | None, text: str) -> Subject:
    """The page's address and owner; with `piece`, an index in the map's pieces, the element's, the event that allocated it and its task."""
    owner = int(found.owner[page]) if piece is None else int(found.pieces.zone[piece])
    zone = catalog.zones[owner - 1].name if 0 < owner <= len(catalog.zones) else ""
    if piece is None:
        return Subject(zone=zone, address=int(found.address[page]), text=text)
    seq, task = int(found.pieces.seq[piece]) or None, int(found.pieces.task[piece])
    return Subject(zone=zone, address=int(found.pieces.address[piece]), seq=seq, task=task if seq else 0, text=text)
