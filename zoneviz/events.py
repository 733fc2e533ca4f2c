"""Events: plain rows of integers, the interface between the kernel (or an importer), recordings and views.

One event is one tuple of nine integers:

    (kind, time, task, thread, path, subject, address, size, extra)

`time` is simulated nanoseconds since power-on (for an imported stream: its own clock in ns, or 0 without one). `task` and
`thread` are the ids of the RUNNING task and thread (0, 0: before threads exist) and never reused. `path` is an id in
`Catalog.paths`. The meaning of the last four depends on the kind: see `zoneviz.fields`. A text is an id in `Catalog.names`.
The number of an event, `seq`, is its position, from 1.

An event that changes a count is emitted right after the change: applying the first n events gives the state of the kernel when it
emitted the n-th. Events that announce work (RPC, *_CREATE, *_SHADOW, *_TERMINATE, *_DESTROY, NOTIFY) are emitted where the work
begins, before its allocations.

A machine that reports tables of figures instead of events is recorded as readings: a READING, then one ZINIT for each zone seen for
the first time, and one ZONE_FIGURE or MACHINE_FIGURE for each figure that changed, all at the time of the reading. Readings are
numbered from 1, and each has a later time than the one before. A figure holds until it is set again; it is never negative. Events may
count on from a figure of a zone that was set.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Final, NamedTuple

Event = tuple[int, int, int, int, int, int, int, int, int]
Sink = Callable[[Event], object]
"""Called with each event: `append` of a list, `extend` of a flat list, or the sink of an `EventStream`."""

COLUMNS: Final = ("kind", "time", "task", "thread", "path", "subject", "address", "size", "extra")
WIDTH: Final = len(COLUMNS)


class Kind(IntEnum):
    """The kinds of event. Files contain these numbers: never renumber, only add."""

    # zones (kern/zalloc.c)
    ZINIT = 1
    ZALLOC = 2
    ZFREE = 3
    ZCRAM = 4
    ZGROW = 5
    ZEXTEND = 6
    ZREFUSE = 7
    ZEMPTY = 8
    ZCOLLECT = 9
    # kernel virtual memory (vm/vm_kern.c)
    KMEM_SUBALLOC = 20
    KMEM_ALLOC = 21
    KMEM_FREE = 22
    KMEM_FAIL = 23
    # physical memory (vm/vm_resident.c, vm/vm_pageout.c)
    PAGE_GRAB = 30
    PAGE_RELEASE = 31
    PAGE_WAIT = 32
    PAGEOUT = 33
    PT_PAGE = 34
    STACK_COLLECT = 35
    ZONE_GC = 36
    # ports and rights (ipc/)
    PORT_CREATE = 40
    PORT_DESTROY = 41
    RIGHT_INSERT = 42
    RIGHT_DELETE = 43
    RIGHT_MOVE = 44
    TABLE_GROW = 45
    NOTIFY = 46
    PSET_CREATE = 47
    PSET_DESTROY = 48
    # messages
    RPC = 50
    MSG_SEND = 51
    MSG_QUEUE = 52
    MSG_UNQUEUE = 53
    MSG_RECEIVE = 54
    MSG_DESTROY = 55
    # tasks and threads (kern/)
    TASK_CREATE = 60
    TASK_TERMINATE = 61
    TASK_DESTROY = 62
    THREAD_CREATE = 63
    THREAD_READY = 64
    THREAD_RUN = 65
    THREAD_BLOCK = 66
    THREAD_TERMINATE = 67
    THREAD_DESTROY = 68
    STACK_ALLOC = 69
    STACK_FREE = 70
    STACK_HANDOFF = 71
    REAPER_ENQUEUE = 72
    # address spaces (vm/)
    MAP_ENTER = 80
    MAP_REMOVE = 81
    OBJECT_CREATE = 82
    OBJECT_SHADOW = 83
    OBJECT_TERMINATE = 84
    PMAP_CREATE = 85
    PMAP_DESTROY = 86
    # the run
    BOOTED = 90
    OPERATION = 91
    FORK = 92
    PROCESS_START = 93
    PROCESS_EXIT = 94
    MARK = 95
    CONSOLE = 96
    PANIC = 97
    HANG = 98
    OTHER = 99
    # readings: figures set by a machine that reports tables
    READING = 100
    ZONE_FIGURE = 101
    MACHINE_FIGURE = 102
    # a live machine
    LOST = 103


# Right types, as in mach/port.h's MACH_PORT_TYPE_*, shifted down by 16.
SEND: Final = 1
RECEIVE: Final = 2
SEND_ONCE: Final = 4
PORT_SET: Final = 8
DEAD_NAME: Final = 16

# The words of `ZoneInfo.flags`.
EXHAUSTIBLE: Final = "exhaustible"
FIXED: Final = "fixed"
COLLECTABLE: Final = "collectable"
RECLAIMABLE: Final = "reclaimable"
"""Of a real machine: the system takes its memory back when memory runs short."""


class ZoneInfo(NamedTuple):
    """A zone as created by zinit. Sizes in bytes. `flags`: words of "exhaustible fixed collectable reclaimable", or ""."""

    id: int
    name: str
    elem_size: int
    max_size: int
    alloc_size: int
    flags: str


class MapInfo(NamedTuple):
    """A kernel map: its address range [start, end) in bytes and its parent map (0: none)."""

    id: int
    name: str
    start: int
    end: int
    parent: int


class FigureInfo(NamedTuple):
    """A figure of the machine that readings set, such as "SUnreclaim". `unit`: "bytes", "count" or another `fields.Unit`.

    A figure named like a column of the table `samples`, such as "zone_map_used", sets that column, in its unit;
    events then do not count it.
    """

    id: int
    name: str
    unit: str


class TaskInfo(NamedTuple):
    id: int
    name: str


class ThreadInfo(NamedTuple):
    id: int
    task: int
    name: str


class Machine(NamedTuple):
    """Constants of the kernel that the events come from; 0: unknown. Sizes in bytes.

    `boot_zone_memory`: what zones have before zone_map gives them a page. `table_entries`: entries of a new task's name table;
    `table_entry_size`: bytes of one.
    """

    boot_zone_memory: int = 0
    table_entries: int = 0
    table_entry_size: int = 0


class Names:
    """Interned strings: `ids[text]` gives the id, `strings[id]` the text. Id 0 is the empty string."""

    __slots__ = ("ids", "strings")

    def __init__(self) -> None:
        self.ids: dict[str, int] = {"": 0}
        self.strings: list[str] = [""]

    def intern(self, text: str) -> int:
        """The id of `text`, a new one if needed."""
        found = self.ids.get(text)
        if found is None:
            found = len(self.strings)
            self.ids[text] = found
            self.strings.append(text)
        return found


class CallPaths(dict[tuple[int, str], int]):
    """Interned call paths, a tree: `paths[parent_id, frame]` is the id of the path one frame deeper.

    Id 0 is the empty path. `rows[id]` is (parent id, frame); ids are dense, and a parent precedes its children.
    """

    __slots__ = ("rows",)

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[int, str]] = [(0, "")]

    def __missing__(self, key: tuple[int, str]) -> int:
        new = len(self.rows)
        self[key] = new
        self.rows.append(key)
        return new

    def frames(self, path: int) -> list[str]:
        """The frames of a path, outermost first."""
        out = []
        while path:
            path, frame = self.rows[path]
            out.append(frame)
        return out[::-1]

    def text(self, path: int) -> str:
        """The path as people read it: `fork > task_create > ipc_space_create`."""
        return " > ".join(self.frames(path))


class Catalog:
    """Everything the integers of events refer to. Lists are append-only, so a recorder can write what is new.

    `machine` is set before the first event. `zones[i].id == i + 1`, and likewise for `maps` and `figures`; tasks and threads are
    appended when they are created. A later entry with the same id renames (a task that execs); readers keep the last.
    """

    __slots__ = ("_task_names", "_tasks_named", "_thread_names", "_threads_named", "figures", "machine", "maps", "names", "paths",
                 "tasks", "threads", "zones")  # fmt: skip

    def __init__(self) -> None:
        self.machine = Machine()
        self.names = Names()
        self.paths = CallPaths()
        self.zones: list[ZoneInfo] = []
        self.maps: list[MapInfo] = []
        self.figures: list[FigureInfo] = []
        self.tasks: list[TaskInfo] = []
        self.threads: list[ThreadInfo] = []
        self._task_names: dict[int, str] = {}
        self._thread_names: dict[int, str] = {}
        self._tasks_named = 0
        self._threads_named = 0

    @property
    def task_count(self) -> int:
        """How many names `tasks` holds. A reader knows it without reading them."""
        return len(self.tasks)

    @property
    def thread_count(self) -> int:
        """How many names `threads` holds."""
        return len(self.threads)

    @property
    def task_names(self) -> dict[int, str]:
        """The last name of each task by its id. Kept up to date incrementally: a long run has tens of thousands of tasks."""
        self._task_names.update((task.id, task.name) for task in self.tasks[self._tasks_named :])
        self._tasks_named = len(self.tasks)
        return self._task_names

    @property
    def thread_names(self) -> dict[int, str]:
        """The last name of each thread by its id."""
        self._thread_names.update((thread.id, thread.name) for thread in self.threads[self._threads_named :])
        self._threads_named = len(self.threads)
        return self._thread_names
