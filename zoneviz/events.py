"""What happened, as plain rows: the waist between the kernel (or an importer), the recording and the views.

One event is one tuple of nine integers:

    (kind, time, task, thread, path, subject, address, size, extra)

`time` is simulated nanoseconds since the processor started (for an imported stream: its own clock in ns, or 0
where it has none). `task` and `thread` are the ids of who was RUNNING (0, 0: before threads exist), never
reused. `path` is an id in `Catalog.paths`. What the other four mean depends on the kind: see `FIELDS`.
An event's number, `seq`, is its position, from 1. Where a kind carries a name or a text, it is an id in
`Catalog.names`. An event that changes a count is told right after the change, so that applying the first n events gives the state of
the kernel at the moment it told the n-th. Those that say what is going on (RPC, *_CREATE, *_SHADOW, *_TERMINATE,
*_DESTROY, NOTIFY) are told where that work begins, before the allocations it makes.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

Event = tuple[int, int, int, int, int, int, int, int, int]
Sink = Callable[[Event], object]
"""What the kernel calls with each event: a list's `append`, or a flat list's `extend`, or the recorder."""

COLUMNS = ("kind", "time", "task", "thread", "path", "subject", "address", "size", "extra")
WIDTH = len(COLUMNS)


class Kind(IntEnum):
    """The kinds of event. The numbers stand in files: never renumber, only add."""

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


class Fields(NamedTuple):
    """What the four free columns of a kind mean; an empty string: always 0."""

    subject: str
    address: str
    size: str
    extra: str


FIELDS: dict[Kind, Fields] = {
    Kind.ZINIT: Fields("zone", "of the zone structure", "element size in bytes", "max_size in bytes"),
    Kind.ZALLOC: Fields("zone", "of the element", "element size in bytes", "bytes asked for << 1 | 1 if fresh space, 0 if free list"),
    Kind.ZFREE: Fields("zone", "of the element", "element size in bytes", "bytes asked for << 1"),
    Kind.ZCRAM: Fields("zone", "of the memory", "bytes", "elements put on the free list"),
    Kind.ZGROW: Fields("zone", "", "new max_size in bytes", "old max_size in bytes"),
    Kind.ZEXTEND: Fields("", "end of the bump region now", "bytes added from zone_map", "bytes lost at the old end by this jump"),
    Kind.ZREFUSE: Fields("zone", "", "bytes refused", ""),
    Kind.ZEMPTY: Fields("zone", "", "bytes over a FIXED zone's max_size", ""),
    Kind.ZCOLLECT: Fields("zone", "of the page", "bytes given back", "free elements removed"),
    Kind.KMEM_SUBALLOC: Fields("new map", "of the range", "bytes", "map it is taken from"),
    Kind.KMEM_ALLOC: Fields("map", "of the range", "bytes, whole pages", "1 if kmem_realloc"),
    Kind.KMEM_FREE: Fields("map", "of the range", "bytes, whole pages", ""),
    Kind.KMEM_FAIL: Fields("map", "", "bytes asked for", "kern_return"),
    Kind.PAGE_GRAB: Fields("pages taken from the free list", "", "", "of them, wired"),
    Kind.PAGE_RELEASE: Fields("pages given back to the free list", "", "1 if they were made at boot", "of them, were wired"),
    Kind.PAGE_WAIT: Fields("thread that waits", "", "", "free pages"),
    Kind.PAGEOUT: Fields("", "", "free pages", "target"),
    Kind.PT_PAGE: Fields("task whose pmap", "virtual address", "", "page tables in use"),
    Kind.STACK_COLLECT: Fields("stacks on the free list", "", "", ""),
    Kind.ZONE_GC: Fields("seconds since boot", "", "", "second of the last collection"),
    Kind.PORT_CREATE: Fields("task that receives, 0: the kernel", "of the port", "name, 0: none", ""),
    Kind.PORT_DESTROY: Fields("task that received, 0: the kernel", "of the port", "", "messages on it"),
    Kind.RIGHT_INSERT: Fields("task", "of the port", "name", "type bits: 1 send, 2 receive, 4 send-once, 8 port set, 16 dead name"),
    Kind.RIGHT_DELETE: Fields("task", "of the port, 0: dead name", "name", "type bits"),
    Kind.RIGHT_MOVE: Fields("new receiver task", "of the port", "name", "old receiver task"),
    Kind.TABLE_GROW: Fields("task", "of the new table", "entries now", "entries before"),
    Kind.NOTIFY: Fields("msgh_id", "of the port it is about", "", "address of the port it goes to"),
    Kind.PSET_CREATE: Fields("task", "of the set", "name", ""),
    Kind.PSET_DESTROY: Fields("task", "of the set", "", ""),
    Kind.RPC: Fields("msgh_id", "of the kernel's port", "bytes of the request", "task or thread it is about, 0: none"),
    Kind.MSG_SEND: Fields("msgh_id", "of the port", "bytes", "address of the kmsg"),
    Kind.MSG_QUEUE: Fields("msgh_id", "of the port", "bytes", "address of the kmsg"),
    Kind.MSG_UNQUEUE: Fields("msgh_id", "of the port", "bytes", "address of the kmsg"),
    Kind.MSG_RECEIVE: Fields("msgh_id", "of the port", "bytes", "address of the kmsg"),
    Kind.MSG_DESTROY: Fields("msgh_id", "of the port", "bytes", "address of the kmsg"),
    Kind.TASK_CREATE: Fields("task", "", "1 if it inherits memory", "parent task"),
    Kind.TASK_TERMINATE: Fields("task", "of the task structure", "", ""),
    Kind.TASK_DESTROY: Fields("task", "of the task structure", "", ""),
    Kind.THREAD_CREATE: Fields("thread", "", "", "task"),
    Kind.THREAD_READY: Fields("thread", "", "priority", ""),
    Kind.THREAD_RUN: Fields("thread", "", "priority", "thread that ran before"),
    Kind.THREAD_BLOCK: Fields("thread", "of what it waits for", "1 if it keeps its kernel stack", "name: why"),
    Kind.THREAD_TERMINATE: Fields("thread", "of the thread structure", "", ""),
    Kind.THREAD_DESTROY: Fields("thread", "of the thread structure", "", "task"),
    Kind.STACK_ALLOC: Fields("thread", "of the stack", "1 if from kernel_map, 0 if from the free list", ""),
    Kind.STACK_FREE: Fields("thread", "of the stack", "1 if given back to kernel_map", "stacks on the free list now"),
    Kind.STACK_HANDOFF: Fields("thread that gets the stack", "of the stack", "", "thread that had it"),
    Kind.REAPER_ENQUEUE: Fields("thread", "of the thread structure", "", ""),
    Kind.MAP_ENTER: Fields("task", "virtual address", "bytes", "1 if an old entry was extended"),
    Kind.MAP_REMOVE: Fields("task", "virtual address", "bytes", ""),
    Kind.OBJECT_CREATE: Fields("", "of the object", "bytes", ""),
    Kind.OBJECT_SHADOW: Fields("", "of the object that is shadowed", "bytes of the new object", ""),
    Kind.OBJECT_TERMINATE: Fields("", "of the object", "", "resident pages freed"),
    Kind.PMAP_CREATE: Fields("task", "", "", ""),
    Kind.PMAP_DESTROY: Fields("task", "of the pmap", "", "page tables freed"),
    Kind.BOOTED: Fields("", "", "free bytes of kernel_map", ""),
    Kind.OPERATION: Fields("kern_return", "", "", "number of the successful round, from 1"),
    Kind.FORK: Fields("parent task", "", "", "child task"),
    Kind.PROCESS_START: Fields("pid", "", "", "task"),
    Kind.PROCESS_EXIT: Fields("pid", "", "", "task"),
    Kind.MARK: Fields("name", "", "", "a number of the scenario's own"),
    Kind.CONSOLE: Fields("name: the text printed", "", "", ""),
    Kind.PANIC: Fields("name: the text", "", "", "name: the memory that ended"),
    Kind.HANG: Fields("thread", "", "", "name: who waits for what"),
    Kind.OTHER: Fields("name: the event as the stream called it", "as it stood there", "as it stood there", "name: the detail, or 0"),
}

# Right types, as in mach/port.h's MACH_PORT_TYPE_*, shifted down by 16.
SEND, RECEIVE, SEND_ONCE, PORT_SET, DEAD_NAME = 1, 2, 4, 8, 16

EXHAUSTIBLE, FIXED, COLLECTABLE = "exhaustible", "fixed", "collectable"


class ZoneInfo(NamedTuple):
    """A zone as zinit made it. Sizes in bytes. `flags`: words of "exhaustible fixed collectable", or ""."""

    id: int
    name: str
    elem_size: int
    max_size: int
    alloc_size: int
    flags: str


class MapInfo(NamedTuple):
    """A kernel map: its address range in bytes [start, end) and the map it was taken from (0: none)."""

    id: int
    name: str
    start: int
    end: int
    parent: int


class TaskInfo(NamedTuple):
    id: int
    name: str


class ThreadInfo(NamedTuple):
    id: int
    task: int
    name: str


class Names:
    """Interned strings: `ids[text]` gives the id, `strings[id]` the text. Id 0 is the empty string."""

    __slots__ = ("ids", "strings")

    def __init__(self) -> None:
        self.ids: dict[str, int] = {"": 0}
        self.strings: list[str] = [""]

    def intern(self, text: str) -> int:
        """The id of `text`, a new one if it was never seen."""
        found = self.ids.get(text)
        if found is None:
            found = len(self.strings)
            self.ids[text] = found
            self.strings.append(text)
        return found


class CallPaths(dict[tuple[int, str], int]):
    """Interned call paths, a tree: `paths[parent_id, frame]` is the id of the path one frame deeper.

    Id 0 is the empty path. `rows[id]` is (parent id, frame); ids are dense, parents come first.
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

    `zones[i].id == i + 1` and likewise for `maps`; tasks and threads are appended when they are made.
    A later entry with the same id renames (a task that execs); readers keep the last.
    """

    __slots__ = ("_task_names", "_tasks_named", "_thread_names", "_threads_named", "maps", "names", "paths", "tasks", "threads", "zones")

    def __init__(self) -> None:
        self.names = Names()
        self.paths = CallPaths()
        self.zones: list[ZoneInfo] = []
        self.maps: list[MapInfo] = []
        self.tasks: list[TaskInfo] = []
        self.threads: list[ThreadInfo] = []
        self._task_names: dict[int, str] = {}
        self._thread_names: dict[int, str] = {}
        self._tasks_named = 0
        self._threads_named = 0

    @property
    def task_names(self) -> dict[int, str]:
        """The last name of each task by its id. Kept: a long run has tens of thousands, and views ask at every moment."""
        self._task_names.update((task.id, task.name) for task in self.tasks[self._tasks_named :])
        self._tasks_named = len(self.tasks)
        return self._task_names

    @property
    def thread_names(self) -> dict[int, str]:
        """The last name of each thread by its id."""
        self._thread_names.update((thread.id, thread.name) for thread in self.threads[self._threads_named :])
        self._threads_named = len(self.threads)
        return self._thread_names
