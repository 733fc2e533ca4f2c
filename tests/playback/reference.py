"""Figures and tables built from events one at a time, as simply as possible: what the fast code must equal."""

from collections import defaultdict
from dataclasses import dataclass, field

from zoneviz.events import COLLECTABLE, DEAD_NAME, PORT_SET, RECEIVE, SEND, SEND_ONCE, Catalog, Event, Kind, MapInfo
from zoneviz.state.figures import ZONE_FIGURES


@dataclass
class Zone:
    in_use: int = 0
    free: int = 0
    cur_size: int = 0
    max_size: int = 0
    allocs: int = 0
    frees: int = 0
    failures: int = 0


@dataclass
class Thread:
    task: int = 0
    state: str = "unknown"
    why: int = 0
    since: int = 0
    seq: int = 0
    priority: int = 0
    address: int = 0
    stack: int = 0


@dataclass
class Reference:
    """Applies the rules of docs/architecture.md, "The machine part", and of zoneviz.fields."""

    catalog: Catalog
    seq: int = 0
    zones: dict[int, Zone] = field(default_factory=lambda: defaultdict(Zone))
    maps: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    wasted: int = 0
    pages: int = 0
    pages_free: int = 0
    wired: int = 0
    operations: int = 0
    forks: int = 0
    processes: int = 0
    messages: int = 0
    figures: dict[int, int] = field(default_factory=dict)
    elements: dict[int, tuple[int, int, int, int, int]] = field(default_factory=dict)
    ports: dict[int, list[int]] = field(default_factory=dict)
    tasks: dict[int, list[int]] = field(default_factory=dict)
    threads: dict[int, Thread] = field(default_factory=lambda: defaultdict(Thread))
    rights: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    tables: dict[int, int] = field(default_factory=dict)
    running: int = 0
    zone_pages: dict[int, int] = field(default_factory=dict)

    def apply(self, event: Event) -> None:
        number, time, task, _, path, subject, address, size, extra = event
        kind = Kind(number)
        self.seq += 1
        zone = self.zones[subject]
        match kind:
            case Kind.ZINIT:
                zone.max_size = extra
            case Kind.ZGROW:
                zone.max_size = size
            case Kind.ZONE_FIGURE:
                setattr(zone, ZONE_FIGURES[extra], size)
            case Kind.MACHINE_FIGURE:
                self.figures[subject] = size
            case Kind.ZALLOC:
                zone.in_use += 1
                zone.allocs += 1
                if extra & 1 and COLLECTABLE not in self.catalog.zones[subject - 1].flags.split():
                    zone.cur_size += size
                else:
                    zone.free -= 1
                self.elements[address] = (subject, self.seq, task, path, extra >> 1)
            case Kind.ZFREE:
                zone.in_use -= 1
                zone.frees += 1
                zone.free += 1
                self.elements.pop(address, None)
            case Kind.ZCRAM:
                zone.cur_size += size
                zone.free += extra
                self.take(address, size, subject)
            case Kind.ZCOLLECT:
                zone.cur_size -= size
                zone.free -= extra
            case Kind.ZREFUSE | Kind.ZEMPTY:
                zone.failures += 1
            case Kind.ZEXTEND:
                self.wasted += extra
            case Kind.KMEM_SUBALLOC:
                self.maps[extra] += size
            case Kind.KMEM_ALLOC | Kind.KMEM_FREE:
                self.maps[subject] += size if kind == Kind.KMEM_ALLOC else -size
                if self.catalog.maps[subject - 1 : subject] == [self.zone_map]:
                    self.take(address, size, 0 if kind == Kind.KMEM_ALLOC else -1)
            case Kind.PAGE_GRAB:
                self.pages_free -= subject
                self.wired += extra
            case Kind.PAGE_RELEASE:
                self.pages += subject if size == 1 else 0
                self.pages_free += subject
                self.wired -= extra
            case Kind.OPERATION:
                self.operations += subject == 0
            case Kind.FORK:
                self.forks += 1
            case Kind.PROCESS_START:
                self.processes += 1
            case Kind.PROCESS_EXIT:
                self.processes -= 1
            case Kind.MSG_QUEUE | Kind.MSG_UNQUEUE:
                change = 1 if kind == Kind.MSG_QUEUE else -1
                self.messages += change
                if address in self.ports:
                    self.ports[address][2] += change
            case _:
                self.act(kind, subject, address, extra)
                self.name(kind, subject, address, size, extra)
                self.schedule(kind, time, subject, address, size, extra)

    def name(self, kind: Kind, subject: int, address: int, size: int, extra: int) -> None:
        match kind:
            case Kind.PORT_CREATE:
                self.ports[address] = [subject, self.seq, 0]
                self.give(subject, size, address, RECEIVE)
            case Kind.PORT_DESTROY:
                self.ports.pop(address, None)
                self.bury(address)
            case Kind.RIGHT_MOVE:
                if address in self.ports:
                    self.ports[address][0] = subject
                self.give(subject, size, address, RECEIVE)
            case Kind.PSET_CREATE:
                self.give(subject, size, address, PORT_SET)
            case Kind.RIGHT_INSERT:
                if extra & RECEIVE:
                    self.ports.setdefault(address, [subject, self.seq, 0])[0] = subject
                self.give(subject, size, address, extra)
            case Kind.RIGHT_DELETE:
                if extra & RECEIVE and address in self.ports:
                    self.ports[address][0] = 0
                self.take_right(subject, size, extra)
            case Kind.TABLE_GROW:
                self.tables[subject] = size

    def give(self, task: int, name: int, address: int, bits: int) -> None:
        if task and name and bits:
            self.rights[task, name] = (address, self.rights.get((task, name), (0, 0))[1] | bits)

    def take_right(self, task: int, name: int, bits: int) -> None:
        address, have = self.rights.get((task, name), (0, 0))
        left = 0 if bits & DEAD_NAME else have & ~(bits | DEAD_NAME if bits else DEAD_NAME)
        if left:
            self.rights[task, name] = (address, left)
        else:
            self.rights.pop((task, name), None)

    def bury(self, address: int) -> None:
        for key, (port, bits) in list(self.rights.items()):
            if port == address and bits & (SEND | RECEIVE | SEND_ONCE):
                left = bits & ~(SEND | RECEIVE | SEND_ONCE) | (DEAD_NAME if bits & (SEND | SEND_ONCE) else 0)
                if left:
                    self.rights[key] = (0, left)
                else:
                    del self.rights[key]

    def act(self, kind: Kind, subject: int, address: int, extra: int) -> None:
        match kind:
            case Kind.TASK_CREATE:
                self.tasks.setdefault(subject, [0, 0, 0, 0])[0] = self.seq
                self.tasks[subject][3] = extra
            case Kind.TASK_DESTROY:
                self.tasks.setdefault(subject, [0, 0, 0, 0])[1] = self.seq
            case Kind.TASK_TERMINATE:
                self.tasks.setdefault(subject, [0, 0, 0, 0])[2] = self.seq
            case Kind.STACK_ALLOC:
                self.threads[subject].stack = address
            case Kind.STACK_FREE:
                self.threads[subject].stack = 0
            case Kind.STACK_HANDOFF:
                self.threads[subject].stack = address
                if extra != subject:
                    self.threads[extra].stack = 0

    def schedule(self, kind: Kind, time: int, subject: int, address: int, size: int, extra: int) -> None:
        words = {
            Kind.THREAD_CREATE: "new",
            Kind.THREAD_READY: "ready",
            Kind.THREAD_RUN: "running",
            Kind.THREAD_BLOCK: "blocked",
            Kind.THREAD_TERMINATE: "halted",
            Kind.THREAD_DESTROY: "gone",
        }
        if kind not in words:
            return
        thread = self.threads[subject]
        thread.state, thread.since, thread.seq = words[kind], time, self.seq
        thread.why = extra if kind == Kind.THREAD_BLOCK else 0
        thread.address = address if kind == Kind.THREAD_BLOCK else 0
        if kind == Kind.THREAD_CREATE:
            thread.task = extra
        if kind in (Kind.THREAD_READY, Kind.THREAD_RUN):
            thread.priority = size
        if kind == Kind.THREAD_RUN:
            before = self.threads[self.running]
            if self.running not in (0, subject) and before.state == "running":
                before.state, before.since, before.seq = "ready", time, self.seq
            self.running = subject
        elif subject == self.running:
            self.running = 0

    @property
    def zone_map(self) -> MapInfo:
        return next(m for m in self.catalog.maps if m.name == "zone_map")

    def take(self, address: int, size: int, owner: int) -> None:
        start, end = self.zone_map.start, self.zone_map.end
        if address >= start:
            for page in range((address - start) // 4096, -(-(address + size - start) // 4096)):
                if page < (end - start) // 4096:
                    self.zone_pages[page] = owner
