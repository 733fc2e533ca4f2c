"""What the four free columns of each kind of event mean: in words for people, and as what they refer to and measure for programs."""

from enum import StrEnum
from typing import NamedTuple

from zoneviz.events import Kind


class Refers(StrEnum):
    """What the number in a field identifies."""

    ZONE = "zone"
    MAP = "map"
    FIGURE = "figure"
    """A figure of the machine: an id in `Catalog.figures`."""
    TASK = "task"
    THREAD = "thread"
    ACTOR = "task or thread"
    PORT = "port"
    NAME = "name"
    """A port name in the task's own name space."""
    TEXT = "text"
    """An id in `Catalog.names`."""


class Unit(StrEnum):
    """What the number in a field measures."""

    BYTES = "bytes"
    COUNT = "count"
    ADDRESS = "address"
    SECONDS = "seconds"
    PRIORITY = "priority"


class Field(NamedTuple):
    """The meaning of one column for one kind. `words` are for people only; without words the column is always 0."""

    words: str = ""
    refers: Refers | None = None
    unit: Unit | None = None


class Fields(NamedTuple):
    """The meaning of the four free columns for one kind."""

    subject: Field
    address: Field
    size: Field
    extra: Field


def _size(words: str) -> Field:
    return Field(words, unit=Unit.BYTES)


def _count(words: str) -> Field:
    return Field(words, unit=Unit.COUNT)


def _address(words: str) -> Field:
    return Field(words, unit=Unit.ADDRESS)


def _task(words: str = "task") -> Field:
    return Field(words, Refers.TASK)


def _thread(words: str = "thread") -> Field:
    return Field(words, Refers.THREAD)


def _text(words: str) -> Field:
    return Field(words, Refers.TEXT)


_NONE = Field()
_ZONE = Field("zone", Refers.ZONE)
_MAP = Field("map", Refers.MAP)
_PORT = Field("of the port", Refers.PORT, Unit.ADDRESS)
_NAME = Field("name", Refers.NAME)
_PRIORITY = Field("priority", unit=Unit.PRIORITY)
_VIRTUAL = _address("virtual address")
_MESSAGE = Fields(Field("msgh_id"), _PORT, _size("message size"), _address("address of the kmsg"))

FIELDS: dict[Kind, Fields] = {
    Kind.ZINIT: Fields(_ZONE, _address("of the zone structure"), _size("element size"), _size("max_size")),
    Kind.ZALLOC: Fields(
        _ZONE, _address("of the element"), _size("element size"), Field("requested bytes << 1 | 1 if fresh space, 0 if free list")
    ),
    Kind.ZFREE: Fields(_ZONE, _address("of the element"), _size("element size"), Field("requested bytes << 1")),
    Kind.ZCRAM: Fields(_ZONE, _address("of the memory"), _size("memory added"), _count("elements put on the free list")),
    Kind.ZGROW: Fields(_ZONE, _NONE, _size("new max_size"), _size("old max_size")),
    Kind.ZEXTEND: Fields(
        _NONE, _address("new end of the bump region"), _size("taken from zone_map"), _size("lost at the old end by this jump")
    ),
    Kind.ZREFUSE: Fields(_ZONE, _NONE, _size("refused"), _NONE),
    Kind.ZEMPTY: Fields(_ZONE, _NONE, _size("above the max_size of a FIXED zone"), _NONE),
    Kind.ZCOLLECT: Fields(_ZONE, _address("of the page"), _size("freed"), _count("free elements removed")),
    Kind.KMEM_SUBALLOC: Fields(
        Field("new map", Refers.MAP), _address("of the range"), _size("size of the range"), Field("parent map", Refers.MAP)
    ),
    Kind.KMEM_ALLOC: Fields(_MAP, _address("of the range"), _size("size, whole pages"), Field("1 if kmem_realloc")),
    Kind.KMEM_FREE: Fields(_MAP, _address("of the range"), _size("size, whole pages"), _NONE),
    Kind.KMEM_FAIL: Fields(_MAP, _NONE, _size("requested"), Field("kern_return")),
    Kind.PAGE_GRAB: Fields(_count("pages taken from the free list"), _NONE, _NONE, _count("of them wired")),
    Kind.PAGE_RELEASE: Fields(
        _count("pages returned to the free list"), _NONE, Field("1 if created at boot"), _count("of them wired before")
    ),
    Kind.PAGE_WAIT: Fields(_thread("waiting thread"), _NONE, _NONE, _count("free pages")),
    Kind.PAGEOUT: Fields(_NONE, _NONE, _count("free pages"), _count("target")),
    Kind.PT_PAGE: Fields(_task("owner of the pmap"), _VIRTUAL, _NONE, _count("page tables in use")),
    Kind.STACK_COLLECT: Fields(_count("stacks on the free list"), _NONE, _NONE, _NONE),
    Kind.ZONE_GC: Fields(
        Field("seconds since boot", unit=Unit.SECONDS), _NONE, _NONE, Field("seconds at the last collection", unit=Unit.SECONDS)
    ),
    Kind.PORT_CREATE: Fields(_task("receiver task, 0: the kernel"), _PORT, Field("name, 0: none", Refers.NAME), _NONE),
    Kind.PORT_DESTROY: Fields(_task("last receiver task, 0: the kernel"), _PORT, _NONE, _count("messages on it")),
    Kind.RIGHT_INSERT: Fields(_task(), _PORT, _NAME, Field("type bits: 1 send, 2 receive, 4 send-once, 8 port set, 16 dead name")),
    Kind.RIGHT_DELETE: Fields(_task(), Field("of the port, 0: dead name", Refers.PORT, Unit.ADDRESS), _NAME, Field("type bits")),
    Kind.RIGHT_MOVE: Fields(_task("new receiver task"), _PORT, _NAME, _task("old receiver task")),
    Kind.TABLE_GROW: Fields(_task(), _address("of the new table"), _count("entries now"), _count("entries before")),
    Kind.NOTIFY: Fields(
        Field("msgh_id"),
        Field("of the port it is about", Refers.PORT, Unit.ADDRESS),
        _NONE,
        Field("address of the port it goes to", Refers.PORT, Unit.ADDRESS),
    ),
    Kind.PSET_CREATE: Fields(_task(), _address("of the set"), _NAME, _NONE),
    Kind.PSET_DESTROY: Fields(_task(), _address("of the set"), _NONE, _NONE),
    Kind.RPC: Fields(
        Field("msgh_id"),
        Field("of the kernel's port", Refers.PORT, Unit.ADDRESS),
        _size("size of the request"),
        Field("task or thread it is about, 0: none", Refers.ACTOR),
    ),
    Kind.MSG_SEND: _MESSAGE,
    Kind.MSG_QUEUE: _MESSAGE,
    Kind.MSG_UNQUEUE: _MESSAGE,
    Kind.MSG_RECEIVE: _MESSAGE,
    Kind.MSG_DESTROY: _MESSAGE,
    Kind.TASK_CREATE: Fields(_task(), _NONE, Field("1 if it inherits memory"), _task("parent task")),
    Kind.TASK_TERMINATE: Fields(_task(), _address("of the task structure"), _NONE, _NONE),
    Kind.TASK_DESTROY: Fields(_task(), _address("of the task structure"), _NONE, _NONE),
    Kind.THREAD_CREATE: Fields(_thread(), _NONE, _NONE, _task()),
    Kind.THREAD_READY: Fields(_thread(), _NONE, _PRIORITY, _NONE),
    Kind.THREAD_RUN: Fields(_thread(), _NONE, _PRIORITY, _thread("thread that ran before")),
    Kind.THREAD_BLOCK: Fields(_thread(), _address("of what it waits for"), Field("1 if it keeps its kernel stack"), _text("reason")),
    Kind.THREAD_TERMINATE: Fields(_thread(), _address("of the thread structure"), _NONE, _NONE),
    Kind.THREAD_DESTROY: Fields(_thread(), _address("of the thread structure"), _NONE, _task()),
    Kind.STACK_ALLOC: Fields(_thread(), _address("of the stack"), Field("1 if from kernel_map, 0 if from the free list"), _NONE),
    Kind.STACK_FREE: Fields(
        _thread(), _address("of the stack"), Field("1 if returned to kernel_map"), _count("stacks on the free list now")
    ),
    Kind.STACK_HANDOFF: Fields(_thread("new owner thread"), _address("of the stack"), _NONE, _thread("old owner thread")),
    Kind.REAPER_ENQUEUE: Fields(_thread(), _address("of the thread structure"), _NONE, _NONE),
    Kind.MAP_ENTER: Fields(_task(), _VIRTUAL, _size("size of the range"), Field("1 if an old entry was extended")),
    Kind.MAP_REMOVE: Fields(_task(), _VIRTUAL, _size("size of the range"), _NONE),
    Kind.OBJECT_CREATE: Fields(_NONE, _address("of the object"), _size("size of the object"), _NONE),
    Kind.OBJECT_SHADOW: Fields(_NONE, _address("of the shadowed object"), _size("size of the new object"), _NONE),
    Kind.OBJECT_TERMINATE: Fields(_NONE, _address("of the object"), _NONE, _count("resident pages freed")),
    Kind.PMAP_CREATE: Fields(_task(), _NONE, _NONE, _NONE),
    Kind.PMAP_DESTROY: Fields(_task(), _address("of the pmap"), _NONE, _count("page tables freed")),
    Kind.BOOTED: Fields(_NONE, _NONE, _size("free memory of kernel_map"), _NONE),
    Kind.OPERATION: Fields(Field("kern_return"), _NONE, _NONE, _count("number of the successful round, from 1")),
    Kind.FORK: Fields(_task("parent task"), _NONE, _NONE, _task("child task")),
    Kind.PROCESS_START: Fields(Field("pid"), _NONE, _NONE, _task()),
    Kind.PROCESS_EXIT: Fields(Field("pid"), _NONE, _NONE, _task()),
    Kind.MARK: Fields(_text("name of the mark"), _NONE, _NONE, _count("number chosen by the scenario")),
    Kind.CONSOLE: Fields(_text("printed text"), _NONE, _NONE, _NONE),
    Kind.PANIC: Fields(_text("panic message"), _NONE, _NONE, _text("exhausted memory")),
    Kind.HANG: Fields(_thread(), _NONE, _NONE, _text("who waits for what")),
    Kind.OTHER: Fields(_text("event as named in the stream"), _address("as in the stream"), Field("as in the stream"), _text("detail")),
    Kind.READING: Fields(_count("number of the reading, from 1"), _NONE, _NONE, _NONE),
    Kind.ZONE_FIGURE: Fields(
        _ZONE,
        _NONE,
        Field("new value"),
        Field("which figure: 0 in_use, 1 free, 2 cur_size, 3 max_size, 4 allocs, 5 frees, 6 failures"),
    ),
    Kind.MACHINE_FIGURE: Fields(Field("figure", Refers.FIGURE), _NONE, Field("new value"), _NONE),
    Kind.LOST: Fields(_count("processor that lost events, from 1; 0: unknown"), _NONE, _count("events lost; 0: unknown"), _NONE),
}


def kinds_where(column: str, *refers: Refers) -> list[int]:
    """The kinds whose field in `column` ("subject", "address", "size", "extra") refers to one of these."""
    return [int(kind) for kind, fields in FIELDS.items() if getattr(fields, column).refers in refers]
