"""Two recordings of readings compared: the difference of each zone at corresponding readings, by action if something was done between.

A third recording, taken without the action, is the noise: what changes anyway.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from zoneviz import words
from zoneviz.errors import UsageError
from zoneviz.playback import shown
from zoneviz.playback.compare.points import EVENT, TIME
from zoneviz.playback.player import Player
from zoneviz.playback.readings import Readings
from zoneviz.recording import Recording
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import Ints

_WHOLE = 0.05
"""A difference is a whole number of elements an action within this share of it."""
_LIMIT = 60
"""Characters of a name that a sentence quotes."""


READING_COLUMNS = ("elements A", "B", "B - A", "an action", "noise", "bytes B - A")
"""Headings of the figures of a zone in tables."""


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """A zone at two readings: elements and bytes in A and B, None if not reported. `noise`: elements that changed without the action.

    `each`: elements an action, without the noise; None without actions or elements.
    """

    name: str
    elem_size: int | None
    elements: tuple[int | None, int | None]
    bytes: tuple[int | None, int | None]
    noise: int = 0
    each: float | None = None

    @property
    def differs(self) -> bool:
        """Whether elements or bytes differ, or only one of the two reports them."""
        return self.elements[0] != self.elements[1] or self.bytes[0] != self.bytes[1]

    @property
    def more(self) -> int:
        """Elements of B minus those of A, without the noise; 0 if one is unknown."""
        a, b = self.elements
        return b - a - self.noise if a is not None and b is not None else 0

    @property
    def more_bytes(self) -> int:
        """Bytes of B minus those of A; where no bytes are reported, of the elements in use."""
        if self.elem_size and None not in self.elements:
            return self.more * self.elem_size
        a, b = self.bytes
        return b - a if a is not None and b is not None else 0

    def cells(self) -> tuple[str, ...]:
        """The figures as texts for READING_COLUMNS; empty if unknown."""
        a, b = ("" if value is None else words.number(value) for value in self.elements)
        more = "" if None in self.elements else f"{self.more:+,}"
        each = "" if self.each is None else f"{self.each:+,.3g}"
        known = None not in self.bytes or (self.elem_size and more)
        return a, b, more, each, f"{self.noise:+,}" if self.noise else "", words.signed_size(self.more_bytes) if known else ""

    @property
    def whole(self) -> bool:
        """Whether it is a whole number of elements an action, within _WHOLE."""
        return self.each is not None and round(self.each) != 0 and abs(self.each - round(self.each)) <= _WHOLE * abs(round(self.each))


@dataclass(frozen=True, slots=True)
class ReadingsCompared:
    """Two recordings of readings compared.

    `files`: A and B; `readings`: the number of the reading compared in each, from 1; `actions`: done between them, 0 if unknown.

    `zones`: those that differ: whole elements an action first, then by bytes. `sentences`: the result for people.
    """

    files: tuple[str, str]
    readings: tuple[int, int]
    actions: int
    zones: list[ZoneChange]
    sentences: list[str]

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values; sizes in bytes."""
        return asdict(self) | {"zones": [asdict(zone) | {"more": zone.more, "more_bytes": zone.more_bytes} for zone in self.zones]}


def compare_readings(a: Recording, b: Recording, align: str = EVENT, actions: int = 0, noise: Recording | None = None) -> ReadingsCompared:
    """Compare two recordings of readings at the last readings that correspond.

    `align`: "event" for reading by reading, "time" for equal times since their first readings. `actions`: how often something was done
    between A and B. `noise`: a reading taken after B without the action. Errors: UsageError for another alignment, or other recordings.
    """
    if align not in (EVENT, TIME):
        raise UsageError(f"Recordings of readings cannot be aligned by {align}. Use: {EVENT} (reading by reading) or {TIME}.")
    for one in (a, b, *([noise] if noise is not None else [])):
        if not len(Readings(one, between_events=True)):
            raise UsageError(f"{one.path} has no readings. --actions and --noise compare listings, such as those of zprint.")
    places = _places(Readings(a, between_events=True), Readings(b, between_events=True), align, alone=actions > 0)
    states = [_state(one, place) for one, place in zip((a, b), places, strict=True)]
    quiet = shown.zones(_state(noise, len(Readings(noise, between_events=True)) - 1), noise.header) if noise is not None else []
    every = changes(shown.zones(states[0], a.header), shown.zones(states[1], b.header), quiet, actions)
    differ = [change for change in every if change.differs]
    readings = (places[0] + 1, places[1] + 1)
    of_a, of_b = readings
    where = f" at reading {words.number(of_a)}" if of_a == of_b else f" at reading {words.number(of_a)} of A and {words.number(of_b)} of B"
    where = "" if readings == (1, 1) else where
    sentences = _sentences(differ, len(every), actions, a, noise, where)
    return ReadingsCompared((str(a.path), str(b.path)), readings, actions, differ, sentences)


def changes(a: list[dict[str, Any]], b: list[dict[str, Any]], quiet: list[dict[str, Any]], actions: int) -> list[ZoneChange]:
    """All zones of A and B as in `shown.zones`: whole elements an action first, then by bytes. `quiet`: the zones of the noise."""
    one, other, later = ({zone["name"]: zone for zone in zones} for zones in (a, b, quiet))
    out = [_change(name, one.get(name), other.get(name), later.get(name), actions) for name in {**one, **other}]
    return sorted(out, key=lambda change: (not change.whole, -abs(change.more_bytes), -abs(change.more), change.name))


def largest(differ: list[ZoneChange], where: str = "") -> str:
    """The first three differences as a sentence. `where`: such as " at reading 9"."""
    known = [(change, change.cells()) for change in differ if change.differs]
    amounts = [(change, cells[5] or (cells[2] and f"{cells[2]} elements")) for change, cells in known]
    top = [f"{words.one_line(change.name, _LIMIT)} {amount}" for change, amount in amounts if amount][:3]
    return f"Largest differences B - A{where}: {words.listed(top)}." if top else f"No known difference{where}."


def corresponding(a: Readings, b: Readings, align: str) -> tuple[Ints, Ints]:
    """The readings of A and B that correspond, from 0, (n,) each: of one number, or each of A with the nearest of B in time."""
    if align == EVENT:
        both = np.arange(min(len(a), len(b)))
        return both, both
    mine, theirs = (each.times - each.times[0] for each in (a, b))
    reached = np.flatnonzero(mine <= theirs[-1])
    after = np.clip(np.searchsorted(theirs, mine[reached]), 1, max(len(theirs) - 1, 1))
    before = np.minimum(after - 1, len(theirs) - 1)
    after = np.minimum(after, len(theirs) - 1)
    nearer = np.where(mine[reached] - theirs[before] <= theirs[after] - mine[reached], before, after)
    return reached, nearer


def _places(a: Readings, b: Readings, align: str, alone: bool) -> tuple[int, int]:
    """The readings to compare, from 0. `alone`: the actions were done between the last ones."""
    if alone:
        return len(a) - 1, len(b) - 1
    one, other = corresponding(a, b, align)
    return int(one[-1]), int(other[-1])


def _state(recording: Recording, place: int) -> MachineState:
    return Player(recording).seek(int(Readings(recording, between_events=True).ends[place]))


def _change(name: str, a: dict[str, Any] | None, b: dict[str, Any] | None, quiet: dict[str, Any] | None, actions: int) -> ZoneChange:
    """A zone that one side does not list is unknown there, not 0: listings show only some zones."""
    sides = (a or {}, b or {})
    old, new = (side.get("in_use") for side in sides)
    later = quiet.get("in_use") if quiet is not None else None
    noise = later - new if later is not None and new is not None else 0
    each = (new - old - noise) / actions if actions and old is not None and new is not None else None
    size = sides[0].get("elem_size") or sides[1].get("elem_size")
    return ZoneChange(name, size, (old, new), (sides[0].get("cur_size"), sides[1].get("cur_size")), noise, each)


def _sentences(differ: list[ZoneChange], count: int, actions: int, a: Recording, noise: Recording | None, where: str) -> list[str]:
    noun = words.one_line(a.header.zone_noun, _LIMIT)
    if not differ:
        return [f"All {words.count(count, noun)} are equal{where}." if count > 1 else f"The only {noun} is equal{where}."]
    out = []
    for change in [change for change in differ if change.whole][:3]:
        each = round(change.each or 0)
        what = "element" if abs(each) == 1 else "elements"
        less = f"; {change.noise:+,} without the action" if noise is not None else ""
        name = words.one_line(change.name, _LIMIT)
        out.append(f"{each:+,} {what} of {name} an action ({change.more:+,} in {words.count(actions, 'action')}{less}).")
    if not out and actions:
        out.append(f"No {noun} changed by a whole number of elements an action; {words.count(actions, 'action')} were made.")
    if not actions:
        out.append(largest(differ, where))
    if actions and noise is None:
        out.append("What changes without the action is unknown: take a third listing after the same time without it, and add --noise.")
    return out
