"""Rows of tasks, threads, stacks, address spaces and messages.

Some rows come at the beginning of an operation, before its address or id is known. Their event waits in the batch until the
following allocation of the same thread completes it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from zoneviz import words
from zoneviz.errors import InputError
from zoneviz.events import Catalog, Event, Kind, TaskInfo, ThreadInfo
from zoneviz.importers.gnumach_stream.memory_rows import ACTOR_LIMIT, CACHE_LIMIT, MEMORY, MemoryRows, checked, number, parse

NOTIFICATIONS = {
    "notify_port_deleted": 65,
    "notify_msg_accepted": 66,
    "notify_port_destroyed": 69,
    "notify_no_senders": 70,
    "notify_send_once": 71,
    "notify_dead_name": 72,
}
"""msgh_id by name, mach/notify.h."""
HOLD_LIMIT = 4096
"""Events after which an event no longer waits to be completed; in real streams it takes three."""
_LIVING_LIMIT = 1_000_000
_SUBJECT, _ADDRESS = 5, 6  # columns of an event


def actor(detail: Mapping[str, str], key: str) -> int:
    """The id of the task or thread after `key=`: the stream's plus 1, 0 if blank. Raises as `number`."""
    text = detail.get(key)
    return checked(int(text), ACTOR_LIMIT) + 1 if text else 0


class Rows(MemoryRows):
    """Handlers of all rows. `waiting[zone, thread]`: index in `batch` of the event completed by that thread's next element of the zone."""

    def __init__(self, catalog: Catalog, companion: Mapping[str, Any]) -> None:
        super().__init__(catalog, companion)
        self.waiting: dict[tuple[str, int], int] = {}
        self._tasks: dict[int, int] = {}  # id -> address
        self._threads: dict[int, tuple[int, int]] = {}  # id -> address, task
        self._newest: dict[int, int] = {}  # by thread: the task it created last
        self._pmaps: dict[int, int] = {}  # address -> task
        self._stacks: dict[int, int] = {}  # thread -> address, where known
        self._rpcs: dict[str, tuple[int, int, int]] = {}
        self.tasks_seen = self.threads_seen = 0

    def take_batch(self, everything: bool) -> list[Event]:
        """Remove and return the complete events, in order; with `everything` also those still waiting.

        Errors: InputError for an impossible number of live tasks or threads.
        """
        if max(len(self._tasks), len(self._threads), len(self._newest), len(self._pmaps), len(self._stacks)) > _LIVING_LIMIT:
            raise InputError(f"The stream is not from a kernel: it has more than {words.number(_LIVING_LIMIT)} tasks or threads at once.")
        oldest = len(self.batch) - HOLD_LIMIT
        for key in [key for key, at in self.waiting.items() if everything or at < oldest]:
            self._give_up(key)
        ready = min(self.waiting.values(), default=len(self.batch))
        out, self.batch = self.batch[:ready], self.batch[ready:]
        self.waiting = {key: at - ready for key, at in self.waiting.items()}
        self.sent += ready
        return out

    def _wait_for(self, zone: str) -> None:
        """Complete the last event by the next element of `zone` that this thread allocates."""
        key = zone, self.thread
        if key in self.waiting:
            self._give_up(key)
        self.waiting[key] = len(self.batch) - 1

    def _give_up(self, key: tuple[str, int]) -> None:
        """Stop waiting: no task or thread was created, so the row is kept as OTHER."""
        at = self.waiting.pop(key)
        kind, time, task, thread, path, *_, of = self.batch[at]
        if kind == Kind.TASK_CREATE:
            name, detail = "task_create", f"parent={of - 1 if of else ''}"
        elif kind == Kind.THREAD_CREATE:
            name, detail = "thread_create", f"task={of - 1 if of else ''}"
        else:
            return
        self.batch[at] = (int(Kind.OTHER), time, task, thread, path, self.text_id(name), 0, 0, self.text_id(detail))

    def _complete(self, zone: str, **columns: int) -> Event | None:
        at = self.waiting.pop((zone, self.thread), None)
        if at is None:
            return None
        event = list(self.batch[at])
        event[_ADDRESS] = self.address
        if "subject" in columns:
            event[_SUBJECT] = columns["subject"]
        kind, time, task, thread, path, subject, address, size, extra = event
        done = self.batch[at] = (kind, time, task, thread, path, subject, address, size, extra)
        return done

    def alloc_row(self) -> None:
        """zalloc, and the task, thread, pmap or object it creates."""
        name = self.name
        if name not in _MAKERS:
            return self.zalloc()
        new = self._named()
        at = len(self.batch)
        self.zalloc()
        if self.batch[at][0] == Kind.ZALLOC:
            _MAKERS[name](self, new)

    def _named(self) -> int:
        """The task or thread of an element of the zone "tasks" or "threads", 0 if unknown."""
        key = {"tasks": "task", "threads": "thread"}.get(self.name)
        return actor(parse(self.detail), key) if key else 0

    def _new_task(self, new: int) -> None:
        if not new:
            return
        self._complete("tasks", subject=new)
        self._tasks[new] = self.address
        self._newest[self.thread] = new
        self.tasks_seen += 1
        self.catalog.tasks.append(TaskInfo(new, "kernel" if new == 1 else "program" if new == 2 else f"task {new - 1}"))

    def _new_thread(self, new: int) -> None:
        if not new:
            return
        created = self._complete("threads", subject=new)
        task = created[-1] if created else 0
        self._threads[new] = (self.address, task)
        self.threads_seen += 1
        self.catalog.threads.append(ThreadInfo(new, task, f"thread {new - 1}"))

    def _new_pmap(self, _: int) -> None:
        created = self._complete("pmap")
        if created:
            self._pmaps[self.address] = created[_SUBJECT]

    def _new_object(self, _: int) -> None:
        self._complete("objects")

    def free_row(self) -> None:
        """zfree, and the end of its task or thread."""
        if self.name not in _MAKERS:
            return self.zfree()
        gone = self._named()
        self.zfree()
        if self.name == "tasks":
            self._tasks.pop(gone, None)
        elif self.name == "threads":
            self._threads.pop(gone, None)
            self._stacks.pop(gone, None)

    # tasks and threads

    def task_create(self) -> None:
        """Beginning of task creation; the id comes with the element of zone "tasks"."""
        self.tell(Kind.TASK_CREATE, 0, 0, 0, actor(parse(self.detail), "parent"))
        self._wait_for("tasks")

    def thread_create(self) -> None:
        """Beginning of thread creation; the id comes with the element of zone "threads"."""
        self.tell(Kind.THREAD_CREATE, 0, 0, 0, actor(parse(self.detail), "task"))
        self._wait_for("threads")

    def task_ends(self) -> None:
        """task_terminate, task_destroyed."""
        task = actor(parse(self.detail), "task")
        self.tell(Kind.TASK_TERMINATE if self.event == "task_terminate" else Kind.TASK_DESTROY, task, self._tasks.get(task, 0))

    def thread_ends(self) -> None:
        """thread_terminate, thread_destroyed."""
        thread = actor(parse(self.detail), "thread")
        address, task = self._threads.get(thread, (0, 0))
        if self.event == "thread_terminate":
            self.tell(Kind.THREAD_TERMINATE, thread, address)
        else:
            self.tell(Kind.THREAD_DESTROY, thread, address, 0, task)

    def context_switch(self) -> None:
        """Another thread starts to run."""
        detail = parse(self.detail)
        self.tell(Kind.THREAD_RUN, actor(detail, "new"), 0, number(detail, "new_pri"), actor(detail, "old"))

    def stack_alloc(self) -> None:
        """A kernel stack is allocated; from kernel_map if its pages were just allocated."""
        thread = actor(parse(self.detail), "thread")
        self._stacks[thread] = self.address
        self.tell(Kind.STACK_ALLOC, thread, self.address, int(self.paged == (self.thread, self.address)))

    def stack_free(self) -> None:
        """A kernel stack goes to the free list, whose length the stream does not have."""
        thread = actor(parse(self.detail), "thread")
        self._stacks.pop(thread, None)
        self.tell(Kind.STACK_FREE, thread, self.address)

    def stack_handoff(self) -> None:
        """A thread hands its stack to the next; the address is known if the stack_alloc row was seen."""
        detail = parse(self.detail)
        old, new = actor(detail, "old"), actor(detail, "new")
        address = self._stacks.pop(old, 0)
        if address:
            self._stacks[new] = address
        else:
            self._stacks.pop(new, None)
        self.tell(Kind.STACK_HANDOFF, new, address, 0, old)

    # address spaces, pages, messages

    def pmap_create(self) -> None:
        """Beginning of pmap creation for the task this thread created last; the address comes with the element of zone "pmap"."""
        self.tell(Kind.PMAP_CREATE, self._newest.get(self.thread, 0))
        self._wait_for("pmap")

    def pmap_destroy(self) -> None:
        """A reference is dropped; destroyed with the last one, otherwise kept as OTHER."""
        if number(parse(self.detail), "refs", 1) > 1:
            self.other()
        else:
            self.tell(Kind.PMAP_DESTROY, self._pmaps.pop(self.address, 0), self.address)

    def page_table_page_alloc(self) -> None:
        """A page table is allocated for the running task; its physical address has no column in a recording."""
        self.tell(Kind.PT_PAGE, self.task, 0, 0, number(parse(self.detail), "inuse_ptepages"))

    def vm_pageout_scan(self) -> None:
        """The pageout daemon scans for pages."""
        self.tell(Kind.PAGEOUT, 0, 0, number(parse(self.detail), "free"))

    def vm_object_shadow(self) -> None:
        """Beginning of shadowing: the row has the old object; the new one comes with the element of zone "objects"."""
        self.tell(Kind.OBJECT_SHADOW, 0, 0, self.size, self.address)
        self._wait_for("objects")

    def vm_object_terminate(self) -> None:
        """A memory object is terminated."""
        self.tell(Kind.OBJECT_TERMINATE, 0, self.address)

    def rpc(self) -> None:
        """A message to the kernel; `target=task:N` or `thread:N`: the object it is about."""
        known = self._rpcs.get(self.detail)
        if known is None:
            detail = parse(self.detail)
            target = detail.get("target", "").rpartition(":")[2]
            about = checked(int(target), ACTOR_LIMIT) + 1 if target.isdecimal() else 0
            known = number(detail, "msgh_id"), number(detail, "ikm_size"), about
            if len(self._rpcs) < CACHE_LIMIT:
                self._rpcs[self.detail] = known
        self.tell(Kind.RPC, known[0], 0, known[1], known[2])

    def notify(self) -> None:
        """The kernel sends a notification; the row has the port it goes to."""
        self.tell(Kind.NOTIFY, NOTIFICATIONS[self.event], 0, 0, self.address)


_MAKERS: dict[str, Callable[[Rows, int], None]] = {
    "tasks": Rows._new_task,
    "threads": Rows._new_thread,
    "pmap": Rows._new_pmap,
    "objects": Rows._new_object,
}
HANDLERS: dict[str, Callable[[Rows], None]] = {
    **MEMORY,
    "zalloc": Rows.alloc_row,
    "zfree": Rows.free_row,
    "task_create": Rows.task_create,
    "task_terminate": Rows.task_ends,
    "task_destroyed": Rows.task_ends,
    "thread_create": Rows.thread_create,
    "thread_terminate": Rows.thread_ends,
    "thread_destroyed": Rows.thread_ends,
    "context_switch": Rows.context_switch,
    "stack_alloc": Rows.stack_alloc,
    "stack_free": Rows.stack_free,
    "stack_handoff": Rows.stack_handoff,
    "pmap_create": Rows.pmap_create,
    "pmap_destroy": Rows.pmap_destroy,
    "page_table_page_alloc": Rows.page_table_page_alloc,
    "vm_pageout_scan": Rows.vm_pageout_scan,
    "vm_object_shadow": Rows.vm_object_shadow,
    "vm_object_terminate": Rows.vm_object_terminate,
    "rpc": Rows.rpc,
    **dict.fromkeys(NOTIFICATIONS, Rows.notify),
}
"""By the name in column `event`, in addition to every other `kmem_alloc...`; all others become OTHER."""

_ALLOC = frozenset(("fresh", "freelist", "none", "req", "task", "thread"))
_USED: dict[str, frozenset[str]] = {
    "zalloc": _ALLOC,
    "kalloc": _ALLOC,
    "zget": _ALLOC,
    "zfree": frozenset(("req", "task", "thread")),
    "kfree": frozenset(("req",)),
    "zcram": frozenset(("elements",)),
    "zget_space_extend": frozenset(("space_end", "wasted")),
    "kmem_realloc": frozenset(("new",)),
    "kmem_alloc_FAILED": frozenset(("kr",)),
    "rpc": frozenset(("msgh_id", "ikm_size")),
    "task_create": frozenset(("parent",)),
    "context_switch": frozenset(("old", "new", "new_pri")),
    "stack_handoff": frozenset(("old", "new")),
    "vm_pageout_scan": frozenset(("free",)),
    "pmap_destroy": frozenset(("refs",)),
    "page_table_page_alloc": frozenset(("inuse_ptepages",)),
    **dict.fromkeys(("task_terminate", "task_destroyed", "thread_create"), frozenset(("task",))),
    **dict.fromkeys(("thread_terminate", "thread_destroyed", "stack_alloc", "stack_free"), frozenset(("thread",))),
}
WITH_ADDRESS = frozenset(("page_table_page_alloc", "zget_space_extend"))
"""Rows whose address has no column in a recording."""
_WHOLE = frozenset(("round", "PANIC", "zone_max_grow"))


def leftover(event: str, address: int, detail: str) -> str:
    """The part of a row that has no column in a recording, as the stream has it; "" if none."""
    if event not in HANDLERS and not event.startswith("kmem_alloc"):
        return ""
    if event in _WHOLE:
        return ""
    used = _USED.get(event, frozenset())
    rest = [word for word in detail.split() if word.partition("=")[0] not in used]
    if event == "MARK":
        rest = rest[1:]
    if event in WITH_ADDRESS and address:
        rest.append(f"address={address:x}")
    return " ".join(rest)
