"""A page of the page map, and an element on it: in words, and as the subject of a menu."""

import numpy as np

from zoneviz import words
from zoneviz.events import Catalog
from zoneviz.gui.session.subject import Subject
from zoneviz.playback.pagemap import LIVE, PageMap
from zoneviz.state.pages import MISSING

KINDS = 12
"""Zones of one page that are listed, at most."""


def name_of(found: PageMap, page: int) -> str:
    """`zone map 137`, `boot memory 3` or `page 12`, counted from 0."""
    if found.scattered:
        return f"page {words.number(page)}"
    return f"boot memory {words.number(page)}" if page < found.boot else f"zone map {words.number(page - found.boot)}"


def owner_of(found: PageMap, catalog: Catalog, page: int) -> str:
    """The zone that a page belongs to, in words."""
    owner = int(found.owner[page])
    if owner == MISSING:
        return "not taken"
    if owner == 0:
        return "shared by zones"
    name = words.one_line(catalog.zones[owner - 1].name, 60) if owner <= len(catalog.zones) else f"zone {owner}"
    return f"{name}, returnable" if found.collectable[page] else name


def page_words(found: PageMap, catalog: Catalog, page: int, piece: int | None, changed: bool) -> str:
    """Owner, bytes, elements by zone, in lines. `piece`: the index of an element to name besides; `changed`: recently."""
    lines = [f"{name_of(found, page)} · {words.address(int(found.address[page]))} · {owner_of(found, catalog, page)}"]
    if int(found.owner[page]) == MISSING:
        return lines[0]
    figures = [("in use", found.live), ("free", found.free), ("unusable", found.lost)]
    lines.append(" · ".join(f"{name} {words.number(int(values[page]))} B" for name, values in figures if values[page] or name == "in use"))
    pieces = found.of_page(page)
    names = {zone.id: words.one_line(zone.name, 60) for zone in catalog.zones}
    for zone in np.unique(pieces.zone[pieces.zone > 0])[:KINDS].tolist():
        mine = pieces.zone == zone
        live = int((pieces.kind[mine] == LIVE).sum())
        size = int(pieces.size[mine][0])
        free = int(mine.sum()) - live
        lines.append(f"{names.get(zone, zone)}: {live} of {size} B in use" + (f", {free} free" if free else ""))
    if changed:
        lines.append("changed recently")
    if piece is not None:
        all_ = found.pieces
        zone = names.get(int(all_.zone[piece]), "unusable page end")
        made = f", allocated at event {words.number(int(all_.seq[piece]))}" if all_.seq[piece] else ", free" if all_.zone[piece] else ""
        lines.append(f"under the pointer: {zone} at {words.address(int(all_.address[piece]))}{made}")
    return "\n".join(lines)


def page_subject(found: PageMap, catalog: Catalog, page: int, piece: int | None, text: str) -> Subject:
    """The page's address and owner; with `piece`, an index in the map's pieces, the element's, the event that allocated it and its task."""
    owner = int(found.owner[page]) if piece is None else int(found.pieces.zone[piece])
    zone = catalog.zones[owner - 1].name if 0 < owner <= len(catalog.zones) else ""
    if piece is None:
        return Subject(zone=zone, address=int(found.address[page]), text=text)
    seq, task = int(found.pieces.seq[piece]) or None, int(found.pieces.task[piece])
    return Subject(zone=zone, address=int(found.pieces.address[piece]), seq=seq, task=task if seq else 0, text=text)
