"""The ports a task has rights to, the ports two tasks share, and the life of one port from its events."""

from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import numpy as np

from zoneviz import words
from zoneviz.events import DEAD_NAME, PORT_SET, RECEIVE, SEND, SEND_ONCE, Kind
from zoneviz.playback.player import Player, at_once
from zoneviz.playback.search import touches
from zoneviz.state.machine import MachineState
from zoneviz.state.rights import Rights
from zoneviz.state.rows import EXTRA, KIND, SEQ, SIZE, SUBJECT, TASK, Ints

BITS = {RECEIVE: "receive", SEND: "send", SEND_ONCE: "send-once", PORT_SET: "port set", DEAD_NAME: "dead name"}
MOST_PORTS = 1000
"""Rows shown of the ports of a task."""
MOST_ROWS = 2000
"""Events of a story kept for display; all are counted."""


class PortRights(NamedTuple):
    """A port (or set, or dead name: address 0) and the rights that a task, and perhaps an `other` task, have to it.

    name, bits, other_name, other_bits: 0 without a right. receiver: task, 0 for the kernel; made: seq; queued: messages.
    """

    address: int
    name: int
    bits: int
    other_name: int
    other_bits: int
    receiver: int
    made: int
    queued: int


@cache
def rights_words(bits: int) -> str:
    """`receive, send`."""
    return ", ".join(word for bit, word in BITS.items() if bits & bit)


def ports_of(state: MachineState, task: int, most: int = MOST_PORTS) -> list[PortRights]:
    """The ports a task has names for, at most `most`: those with queued messages first, then the oldest."""
    mine = state.rights.of(task)
    none = np.zeros_like(mine.address)
    return _rows(state, mine.address, (mine.name, mine.bits), (none, none), most)


def between(state: MachineState, one: int, two: int, most: int = MOST_PORTS) -> list[PortRights]:
    """The ports both tasks have names for, in the same order; of several names for one port the least, with the bits of all."""
    first, second = state.rights.of(one), state.rights.of(two)
    shared = np.intersect1d(first.address[first.address > 0], second.address[second.address > 0])
    return _rows(state, shared, _joined(first, shared), _joined(second, shared), most)


def _rows(state: MachineState, addresses: Ints, mine: tuple[Ints, Ints], other: tuple[Ints, Ints], most: int) -> list[PortRights]:
    ports = state.ports
    place = np.searchsorted(ports.address, addresses)
    known = np.append(ports.address, -1)[place] == addresses
    receiver, made, queued = (np.where(known, np.append(column, 0)[place], 0) for column in (ports.receiver, ports.seq, ports.queued))
    # Sets and dead names, which no event creates, come last.
    order = np.lexsort((mine[0], made, made == 0, -queued))[:most]
    columns = (addresses, *mine, *other, receiver, made, queued)
    return [PortRights(*row) for row in zip(*(column[order].tolist() for column in columns), strict=True)]


def _joined(rights: Rights, addresses: Ints) -> tuple[Ints, Ints]:
    """For each of these ports, to all of which there are rights: the least name, and the bits of all its names."""
    order = np.argsort(rights.address, kind="stable")
    address = rights.address[order]
    starts = np.searchsorted(address, addresses)
    if not len(addresses):
        return starts, starts
    ends = np.searchsorted(address, addresses, side="right")
    cuts = np.column_stack([starts, ends]).reshape(-1)
    bits = np.append(rights.bits[order], 0)
    return rights.name[order][starts], np.bitwise_or.reduceat(bits, cuts)[::2]


@dataclass(frozen=True, slots=True)
class Story:
    """One life of a port. born, died: seq, 0 if outside the recording; maker: the task that ran at birth, 0 for the kernel.

    sent, received: messages; most: largest queue, in messages; given: rights inserted. events: their number; rows (n, 10): the
    first MOST_ROWS of them.
    """

    address: int
    born: int = 0
    died: int = 0
    maker: int = 0
    sent: int = 0
    received: int = 0
    most: int = 0
    given: int = 0
    events: int = 0
    rows: Ints = field(default_factory=lambda: np.zeros((0, 10), np.int64))


def story(player: Player, address: int, born: int) -> Generator[tuple[int, int], None, Story]:
    """The life of the port created at `address` by event `born`, up to its end or that of the recording.

    In steps: yields (done, of) in events and returns the Story.
    Errors: InputError if the recording is damaged.
    """
    match, last = touches("port", address), player.recording.event_count
    counts, parts = Counter[int](), [np.zeros((0, 10), np.int64)]
    died = queued = most = kept = 0
    first = max(born, player.recording.first_event)
    while first <= last and not died:
        rows = player.recording.events(first, min(first + at_once(player.recording) - 1, last))
        first += len(rows)
        rows = rows[match(rows)]
        ends = np.flatnonzero(rows[:, KIND] == Kind.PORT_DESTROY)
        if len(ends):
            rows = rows[: int(ends[0]) + 1]
            died = int(rows[-1, SEQ])
        kinds = rows[:, KIND]
        counts.update(kinds.tolist())
        levels = queued + np.cumsum((kinds == Kind.MSG_QUEUE).astype(np.int64) - (kinds == Kind.MSG_UNQUEUE))
        most, queued = max(most, int(levels.max(initial=0))), int(levels[-1]) if len(levels) else queued
        parts.append(rows[: MOST_ROWS - kept])
        kept += len(parts[-1])
        yield first - 1, last
    shown = np.concatenate(parts)
    birth = shown[shown[:, SEQ] == born, TASK]
    sent, received, given = (counts[kind] for kind in (Kind.MSG_SEND, Kind.MSG_RECEIVE, Kind.RIGHT_INSERT))
    maker = int(birth[0]) if len(birth) else 0
    return Story(address, born, died, maker, sent, received, most, given, counts.total(), shown)


def story_line(row: Ints, address: int, tasks: dict[int, str]) -> str:
    """One event (10,) of a story in words; `address`: of the port; `tasks`: names by id."""
    kind, subject, size, extra = (int(row[i]) for i in (KIND, SUBJECT, SIZE, EXTRA))
    who = words.task_name(subject, tasks)
    match kind:
        case Kind.PORT_CREATE:
            return f"created, {who} receives" + (f" as {size:#x}" if size else "")
        case Kind.PORT_DESTROY:
            return f"destroyed with {words.number(extra)} queued messages"
        case Kind.RIGHT_INSERT:
            return f"{who} gets {rights_words(extra)} as {size:#x}"
        case Kind.RIGHT_DELETE:
            return f"{who} loses {rights_words(extra)} {size:#x}"
        case Kind.RIGHT_MOVE:
            return f"{who} receives instead of {words.task_name(extra, tasks)}"
        case Kind.MSG_SEND | Kind.MSG_QUEUE | Kind.MSG_UNQUEUE | Kind.MSG_RECEIVE | Kind.MSG_DESTROY:
            done = {Kind.MSG_SEND: "sent", Kind.MSG_QUEUE: "queued", Kind.MSG_UNQUEUE: "dequeued"}
            word = done.get(Kind(kind), "received" if kind == Kind.MSG_RECEIVE else "destroyed")
            return f"message {subject} of {words.number(size)} B {word}"
        case Kind.NOTIFY:
            return f"notification {subject}" + (" arrives" if extra == address else " about this port")
    known = [k.name for k in Kind if k == kind]
    return known[0].lower().replace("_", " ") if known else f"event of unknown kind {kind}"
