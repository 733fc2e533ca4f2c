"""The colours of the zone map's pages and of the bytes inside a page. Numpy in, numpy out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from zoneviz import words
from zoneviz.events import Catalog
from zoneviz.gui.kit.colours import amount_colours, blend, other_colour, task_colour, zone_colour
from zoneviz.gui.kit.theme import Theme
from zoneviz.playback.pagemap import FREE, LIVE, TAIL, PageMap
from zoneviz.state.pages import MISSING, PAGE
from zoneviz.state.rows import Ints

Pixels = npt.NDArray[np.uint32]
WAYS = {
    "zone": "the zone of each element",
    "owner": "the task that ran when it was allocated",
    "fill": "bytes in use on each page",
    "age": "events since it was allocated",
}
DIM = 0.68
"""Share of the ground in the colour of a zone that is not selected, while another one is."""
MOST_OWNERS = 12
AGES = 16
LINED = 64
"""Side of a page in pixels from which elements have a line above and below."""
_DENSE = 1 << 20
OTHERS, FREE_PARTS, TAILS = "others", "free elements", "unusable page ends"


@dataclass(slots=True)
class Key:
    """An entry of the legend; `size` in bytes."""

    name: str
    colour: QColor
    size: int


@dataclass(slots=True)
class Colouring:
    """How to paint a page map of p pages and n pieces.

    `groups` (n,): the group of each piece, -1 for none. `colours`: one per group. `rest` (p,): the colour of the bytes of a page
    that belong to no group. `pages` (p,): if given, one colour for each whole page. `keys`: the legend.
    """

    groups: Ints
    colours: Pixels
    rest: Pixels
    keys: list[Key]
    pages: Pixels | None = None


def colouring(
    found: PageMap, way: str, catalog: Catalog, theme: Theme, moment: int, colour: Callable[[str], QColor] | None = None, lit: str = ""
) -> Colouring:
    """The colours of a page map by one of WAYS; `moment`: the event shown; `colour`: of a zone; by default its usual one.

    `lit`: a zone; all others are dimmed.
    """
    ground = QColor(theme.panel)
    zones = [colour(zone.name) if colour else zone_colour(zone.name, theme.dark) for zone in catalog.zones]
    if any(zone.name == lit for zone in catalog.zones):
        zones = [c if zone.name == lit else blend(c, ground, DIM) for zone, c in zip(catalog.zones, zones, strict=True)]
    faded = [blend(colour, ground, 0.72) for colour in zones]
    rest = np.full(len(found) + 1, _rgb(QColor(theme.line)), np.uint32)[:-1]
    own = found.owner > 0
    if own.any():
        table = np.array([0, *(_rgb(c) for c in faded)], np.uint32)
        rest[own] = table[np.minimum(found.owner[own], len(faded))]
    rest[found.owner == MISSING] = _rgb(blend(QColor(theme.line), QColor(theme.ground), 0.7))
    if way == "fill":
        return _by_fill(found, rest)
    pieces = found.pieces
    if way == "owner":
        groups, keys = _by_owner(found, catalog, theme)
    elif way == "age":
        groups, keys = _by_age(found, moment)
    else:
        groups, keys = _by_zone(found, catalog, zones)
    count = len(keys)
    tail, plain = count + len(faded) + 1, count
    # Free elements always have the faded colour of their zone: group `count` + zone.
    groups = np.where(pieces.kind == FREE, plain + np.clip(pieces.zone, 0, len(faded)), np.where(pieces.kind == TAIL, tail, groups))
    colours = [key.colour for key in keys] + [ground, *faded] + [QColor(theme.danger)]
    free, lost = int(found.free.sum()), int(found.lost.sum())
    keys = sorted((key for key in keys if key.size), key=lambda key: -key.size)
    keys += [Key(FREE_PARTS, blend(other_colour(theme.dark), ground, 0.6), free)] * bool(free)
    keys += [Key(TAILS, QColor(theme.danger), lost)] * bool(lost)
    return Colouring(groups, np.array([_rgb(c) for c in colours], np.uint32), rest, keys)


def _by_zone(found: PageMap, catalog: Catalog, zones: list[QColor]) -> tuple[Ints, list[Key]]:
    live = found.pieces.kind == LIVE
    sums = np.bincount(found.pieces.zone[live], found.pieces.size[live], len(zones) + 1)[1 : len(zones) + 1]
    # The same order on all pages, largest first: bands of neighbours then join into larger shapes.
    order = np.argsort(-sums, kind="stable")
    place = np.full(len(zones) + 1, -1, np.int64)
    place[order + 1] = np.arange(len(order))
    keys = [Key(catalog.zones[i].name, zones[i], int(sums[i])) for i in order.tolist()]
    return place[np.clip(found.pieces.zone, 0, len(zones))], keys


def _by_owner(found: PageMap, catalog: Catalog, theme: Theme) -> tuple[Ints, list[Key]]:
    names = catalog.task_names
    pieces = found.pieces
    live = pieces.kind == LIVE
    tasks, where = np.unique(pieces.task, return_inverse=True)
    sums = np.bincount(where[live], pieces.size[live], len(tasks))
    order = np.argsort(-sums, kind="stable")[:MOST_OWNERS].tolist()
    place = np.full(len(tasks), len(order), np.int64)
    place[order] = np.arange(len(order))
    called = [names.get(int(tasks[i])) or ("the kernel" if not tasks[i] else f"task {tasks[i]}") for i in order]
    keys = [Key(name, task_colour(name, theme.dark), int(sums[i])) for i, name in zip(order, called, strict=True)]
    rest = int(sums.sum()) - sum(key.size for key in keys)
    return place[where], [*keys, Key(OTHERS, other_colour(theme.dark), rest)]


def _by_age(found: PageMap, moment: int) -> tuple[Ints, list[Key]]:
    pieces = found.pieces
    live = pieces.kind == LIVE
    part = np.log1p(np.maximum(moment - pieces.seq, 0)) / max(np.log1p(moment), 1e-9)
    groups = np.clip((part * AGES).astype(np.int64), 0, AGES - 1)
    sums = np.bincount(groups[live], pieces.size[live], AGES)
    ramp = amount_colours()[np.linspace(255, 0, AGES).astype(int)]
    ages = [round(np.expm1((i + 1) / AGES * np.log1p(moment))) for i in range(AGES)]
    return groups, [Key(f"≤ {words.number(ages[i])} events old", QColor(*(int(c) for c in ramp[i])), int(sums[i])) for i in range(AGES)]


def _by_fill(found: PageMap, rest: Pixels) -> Colouring:
    ramp = amount_colours().astype(np.uint32)
    table = 0xFF000000 | ramp[:, 0] << 16 | ramp[:, 1] << 8 | ramp[:, 2]
    pages = np.where(found.owner == MISSING, rest, table[np.clip(found.live * 255 // PAGE, 0, 255)]).astype(np.uint32)
    taken = found.owner != MISSING
    fills = np.clip(found.live[taken] * 4 // PAGE, 0, 3)
    counts = np.bincount(fills, minlength=4).tolist()
    shades = [QColor(*(int(c) for c in amount_colours()[i])) for i in (32, 96, 160, 255)]
    names = ("under a quarter in use", "under a half", "under three quarters", "more")
    keys = [Key(name, shade, count * PAGE) for name, shade, count in zip(names, shades, counts, strict=True)]
    nothing = np.full(len(found.pieces.kind), -1, np.int64)
    return Colouring(nothing, np.zeros(0, np.uint32), rest, [key for key in keys if key.size], pages)


def bands(found: PageMap, colours: Colouring, height: int, pages: Ints | None = None) -> Pixels:
    """Each page as a column of `height` pixels, (m, height): the groups in proportion to their bytes. `pages` (m,): which; default: all."""
    pages = np.arange(len(found)) if pages is None else pages
    if colours.pages is not None:
        return np.repeat(colours.pages[pages, np.newaxis], height, axis=1)
    page, at, size = found.parts
    group = colours.groups[at]
    place = np.full(len(found), -1, np.int64)
    place[pages] = np.arange(len(pages))
    kept = (group >= 0) & (place[page] >= 0)
    page, group, size = _summed(place[page[kept]], group[kept], size[kept], len(colours.colours))
    # All bytes of a page below those of the next one: the ends of all pages are then one ascending column.
    sums = np.cumsum(size)
    before = np.append(0, sums)[np.searchsorted(page, page)]
    ends = page * PAGE + np.minimum(sums - before, PAGE)
    # Group by group from the top, sampled at the centre of each pixel.
    levels = np.arange(len(pages))[:, np.newaxis] * PAGE + ((np.arange(height) + 0.5) * PAGE / height)[np.newaxis]
    found_at = np.searchsorted(ends, levels, side="right")
    there = np.append(page, -1)[found_at] == np.arange(len(pages))[:, np.newaxis]
    out = colours.colours[np.append(group, 0)[found_at]] if len(colours.colours) else np.zeros(levels.shape, np.uint32)
    return np.where(there, out, colours.rest[pages, np.newaxis])


def _summed(page: Ints, group: Ints, size: Ints, count: int) -> tuple[Ints, Ints, Ints]:
    """Page, group and bytes of each pair of a page and one of `count` groups, in order."""
    if not len(page):
        return page, group, size
    cells = page * count + group
    if int(page.max()) * count < _DENSE:  # counting avoids sorting: 1 ms instead of 8 for 200,000 elements
        found = np.flatnonzero(np.bincount(cells))
        sums = np.bincount(cells, size)[found]
    else:
        found, where = np.unique(cells, return_inverse=True)
        sums = np.bincount(where, size)
    return found // count, found % count, sums.astype(np.int64)


def bytewise(found: PageMap, colours: Colouring, page: Ints, size: int) -> Pixels:
    """The pages `page` (m,) as squares, (m, size, size): addresses run in reading order, with a dark pixel between elements."""
    count = size * size
    offsets = (np.arange(count) * PAGE) // count
    address = (found.address[page][:, np.newaxis] + offsets[np.newaxis]).reshape(-1)
    pieces = found.pieces
    if not len(pieces.address):
        return np.broadcast_to(colours.rest[page][:, np.newaxis, np.newaxis], (len(page), size, size)).copy()
    at = np.searchsorted(pieces.address, address, side="right") - 1
    inside = (at >= 0) & (address < pieces.address[at] + pieces.size[at])
    group = np.where(inside, colours.groups[at], -1)
    rest = np.repeat(colours.rest[page], count)
    if colours.pages is not None:
        out = np.where(inside & (pieces.kind[at] == LIVE), np.repeat(colours.pages[page], count), rest)
    else:
        out = np.where(group >= 0, np.append(colours.colours, np.uint32(0))[group], rest)
    out = out.reshape(len(page), size, size)
    kinds = np.where(inside, pieces.kind[at], LIVE).reshape(out.shape)
    y, x = np.mgrid[0:size, 0:size]
    # Never colour alone: free elements and unusable page ends are hatched.
    out[(kinds != LIVE) & ((x + y) % 4 == 0)[np.newaxis]] = _rgb(QColor("#808080"))
    piece = np.where(inside, at, -1).reshape(out.shape)
    edge = np.zeros(out.shape, np.bool_)
    edge[:, :, 1:] = piece[:, :, 1:] != piece[:, :, :-1]
    if size >= LINED:
        # Only for elements taller than the lines themselves.
        tall = (pieces.size[at] * count // PAGE >= 3 * size).reshape(out.shape)
        edge[:, 1:] |= (piece[:, 1:] != piece[:, :-1]) & tall[:, 1:]
    out[edge & (piece >= 0)] = (out[edge & (piece >= 0)] >> 1) & 0x7F7F7F | 0xFF000000
    return out.astype(np.uint32)


def framed(cells: Pixels, frame: npt.NDArray[np.float64], colour: QColor, dotted: bool = False) -> None:
    """Mix a colour into the border pixels of cells (p, h, w), in place; `frame` (p,): its share, 0 to 1."""
    at = np.flatnonzero(frame > 0)
    if not len(at):
        return
    h, w = cells.shape[1:]
    ring = np.zeros((h, w), np.bool_)
    ring[[0, -1]] = True
    ring[:, [0, -1]] = True
    if dotted:
        y, x = np.mgrid[0:h, 0:w]
        ring &= (x + y) // max(min(h, w) // 6, 1) % 2 == 0
    places = np.nonzero(ring)
    old = cells[at][:, places[0], places[1]]
    share = frame[at][:, np.newaxis]
    new = np.full(old.shape, 0xFF000000, np.uint32)
    for shift, value in ((16, colour.red()), (8, colour.green()), (0, colour.blue())):
        new |= (((old >> shift) & 255) * (1 - share) + value * share).astype(np.uint32) << np.uint32(shift)
    cells[at[:, np.newaxis], places[0][np.newaxis], places[1][np.newaxis]] = new


def _rgb(colour: QColor) -> int:
    return 0xFF000000 | colour.rgb()
