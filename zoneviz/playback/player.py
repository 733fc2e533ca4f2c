"""Moving through a recording, forwards and backwards."""

from collections import OrderedDict
from typing import NamedTuple

import numpy as np

from zoneviz.errors import InputError
from zoneviz.events import Kind
from zoneviz.recording import Recording
from zoneviz.state import codec
from zoneviz.state.machine import MachineState, from_bytes
from zoneviz.state.rows import KIND, SEQ, Ints

BLOCK = 4096
"""Events read at once. Copies of the state are kept at some multiples of it, which makes stepping back fast."""
_FAR = 4
"""Over a long way, copies are kept every this many blocks: fewer and larger batches take half the time."""
_BLOCKS = 256
"""Blocks kept: 80 MiB."""
_COPIES = 16
"""Copies kept: a copy of a state with 180,000 elements takes up to 11 MiB, unless it shares its tables with others."""
RUNG = 8
_STRETCH = 512
"""For stepping back, copies of the state every RUNG events over this many events before the moment."""


def at_once(recording: Recording) -> int:
    """Events per step of a long pass: few during a live run, because reading holds the GIL."""
    return 4 * BLOCK if recording.complete else BLOCK // 4


class Moment(NamedTuple):
    """A moment of a recording: after event `seq`, at simulated `time` in ns."""

    seq: int
    time: int


class Player:
    """A recording and a moment in it. Starts before the first event.

    Errors: every move raises InputError if the recording is damaged; the player then stays where it is.
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self._begin()

    def _begin(self) -> None:
        """Start before the first event, with nothing read."""
        self._start = self._carried_in()
        self.state = self._start
        """The machine at the moment. Each move makes a new object, so a state that is kept does not change."""
        self._blocks: OrderedDict[int, Ints] = OrderedDict()
        self._copies: OrderedDict[int, MachineState] = OrderedDict()
        self._rungs: dict[int, MachineState] = {}

    @property
    def _dropped(self) -> bool:
        """Whether the recording begins later than before: `record --keep` drops its oldest events."""
        return self._start.seq != self.recording.first_event - 1

    @property
    def moment(self) -> Moment:
        """The current moment."""
        return Moment(self.state.seq, self.state.time)

    def seek(self, seq: int) -> MachineState:
        """Move to the moment after event `seq`, clipped to the recording. Returns the state there."""
        if self._dropped:
            self._begin()
        seq = max(self._start.seq, min(seq, self.recording.event_count))
        if seq == self.state.seq:
            return self.state
        if 0 < self.state.seq - seq <= RUNG and seq // RUNG * RUNG not in self._rungs:
            self._climb(seq // RUNG * RUNG)
        state = self._base(seq).copy()
        while state.seq < seq:
            far = (state.seq // (_FAR * BLOCK) + 1) * _FAR * BLOCK
            near = seq // BLOCK * BLOCK
            state.apply(self.rows(state.seq + 1, far if far <= seq else near if near > state.seq else seq))
            if state.seq % BLOCK == 0:
                self._keep(state)
        self.state = state
        return state

    def _climb(self, top: int) -> None:
        """Keep copies every RUNG events up to `top`; a step back then replays a few events from one of them.

        Events are never undone, so there is only one set of rules.
        """
        start = max(top - _STRETCH, self._start.seq)
        state = self._base(start).copy()
        if start > state.seq:
            state.apply(self.rows(state.seq + 1, start))
        self._rungs = {}
        for past in range(-(-start // RUNG) * RUNG, top + 1, RUNG):
            if past > state.seq:
                state.apply(self.rows(state.seq + 1, past))
            if past == state.seq:
                self._rungs[past] = state.copy()

    def step(self, events: int = 1) -> MachineState:
        """Move by a number of events, backwards if negative."""
        return self.seek(self.state.seq + events)

    def at_end(self) -> MachineState:
        """Move to the last event."""
        return self.seek(self.recording.event_count)

    def at_panic(self) -> MachineState | None:
        """Move to the panic; without a panic return None and stay."""
        seq = self.panic_seq()
        return None if seq is None else self.seek(seq)

    def panic_seq(self) -> int | None:
        """Number of the PANIC event among the last BLOCK events, None if missing."""
        last = self.recording.event_count
        rows = self.recording.events(last - BLOCK, last)
        found = rows[rows[:, KIND] == Kind.PANIC, SEQ]
        return int(found[-1]) if len(found) else None

    def refresh(self) -> bool:
        """Read what was recorded since; whether there are new events. The moment stays, unless it was dropped from the recording."""
        grown = self.recording.refresh()
        if self._dropped:
            self.seek(self.state.seq)
        return grown

    def rows(self, first: int, last: int) -> Ints:
        """Events first to last, (n, 10), from the cache where possible."""
        if self._dropped:
            self.seek(self.state.seq)
        first, last = max(first, self.recording.first_event), min(last, self.recording.event_count)
        if first > last:
            return np.empty((0, 10), np.int64)
        parts = []
        for number in range((first - 1) // BLOCK, (last - 1) // BLOCK + 1):
            before = max(number * BLOCK, self._start.seq)
            block = self._block(number, min(last, (number + 1) * BLOCK) - before)
            parts.append(block[max(first - before - 1, 0) : last - before])
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _block(self, number: int, need: int) -> Ints:
        block = self._blocks.get(number)
        if block is None or len(block) < need:
            before = max(number * BLOCK, self._start.seq)
            have = 0 if block is None else len(block)
            more = self.recording.events(before + have + 1, (number + 1) * BLOCK)
            block = more if block is None else np.concatenate([block, more])
            self._blocks[number] = block
            if len(self._blocks) > _BLOCKS:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end(number)
        return block

    def _base(self, seq: int) -> MachineState:
        """The nearest state at or before `seq`: the current one, a kept copy, or a checkpoint."""
        best = self.state if self.state.seq <= seq else self._start
        kept = max((s for s in self._copies if s <= seq), default=-1)
        if kept > best.seq:
            self._copies.move_to_end(kept)
            best = self._copies[kept]
        rung = self._rungs.get(seq // RUNG * RUNG)
        if rung is not None and rung.seq > best.seq:
            best = rung
        if seq - best.seq > BLOCK:
            found = self.recording.checkpoint(seq)
            # A checkpoint of another version is ignored: replaying events gives the same state, more slowly.
            if found and found[0] > best.seq and codec.known(found[1]):
                best = self._unpack(found)
                self._keep(best)
        return best

    def _carried_in(self) -> MachineState:
        """The machine before the first event: new, or the one an excerpt was cut with."""
        before = self.recording.first_event - 1
        if not before:
            return MachineState(self.recording.catalog)
        found = self.recording.checkpoint(before)
        if found is None or found[0] != before:
            if self.recording.refresh() and self.recording.first_event - 1 != before:
                return self._carried_in()
            raise InputError(f"{self.recording.path} is damaged: the state before its first event is missing.")
        return self._unpack(found)

    def _unpack(self, checkpoint: tuple[int, bytes]) -> MachineState:
        state = from_bytes(checkpoint[1], self.recording.catalog)
        if state.seq != checkpoint[0]:
            raise InputError(f"{self.recording.path} is damaged: checkpoint {checkpoint[0]} has the state of event {state.seq}.")
        return state

    def _keep(self, state: MachineState) -> None:
        self._copies[state.seq] = state.copy()
        self._copies.move_to_end(state.seq)
        if len(self._copies) > _COPIES:
            self._copies.popitem(last=False)
