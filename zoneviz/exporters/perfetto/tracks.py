"""The packets of a Perfetto trace: TrackDescriptor and TrackEvent, numbered as in
https://github.com/google/perfetto/blob/main/protos/perfetto/trace/perfetto_trace.proto.
"""

from typing import BinaryIO

from zoneviz import words
from zoneviz.events import Catalog
from zoneviz.exporters.perfetto.wire import Value, field, message
from zoneviz.playback.tables import Names

# TracePacket, TrackDescriptor and the messages in them.
_PACKET, _TIMESTAMP, _SEQUENCE, _EVENT, _FLAGS, _CLOCK, _TRACK = 1, 8, 10, 11, 13, 58, 60
_UUID, _NAME, _PROCESS, _THREAD, _PARENT, _COUNTER = 1, 2, 3, 4, 5, 8
_PID, _PROCESS_NAME, _TID, _THREAD_NAME, _UNIT = 1, 6, 2, 5, 3
# TrackEvent and its debug annotations.
_NOTE, _TYPE, _OF_TRACK, _CATEGORY, _EVENT_NAME, _VALUE = 4, 9, 11, 22, 23, 30
_NOTE_INT, _NOTE_TEXT, _NOTE_NAME = 4, 6, 10
BEGIN, END, INSTANT, COUNTER = 1, 2, 3, 4
BYTES = 3
"""CounterDescriptor.Unit: UNIT_SIZE_BYTES."""
_MONOTONIC = 6  # the simulated kernel's clock; no other clock is in the trace
_KERNEL, _TASK_BIT, _THREAD_BIT, _RPC_BIT, _COUNTER_BIT = 1, 1 << 40, 2 << 40, 3 << 40, 4 << 40


class Tracks:
    """Writes events, each track preceded by its descriptor."""

    def __init__(self, catalog: Catalog, out: BinaryIO) -> None:
        self._out = out
        self._names = Names(catalog)
        self._task_of = {thread.id: thread.task for thread in catalog.threads}
        self._known: set[int] = set()
        self._flags = 1  # SEQ_INCREMENTAL_STATE_CLEARED, in the first packet

    def kernel(self) -> int:
        """The track of events without a task: panic and notes."""
        return self._describe(_KERNEL, (_NAME, "the kernel"))

    def task(self, task: int) -> int:
        """A task's track."""
        name = words.task_name(task, self._names.tasks)
        return self._describe(_TASK_BIT | task, (_PROCESS, message((_PID, task), (_PROCESS_NAME, name))))

    def thread(self, thread: int) -> int:
        """A thread's track, for its states."""
        task = self._task_of.get(thread, 0)
        self.task(task)
        name = self._names.threads.get(thread, "") or f"thread {thread}"
        about = message((_PID, task), (_TID, thread), (_THREAD_NAME, name))
        return self._describe(_THREAD_BIT | thread, (_PARENT, _TASK_BIT | task), (_THREAD, about))

    def rpcs(self, thread: int) -> int:
        """A child track for a thread's RPCs, which do not nest in its states."""
        return self._describe(_RPC_BIT | thread, (_PARENT, self.thread(thread)), (_NAME, "RPCs"))

    def counter(self, number: int, name: str) -> int:
        """The track of a counter of bytes."""
        return self._describe(_COUNTER_BIT | number, (_NAME, name), (_COUNTER, message((_UNIT, BYTES))))

    def slice(self, track: int, start: int, end: int, name: str, notes: dict[str, int | str] | None = None) -> None:
        """A slice from `start` to `end`, in ns."""
        self._event(start, track, BEGIN, name, notes)
        self._event(end, track, END)

    def begin(self, track: int, time: int, name: str) -> None:
        """Begin a slice that `end` ends; `time` in ns."""
        self._event(time, track, BEGIN, name)

    def end(self, track: int, time: int) -> None:
        """End the last slice that began on a track; `time` in ns."""
        self._event(time, track, END)

    def instant(self, track: int, time: int, name: str, notes: dict[str, int | str] | None = None) -> None:
        """An event without duration; `time` in ns."""
        self._event(time, track, INSTANT, name, notes)

    def count(self, track: int, time: int, value: int) -> None:
        """A counter has `value` from `time`, in ns."""
        self._packet((_TIMESTAMP, time), (_EVENT, message((_TYPE, COUNTER), (_OF_TRACK, track), (_VALUE, value))))

    def _event(self, time: int, track: int, kind: int, name: str = "", notes: dict[str, int | str] | None = None) -> None:
        fields: list[tuple[int, Value]] = [(_TYPE, kind), (_OF_TRACK, track)]
        if name:
            fields += [(_EVENT_NAME, name), (_CATEGORY, "zoneviz")]
        for key, value in (notes or {}).items():
            which = _NOTE_INT if isinstance(value, int) else _NOTE_TEXT
            fields.append((_NOTE, message((_NOTE_NAME, key), (which, value))))
        self._packet((_TIMESTAMP, time), (_EVENT, message(*fields)))

    def _describe(self, uuid: int, *fields: tuple[int, Value]) -> int:
        if uuid not in self._known:
            self._known.add(uuid)
            self._packet((_TRACK, message((_UUID, uuid), *fields)))
        return uuid

    def _packet(self, *fields: tuple[int, Value]) -> None:
        flags = ((_FLAGS, self._flags),) if self._flags else ()
        self._flags = 0
        self._out.write(field(_PACKET, message(*fields, (_CLOCK, _MONOTONIC), (_SEQUENCE, 1), *flags)))
