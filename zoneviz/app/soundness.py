"""Checking a recording against itself: the file, the events, and everything that was summed from them."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from zoneviz import words
from zoneviz.errors import InputError
from zoneviz.playback import Player
from zoneviz.recording import EventStream, Recording, stored
from zoneviz.state import codec
from zoneviz.state.checkpointer import FINE_STEP, Checkpointer
from zoneviz.state.figures import MAPS
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import PATH, SEQ, Ints
from zoneviz.state.sampler import NOTHING, Sampled, Sampler

BATCH = 1 << 16
_MACHINE = ("counts", *MAPS, "physical", "zones")


def problems(recording: Recording, on_progress: Callable[[int], object] | None = None) -> list[str]:
    """What is wrong with the recording, in sentences; empty if it is valid."""
    found: list[str] = []
    try:
        found += [f"SQLite finds: {' '.join(text.split())}." for text in recording.integrity()]
        found += _header(recording)
        found += _events(recording, on_progress)
    except InputError as error:
        found.append(str(error))
    return found


def _header(recording: Recording) -> Iterator[str]:
    header = recording.header
    rows, low, high = recording.events_span()
    count = recording.event_count - recording.first_event + 1
    if rows != count or (count and (low, high) != (recording.first_event, recording.event_count)):
        yield f"It holds {words.number(rows)} events, from {low} to {high}, instead of {words.number(count)}."
    if header.events != recording.event_count:
        yield f"The header says that the last event is {words.number(header.events)}, but it is {words.number(recording.event_count)}."
    if header.last_time != recording.last_time:
        yield f"The header says that the run ends at {header.last_time} ns, but the last event is at {recording.last_time} ns."


def _events(recording: Recording, on_progress: Callable[[int], object] | None) -> Iterator[str]:
    """Rebuild from the events what the recorder sums, and compare it with what the file holds."""
    catalog, before = recording.catalog, recording.first_event - 1
    stream = EventStream(last=before)
    base: MachineState | None = None
    due: list[tuple[int, bytes]] = []
    fine = stored.checkpoints_at(recording, FINE_STEP)  # any version may choose where, but what is there must be right
    if before:
        base = Player(recording).state
    sampler, checkpointer = Sampler(catalog, base), Checkpointer(catalog, base=base and base.copy(), fine=fine)
    due_samples = sampler.last()
    compared = before - 1
    problems: set[str] = set()
    for first in range(before + 1, recording.event_count + 1, BATCH):
        rows = recording.events(first, first + BATCH - 1)
        stream.feed(rows)
        if ((rows[:, PATH] < 0) | (rows[:, PATH] >= len(catalog.paths.rows))).any():
            problems.add("An event has an unknown call path.")
        due_samples = due_samples.joined(sampler.feed(rows))
        due += checkpointer.feed(rows)
        last = int(rows[-1, SEQ])
        if last == recording.event_count and recording.complete:
            due_samples = due_samples.joined(sampler.last())
        # Samples of a reading that has not ended come with a later batch, or never if the recording is incomplete.
        through = last if last == recording.event_count else sampler.complete_to
        problems.update(_samples(recording, compared + 1, through, due_samples))
        due_samples, compared = NOTHING, through
        problems.update(_checkpoints(recording, due))
        due = []
        if on_progress is not None:
            on_progress(last)
    yield from sorted(problems)
    dropping = before > 0 and not recording.complete and not recording.header.digest  # `record --keep`
    if stream.digest != recording.header.digest and not dropping:
        yield f"The digest of the events is {stream.digest}, but the header says {recording.header.digest}."
    yield from _rest(recording, checkpointer)


def _samples(recording: Recording, first: int, last: int, sampled: Sampled) -> Iterator[str]:
    for table, made in sampled._asdict().items():
        there = stored.samples_between(recording, table, first, last, len(made) + 1)
        if table != "samples":
            made = np.unique(made, axis=0)  # the one at the end may be there twice
        if there.shape != made.shape or (there != made).any():
            between = f"between events {words.number(first)} and {words.number(last)}"
            yield f"The {table.replace('_', ' ')} {between} differ from those rebuilt from the events."


def _checkpoints(recording: Recording, due: list[tuple[int, bytes]]) -> Iterator[str]:
    for seq, state in due:
        found = recording.checkpoint(seq)
        if found is None or found[0] != seq:
            yield f"The checkpoint after event {words.number(seq)} is missing."
        elif codec.partial(found[1]):
            continue
        elif found[1] != state and not _same(found[1], state):
            yield f"The checkpoint after event {words.number(seq)} differs from the state rebuilt from the events."


def _same(one: bytes, other: bytes) -> bool:
    """Whether two checkpoints are the same state. Tables may end in any number of zero rows."""
    try:
        (numbers, arrays), (others, more) = codec.unpack(one), codec.unpack(other)
    except InputError:
        return False
    return numbers == others and all(np.array_equal(_trimmed(values), _trimmed(more[name])) for name, values in arrays.items())


def _trimmed(values: Ints) -> Ints:
    used = np.flatnonzero(values.reshape(len(values), -1).any(axis=1)) if len(values) else np.zeros(0, np.intp)
    return values[: used[-1] + 1] if len(used) else values[:0]


def _rest(recording: Recording, checkpointer: Checkpointer) -> Iterator[str]:
    """Check that the file holds nothing else, and that the recorded result is that of the events."""
    for table in stored.misplaced(recording, FINE_STEP):
        yield f"It holds {table.replace('_', ' ')} at events that have none."
    result = recording.header.result
    if recording.complete and recording.header.can_run_again and "zones" in result:
        machine: dict[str, Any] = checkpointer.state.machine()
        wrong = [name for name in _MACHINE if name in result and result[name] != machine[name]]
        if wrong:
            yield f"The result in the header differs from that of the events: {', '.join(wrong)}."
