"""Searching events forwards and backwards, in bounded slices: between two the caller can repaint, show progress or cancel."""

import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zoneviz.errors import UsageError
from zoneviz.events import Catalog, Kind
from zoneviz.fields import FIELDS, Refers, Unit, kinds_where
from zoneviz.playback.lanes import server_name
from zoneviz.playback.player import BLOCK, Player
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, PATH, SEQ, SIZE, SUBJECT, TASK, THREAD, TIME, ZONE_KINDS, Ints

Mask = npt.NDArray[np.bool_]
_MOST = (1 << 63) - 1
_NS = {"": 1, "ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
Match = Callable[[Ints], Mask]
"""Events (n, 10) to a mask (n,) of those that match."""


class Slice(NamedTuple):
    """Progress of a search in events; `found`: the number of the event found, None so far."""

    done: int
    of: int
    found: int | None


def search(player: Player, match: Match, *, backwards: bool = False, start: int | None = None) -> Iterator[Slice]:
    """The next matching event after `start` (default: the player's moment), or with `backwards` the last one before `start`.

    Each step searches one slice of at most BLOCK events, some milliseconds. `found` of the last slice is the result, None if no
    event matches. The player does not move. To cancel, stop iterating.
    Errors: InputError if the recording is damaged.
    """
    here, last = player.moment.seq if start is None else start, player.recording.event_count
    todo = max(here - 1, 0) if backwards else max(last - here, 0)
    done = 0
    while done < todo:
        count = min(BLOCK - (here + done) % BLOCK if not backwards else (here - done - 2) % BLOCK + 1, todo - done)
        first = here - done - count if backwards else here + done + 1
        rows = player.rows(first, first + count - 1)
        hits = rows[match(rows), SEQ]
        done += count
        if len(hits):
            yield Slice(done, todo, int(hits[-1 if backwards else 0]))
            return
        yield Slice(done, todo, None)
    if not todo:
        yield Slice(0, 0, None)


def next_event(player: Player, match: Match, *, backwards: bool = False) -> int | None:
    """The result of `search`, without steps."""
    return [part.found for part in search(player, match, backwards=backwards)][-1]


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions on events, all of which must hold; None: any. `task`, `tasks`, `thread`: that ran; `kinds`, `zones`, `path`: ids.

    `ranges`: (column, least, most); `touched`: results of `touches`.
    """

    kinds: frozenset[int] | None = None
    zones: frozenset[int] | None = None
    task: int | None = None
    thread: int | None = None
    address: int | None = None
    path: frozenset[int] | None = None
    tasks: frozenset[int] | None = None
    ranges: tuple[tuple[int, int, int], ...] = ()
    touched: tuple[Match, ...] = ()

    def __call__(self, rows: Ints) -> Mask:
        """A mask (n,) of the events (n, 10) that match."""
        mask = np.ones(len(rows), np.bool_)
        for values, column in ((self.kinds, KIND), (self.path, PATH), (self.tasks, TASK)):
            if values is not None:
                mask &= np.isin(rows[:, column], list(values))
        if self.zones is not None:
            mask &= np.isin(rows[:, KIND], ZONE_KINDS) & np.isin(rows[:, SUBJECT], list(self.zones))
        for value, column in ((self.task, TASK), (self.thread, THREAD), (self.address, ADDRESS)):
            if value is not None:
                mask &= rows[:, column] == value
        for column, least, most in self.ranges:
            mask &= (rows[:, column] >= least) & (rows[:, column] <= most)
        for match in self.touched:
            mask &= match(rows)
        return mask


RANGES = {"event": SEQ, "time": TIME, "task": TASK, "thread": THREAD, "address": ADDRESS, "size": SIZE}
WORDS = ("kind", "zone", "path", "server", "touches", *RANGES)


def parse_filter(text: str, catalog: Catalog) -> Filter:
    """Parse a filter: `kind=ZALLOC,ZFREE zone="ipc ports" task=3 address=0xc0..0xff time=1.5s..2s`; all conditions must hold.

    `server`: tasks of this name without trailing digits; `path`: a frame anywhere in the call path; `touches=port:0xc0`: see
    `touches`. event, time, task, thread, address and size take a number or a range `low..high` with either end optional; a time
    without a unit is in ns.
    Errors: UsageError for an unknown condition, kind or zone, or an unreadable number.
    """
    values: dict[str, str] = {}
    touched = []
    for word in _words(text):
        name, equals, value = word.partition("=")
        if not equals or name not in WORDS:
            raise UsageError(f"Unknown filter {word!r}. Use: {', '.join(f'{known}=' for known in WORDS)}.")
        if name == "touches":
            touched.append(_touched(value))
        else:
            values[name] = value
    kinds = zones = path = None
    if "kind" in values:
        names = values["kind"].upper().split(",")
        wrong = [name for name in names if name not in Kind.__members__]
        if wrong:
            raise UsageError(f"Unknown kind of event {wrong[0]!r}.")
        kinds = frozenset(int(Kind[name]) for name in names)
    if "zone" in values:
        ids = {zone.name: zone.id for zone in catalog.zones}
        asked = [values["zone"]] if values["zone"] in ids else values["zone"].split(",")
        wrong = [name for name in asked if name not in ids]
        if wrong:
            raise UsageError(f"This recording has no zone {wrong[0]!r}.")
        zones = frozenset(ids[name] for name in asked)
    if "path" in values:
        path = frozenset(i for i in range(len(catalog.paths.rows)) if values["path"] in catalog.paths.frames(i))
    tasks = None
    if "server" in values:
        tasks = frozenset(task.id for task in catalog.tasks if server_name(task.name) == values["server"])
    exact = {name: _number(values.pop(name)) for name in ("task", "thread", "address") if name in values and ".." not in values[name]}
    ranges = tuple((column, *_range(values[name], name == "time")) for name, column in RANGES.items() if name in values)
    return Filter(kinds, zones, exact.get("task"), exact.get("thread"), exact.get("address"), path, tasks, ranges, tuple(touched))


def _range(text: str, is_time: bool) -> tuple[int, int]:
    first, dots, last = text.partition("..")
    read = _time if is_time else _number
    low = read(first) if first or not dots else -_MOST
    return low, (read(last) if last else _MOST) if dots else low


def _touched(value: str) -> Match:
    what, _, number = value.partition(":")
    try:
        return touches(what, _number(number))
    except ValueError:
        raise UsageError(f"touches={value} is invalid. Use address:, port:, task: or thread: with a number.") from None


def touches(what: str, number: int) -> Match:
    """A match of events that touch an `address` (an element, or memory that begins there), a `port`, a `task` or a `thread`.

    An event touches the task and thread that ran, and those it is about.
    Errors: ValueError for another word.
    """
    if what in ("address", "port"):
        # `extra` of a notification has the port it goes to, that of a message the kmsg.
        second = [int(k) for k, f in FIELDS.items() if f.extra.unit is Unit.ADDRESS]
        return lambda rows: (rows[:, ADDRESS] == number) | (np.isin(rows[:, KIND], second) & (rows[:, EXTRA] == number))
    if what not in ("task", "thread"):
        raise ValueError("address, port, task or thread")
    ran = TASK if what == "task" else THREAD
    about = {column: kinds_where(name, Refers(what), Refers.ACTOR) for name, column in _FREE}
    return lambda rows: (
        (rows[:, ran] == number)
        | np.logical_or.reduce([np.isin(rows[:, KIND], kinds) & (rows[:, column] == number) for column, kinds in about.items()])
    )


_FREE = (("subject", SUBJECT), ("extra", EXTRA))


def _number(text: str) -> int:
    try:
        number = int(text.replace(",", ""), 0)
    except ValueError:
        raise UsageError(f"{text!r} is not a number.") from None
    if number >> 48 == 0xFFFF:  # the address of a 64-bit kernel in full: recordings have 48 bits of it
        number &= (1 << 48) - 1
    return max(-_MOST, min(number, _MOST))


def _time(text: str) -> int:
    """Simulated ns: `1.5s`, `20ms`, `7us`, `300`."""
    unit = next((name for name in ("ns", "us", "ms", "s") if text.endswith(name)), "")
    try:
        ns = float(text.removesuffix(unit)) * _NS[unit]
        return max(-_MOST, min(round(ns), _MOST))
    except (ValueError, OverflowError):
        raise UsageError(f"{text!r} is not a time such as 1.5s or 20ms.") from None


def _words(text: str) -> list[str]:
    """Split at blanks outside quotes."""
    try:
        return shlex.split(text)
    except ValueError:
        raise UsageError(f"A quote in {text!r} is not closed.") from None
