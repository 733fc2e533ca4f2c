"""Events in words: one template per kind of event, with the names a recording gives to numbers."""

from collections.abc import Sequence

from zoneviz import words
from zoneviz.events import Catalog, Kind
from zoneviz.fields import FIELDS, Refers
from zoneviz.playback.compare.results import Line
from zoneviz.state.figures import ZONE_FIGURES
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, PATH, SEQ, SIZE, SUBJECT, TASK, THREAD, TIME, ZONE_KINDS

_NOTICES = {65: "port deleted", 66: "message accepted", 69: "port destroyed", 70: "no senders", 71: "send once", 72: "dead name"}
"""Names of the notifications of mach/notify.h by msgh_id."""

SAY: dict[Kind, str] = {
    Kind.ZINIT: "creates the zone {name} of {size:,} B elements",
    Kind.ZALLOC: "allocates an element of {name} ({size:,} B) at {address}, {fresh}",
    Kind.ZFREE: "frees the element of {name} ({size:,} B) at {address}",
    Kind.ZCRAM: "adds {bytes} at {address} to {name}: {elements}",
    Kind.ZGROW: "raises the limit of {name} from {extra_bytes} to {bytes}",
    Kind.ZEXTEND: "extends the region of new elements to {address}",
    Kind.ZREFUSE: "refuses an element of {name}",
    Kind.ZEMPTY: "lets the fixed zone {name} grow {bytes} past its limit",
    Kind.ZCOLLECT: "removes the page {address} from {name}: {free}",
    Kind.KMEM_SUBALLOC: "creates the map {name} of {bytes} at {address}",
    Kind.KMEM_ALLOC: "allocates {bytes} of {name} at {address}",
    Kind.KMEM_FREE: "frees {bytes} of {name} at {address}",
    Kind.KMEM_FAIL: "finds no room for {bytes} in {name}",
    Kind.PAGE_GRAB: "allocates {pages}",
    Kind.PAGE_RELEASE: "frees {pages}",
    Kind.PAGE_WAIT: "lets thread {subject} wait for physical pages",
    Kind.PAGEOUT: "wakes the pageout daemon",
    Kind.PT_PAGE: "allocates a page for a page table",
    Kind.STACK_COLLECT: "collects kernel stacks, {subject:,} on the free list",
    Kind.ZONE_GC: "collects free pages of zones",
    Kind.PORT_CREATE: "creates a port for {task}",
    Kind.PORT_DESTROY: "destroys a port of {task}",
    Kind.RIGHT_INSERT: "gives {task} a right",
    Kind.RIGHT_DELETE: "removes a right of {task}",
    Kind.RIGHT_MOVE: "moves a receive right to {task}",
    Kind.TABLE_GROW: "grows the name table of {task}",
    Kind.NOTIFY: "sends a notification: {notice}",
    Kind.PSET_CREATE: "creates a port set of {task}",
    Kind.PSET_DESTROY: "destroys a port set of {task}",
    Kind.RPC: "serves RPC {subject}",
    Kind.MSG_SEND: "sends message {subject}",
    Kind.MSG_QUEUE: "queues message {subject}",
    Kind.MSG_UNQUEUE: "dequeues message {subject}",
    Kind.MSG_RECEIVE: "receives message {subject}",
    Kind.MSG_DESTROY: "destroys message {subject}",
    Kind.TASK_CREATE: "begins to create {task}",
    Kind.TASK_TERMINATE: "terminates {task}",
    Kind.TASK_DESTROY: "destroys {task}",
    Kind.THREAD_CREATE: "begins to create thread {subject}",
    Kind.THREAD_READY: "makes thread {subject} ready",
    Kind.THREAD_RUN: "switches to thread {subject}",
    Kind.THREAD_BLOCK: "blocks thread {subject}",
    Kind.THREAD_TERMINATE: "terminates thread {subject}",
    Kind.THREAD_DESTROY: "destroys thread {subject}",
    Kind.STACK_ALLOC: "gives thread {subject} a kernel stack",
    Kind.STACK_FREE: "frees the kernel stack of thread {subject}",
    Kind.STACK_HANDOFF: "hands its kernel stack to thread {subject}",
    Kind.REAPER_ENQUEUE: "hands thread {subject} to the reaper",
    Kind.MAP_ENTER: "maps memory into {task}",
    Kind.MAP_REMOVE: "unmaps memory of {task}",
    Kind.OBJECT_CREATE: "creates a memory object",
    Kind.OBJECT_SHADOW: "shadows a memory object",
    Kind.OBJECT_TERMINATE: "terminates a memory object",
    Kind.PMAP_CREATE: "creates the pmap of {task}",
    Kind.PMAP_DESTROY: "destroys the pmap of {task}",
    Kind.BOOTED: "has booted",
    Kind.OPERATION: "finishes an operation with kern_return {subject}",
    Kind.FORK: "forks {task}",
    Kind.PROCESS_START: "starts process {subject}",
    Kind.PROCESS_EXIT: "ends process {subject}",
    Kind.MARK: "sets the mark {name}",
    Kind.CONSOLE: "prints: {name}",
    Kind.PANIC: "panics: {name}",
    Kind.HANG: "hangs in thread {subject}",
    Kind.OTHER: "records: {name}",
    Kind.READING: "begins reading {subject:,}",
    Kind.ZONE_FIGURE: "sets {figure} of {name} to {size:,}",
    Kind.MACHINE_FIGURE: "sets the figure {name} to {size:,}",
    Kind.LOST: "loses {events}",
}
"""A predicate per kind: recording A "allocates ...", where B "frees ...". The fields are those of `describe`."""


def describe(row: Sequence[int], catalog: Catalog) -> str:
    """An event (seq, kind, ...) as a predicate. A kind, zone, map, figure or text that the recording does not define is called unknown."""
    number, subject, address, size, extra = (row[i] for i in (KIND, SUBJECT, ADDRESS, SIZE, EXTRA))
    try:
        kind = Kind(number)
    except ValueError:
        return f"records an event of unknown kind {number}"
    return SAY[kind].format(
        subject=subject,
        name=_name(kind, subject, catalog),
        task=words.task(subject, catalog.task_names),
        notice=_NOTICES.get(subject, f"msgh_id {subject}"),
        address=f"{address:#x}",
        size=size,
        events=words.count(size, "event"),
        bytes=words.size(size),
        pages=words.count(subject, "physical page"),
        elements=words.count(extra, "element"),
        free=words.count(extra, "free element"),
        extra_bytes=words.size(extra),
        figure=ZONE_FIGURES[extra] if 0 <= extra < len(ZONE_FIGURES) else f"figure {extra}",
        fresh="new space" if extra & 1 else "from the free list",
    )


def _name(kind: Kind, subject: int, catalog: Catalog) -> str:
    """The name of the zone, map, figure or text that an event is about."""
    refers = FIELDS[kind].subject.refers
    if refers is Refers.ZONE:
        return catalog.zones[subject - 1].name if 0 < subject <= len(catalog.zones) else f"unknown zone {subject}"
    if refers is Refers.MAP:
        return catalog.maps[subject - 1].name if 0 < subject <= len(catalog.maps) else f"unknown map {subject}"
    if refers is Refers.FIGURE:
        return catalog.figures[subject - 1].name if 0 < subject <= len(catalog.figures) else f"unknown figure {subject}"
    texts = catalog.names.strings
    return texts[subject] if 0 <= subject < len(texts) else f"unknown text {subject}"


def line(row: Sequence[int], catalog: Catalog) -> Line:
    """An event for people."""
    task, path = row[TASK], row[PATH]
    names = catalog.task_names
    who = f"{words.task_name(task, names)}, thread {row[THREAD]}" if row[THREAD] or task else words.KERNEL
    text = catalog.paths.text(path) if 0 <= path < len(catalog.paths.rows) else ""
    return Line(row[SEQ], row[TIME], who, describe(row, catalog), text)


def zone_of(row: Sequence[int], catalog: Catalog) -> str:
    """The name of the zone an event is about, "" if it is about no known zone."""
    kind, subject = row[KIND], row[SUBJECT]
    return catalog.zones[subject - 1].name if kind in ZONE_KINDS and 0 < subject <= len(catalog.zones) else ""
