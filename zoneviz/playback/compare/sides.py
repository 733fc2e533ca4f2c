"""The two sides of a divergence: the events around it and the zones it is about."""

from zoneviz import words
from zoneviz.events import Kind
from zoneviz.playback.compare.results import Divergence, Side, ZoneBefore
from zoneviz.playback.compare.sequence import Compared
from zoneviz.playback.compare.words import line, zone_of
from zoneviz.playback.player import Player
from zoneviz.recording import Recording
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, SEQ, SIZE

AROUND = 5
"""Compared events shown before and after a divergence."""
_NEXT = 4
"""Addresses of a free list shown."""


def divergence(kind: str, a: Compared, b: Compared, index: int, zones: bool) -> Divergence:
    """The divergence at a compared event; `zones`: also look up the zones it is about, which needs the machine's state."""
    rows = [_around(compared, index) for compared in (a, b)]
    names: list[str] = []
    if zones:
        found = [zone_of(after[0], compared.recording.catalog) for compared, (_, after) in zip((a, b), rows, strict=True) if after]
        names = [name for name in dict.fromkeys(found) if name]
    seqs = [int(c.seq[index]) if index < len(c) else c.recording.event_count + 1 for c in (a, b)]
    sides = [_side(compared.recording, before, after, names) for compared, (before, after) in zip((a, b), rows, strict=True)]
    return Divergence(kind, index, (seqs[0], seqs[1]), sides[0], sides[1])


def _around(compared: Compared, index: int) -> tuple[list[list[int]], list[list[int]]]:
    """The compared events before an index and from it on, as rows."""
    shown = compared.seq[max(index - AROUND, 0) : index + AROUND].tolist()
    rows = [compared.recording.events(seq, seq)[0].tolist() for seq in shown]
    before = min(index, AROUND)
    return rows[:before], rows[before:]


def _side(recording: Recording, before: list[list[int]], after: list[list[int]], zones: list[str]) -> Side:
    catalog = recording.catalog
    last = before[-1][SEQ] if before else recording.first_event - 1
    return Side([line(row, catalog) for row in before], [line(row, catalog) for row in after], _zones_before(recording, last, zones))


def _zones_before(recording: Recording, seq: int, names: list[str]) -> list[ZoneBefore]:
    """Zones after event `seq`; those that do not exist yet are left out."""
    state = Player(recording).seek(seq)
    out = []
    for name in names:
        zone = state.zone(name)
        if zone is not None:
            following = free_list(recording, seq, name)[:_NEXT]
            out.append(ZoneBefore(name, zone["in_use"], zone["free"], zone["cur_size"], zone["max_size"], following))
    return out


def free_list(recording: Recording, seq: int, zone: str) -> list[int]:
    """Addresses on a zone's free list after event `seq`, the next to be allocated first.

    Rebuilt from the zone's events: a free puts its element in front, an allocation removes its own. Empty for an excerpt that
    begins later, which lacks some of them.
    """
    if recording.first_event > 1:
        return []
    number = next((info.id for info in recording.catalog.zones if info.name == zone), 0)
    element = next((info.elem_size for info in recording.catalog.zones if info.id == number), 0)
    rows = recording.events_of(Kind.ZALLOC, Kind.ZFREE, Kind.ZCRAM, Kind.ZCOLLECT, last=seq, subject=number)
    free: dict[int, None] = {}  # in order of arrival: the last is the next to go
    for kind, address, size, extra in rows[:, [KIND, ADDRESS, SIZE, EXTRA]].tolist():
        if kind == Kind.ZALLOC:
            free.pop(address, None)
        elif kind == Kind.ZFREE:
            free.pop(address, None)
            free[address] = None
        elif kind == Kind.ZCRAM:
            free.update(dict.fromkeys(address + element * i for i in range(min(extra, 1 << 20))))
        else:
            page = range(address, address + max(size, 1))
            for gone in [one for one in free if one in page]:
                del free[gone]
    return [*reversed(free)]


def divergence_lines(what: str, found: Divergence) -> list[str]:
    """The first difference `what` ("in a size") as lines for people: each side's events before and from there, and its zones."""
    lines = [f"The first difference {what}, after {words.number(found.index)} equal events:"]
    for name, one in (("A", found.a), ("B", found.b)):
        lines.append(f"  {name}")
        for mark, shown in ((" ", one.before[-3:]), (">", one.after[:4])):
            for event in shown:
                lines.append(f"  {mark} {event.seq:>9,} {event.who}: {event.what}")
                if mark == ">" and event is one.after[0]:
                    lines.append(f"              {event.path}")
        if not one.after:
            lines.append("  > has ended")
        lines += [f"    zone {zone.name}: {zone}" for zone in one.zones]
    return lines
