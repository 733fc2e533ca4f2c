"""storm-survived: two servers with the loop of libports, and clients with many open files that are killed at once.

The same program ran on the measured kernel of 2007: miniatures of ext2fs and null, which are forks of the boot module and make
only Mach calls. The clients are empty tasks that hold send rights to null's ports. A worker has a stack with a guard page, which
the cthreads of the time did not have. Page counts, names and the order of page faults are those of the recording [M].
"""

from dataclasses import dataclass, field
from typing import Any

from zoneviz.events import SEND
from zoneviz.hurd.cthreads import Mutex, mutex_lock, mutex_unlock
from zoneviz.mach import program, syscall_subr, traps
from zoneviz.mach.ipc_port import NOTIFY_NO_SENDERS, make_send
from zoneviz.mach.ipc_space import right_insert
from zoneviz.mach.mach_port import RIGHT_PORT_SET, RIGHT_RECEIVE
from zoneviz.mach.message import COPY_SEND, MAKE_SEND
from zoneviz.mach.program import Steps
from zoneviz.mach.sched_prim import SECOND, TICK
from zoneviz.mach.sizes import PAGE, MiB
from zoneviz.mach.startup import Segment
from zoneviz.mach.thread import Program
from zoneviz.mach.vm_map import READ, SHARE, WRITE
from zoneviz.scenarios import Parameter, Run, Scenario

# The segments of the program [M]; their addresses are a choice within the same 4 MiB.
TEXT, DATA, BSS = 0x0804A000, 0x0805C000, 0x0805E000
SEGMENTS = (
    Segment(0x08048000, PAGE, READ, True),
    Segment(TEXT, 13 * PAGE, READ, True),
    Segment(0x0805A000, PAGE, READ, True),
    Segment(DATA, PAGE, READ | WRITE, True),
    Segment(BSS, 17 * PAGE, READ | WRITE, False),
)
MAIN_STACK = BSS + 17 * PAGE  # the first thread moves its stack there
TABLE = BSS + 4 * PAGE + 1872  # null's array of the names that it extracted [M]
# Regions that it allocates. They share no page table; the addresses are a choice.
SHARED = 0x20000000  # counters and the names of ext2fs' ports, shared by all three tasks
STACKS = 0x30000000  # stacks of the servers' first threads
BY_NAME = 0x40000000  # a byte for each name in a server's space
NODES = 0x50000000  # a word for each name: the port behind it
WORKERS = 0x60000000  # stacks of workers, one after the other
STACK = 16 * PAGE
HEADER = 400  # bytes of counters in the shared region [M]

EXT2FS, CLIENTS, FIRST = 2000, 3000, 2  # chosen names: ext2fs' task and the first client in null, the first port in a client [M]
BEFORE = 10  # acquisitions of the lock for a message before the one that destroys the port [M]
POLL, PAUSE = 2, 300  # clock ticks between two looks at a counter; before the kills, and until their result is read [M]
PHASE, INTO_TICK = 40_000_000, 4_430_000  # ns from the scheduler's second to the tick before the first kill, and from there to it [M]


def page(address: int, write: bool = True) -> tuple[Any, ...]:
    """A trap: touch the page of an address."""
    return traps.touch(address, write=write)


def ticks(count: int) -> tuple[Any, ...]:
    """A trap: wait until the clock tick number `count` from now."""
    return _ticks, count


def _ticks(k: Any, thread: Any, count: int) -> object:
    return syscall_subr.sleep(k, thread, k.sched.next_tick - k.time + (count - 1) * TICK)


def _phase(k: Any, thread: Any, later: int) -> object:
    """A trap: wait until PHASE and `later` ns after the scheduler's next second."""
    return syscall_subr.sleep(k, thread, k.sched.next_second - k.time + PHASE + later)


def wire(port: int) -> tuple[Any, ...]:
    """A trap: the port on which the thread waits for a mutex. Who wakes it makes the send right, which allocates nothing."""
    return _wire, port


def _wire(k: Any, thread: Any, port: int) -> None:
    space = thread.task.space
    right_insert(k, space, port, space.entries[port], make_send(space.entries[port].object), SEND)
    thread.wired_port = port


@dataclass(slots=True)
class Server:
    """A miniature server task. `nodes`: the port behind each of its ports, 0 if it has none. `done`: messages handled."""

    name: str
    lock: Mutex = field(default_factory=lambda: Mutex("_ports_lock"))
    me: int = 0
    bucket: int = 0
    nodes: dict[int, int] = field(default_factory=dict)
    ready: bool = False
    listening: int = 1
    threads: int = 1
    done: int = 0
    seen: set[int] = field(default_factory=set)

    def use(self, address: int, write: bool = True) -> Steps:
        """Touch a page, unless the task has touched it before."""
        if address // PAGE not in self.seen:
            self.seen.add(address // PAGE)
            yield page(address, write)

    def begin(self) -> Steps:
        """The first thread until it has a worker: its pages, ports and regions."""
        yield page(TEXT, write=False)
        yield page(STACKS + STACK - PAGE)
        yield page(TEXT + PAGE, write=False)
        yield page(BSS)
        yield page(TEXT + 2 * PAGE, write=False)
        yield page(BSS + PAGE)
        self.me = yield traps.task_self()
        yield traps.mig_get_reply_port()
        yield traps.vm_allocate(self.me, MiB, BY_NAME)
        yield traps.vm_allocate(self.me, MiB, NODES)
        yield page(TEXT + 3 * PAGE, write=False)
        _, self.bucket = yield traps.port_allocate(self.me, RIGHT_PORT_SET)
        yield page(SHARED)
        yield page(DATA, write=False)
        yield from self.fork(STACKS + STACK - PAGE)
        self.ready = True

    def fork(self, top: int) -> Steps:
        """Create a worker. `top`: the top page of the creator's stack."""
        stack = WORKERS + (self.threads - 1) * STACK
        yield traps.vm_allocate(self.me, STACK, stack)
        yield from self.use(DATA)
        yield traps.vm_protect(self.me, stack + PAGE, PAGE, 0)
        yield from self.use(TEXT + 4 * PAGE, write=False)
        yield page(stack)
        kr, port = yield traps.port_allocate(self.me)
        if kr:
            return
        yield from self.use(TEXT + 5 * PAGE, write=False)
        kr, thread = yield traps.thread_create(self.me, f"{self.name} worker")
        if kr:
            return
        yield page(top - PAGE)
        yield traps.thread_get_state(thread)
        worker = stack + STACK - PAGE
        yield traps.thread_set_state(thread, self.work(worker, port), worker)
        yield traps.thread_resume(thread)

    def work(self, top: int, port: int) -> Program:
        """A worker: receive, create another worker if none listens, handle the message."""
        yield page(top)
        yield wire(port)
        while True:
            _, message = yield traps.receive(self.bucket)
            self.listening -= 1
            if not self.listening:
                self.listening += 1
                self.threads += 1
                yield from self.fork(top)
            yield from self.no_senders(message.local)
            self.listening += 1

    def no_senders(self, name: int) -> Steps:
        """Handle a no-senders notification: the last of many acquisitions of the lock destroys the port, with the lock held."""
        for _ in range(BEFORE):
            yield from mutex_lock(self.lock)
            yield mutex_unlock(self.lock)
        yield from mutex_lock(self.lock)
        yield traps.port_mod_refs(self.me, name, RIGHT_RECEIVE, -1)
        yield mutex_unlock(self.lock)
        yield from self.use(NODES + 4 * name)
        node = self.nodes.pop(name)
        if node:
            yield traps.port_deallocate(self.me, node)
        self.done += 1

    def request(self, port: int) -> tuple[Any, ...]:
        """A trap: request the no-senders notification of a port, to itself."""
        return traps.port_request_notification(self.me, port, NOTIFY_NO_SENDERS, port, 1)


@dataclass(slots=True)
class Storm:
    """The whole program. `files`: all open files. `extracted`, `requested`, `opened`: what the servers have done."""

    run: Run
    ext2fs: Server = field(default_factory=lambda: Server("ext2fs"))
    null: Server = field(default_factory=lambda: Server("null"))
    clients_exist: bool = False
    named: bool = False
    extracted: bool = False
    requested: bool = False
    opened: bool = False

    @property
    def opens(self) -> int:
        """Open files of all clients."""
        count: int = self.run.params["clients"] * self.run.params["opens"]
        return count

    def ext2fs_main(self) -> Program:
        """The first thread of ext2fs: a port for each file, then its notification."""
        server = self.ext2fs
        yield from server.begin()
        while not self.clients_exist:
            yield ticks(POLL)
        for index in range(self.opens):
            kr, port = yield traps.port_allocate(server.me)
            if kr:
                yield (finish, kr)
            yield from server.use(BY_NAME + port)
            yield from server.use(TEXT + 6 * PAGE, write=False)
            yield traps.port_move_member(server.me, port, server.bucket)
            yield from server.use(SHARED + HEADER + 4 * index)
            server.nodes[port] = 0
        self.named = True
        while not self.extracted:
            yield ticks(POLL)
        for port in server.nodes:
            yield server.request(port)
        self.requested = True
        while True:
            yield ticks(POLL)

    def null_main(self) -> Program:
        """The first thread of null: take a send right to each of ext2fs' ports, then a port for each file in its client."""
        server = self.null
        yield from server.begin()
        while not self.named:
            yield ticks(POLL)
        nodes = []
        yield page(TEXT + 6 * PAGE, write=False)
        for index, port in enumerate(self.ext2fs.nodes):
            yield from server.use(SHARED + HEADER + 4 * index, write=False)
            kr, node = yield traps.port_extract_right(EXT2FS, port, MAKE_SEND)
            if kr:
                yield (finish, kr)
            yield from server.use(TABLE + 4 * index)
            nodes.append(node)
        self.extracted = True
        while not self.requested:
            yield ticks(POLL)
        each = self.run.params["opens"]
        for index, node in enumerate(nodes):
            client, file = divmod(index, each)
            kr, port = yield traps.port_allocate(server.me)
            if kr:
                yield (finish, kr)
            yield from server.use(BY_NAME + port)
            yield from server.use(NODES + 4 * port)
            yield traps.port_move_member(server.me, port, server.bucket)
            kr = yield traps.port_insert_right(CLIENTS + client, FIRST + file, port, MAKE_SEND)
            if kr:
                yield (finish, kr)
            server.nodes[port] = node
            yield server.request(port)
        self.opened = True
        while True:
            yield ticks(POLL)

    def spawn(self, me: int, server: Server, main: Program, knows: int = 0) -> Steps:
        """Fork a server and wait until it is ready. Returns the name of its task. `knows`: a task to whose port it gets a right."""
        yield page(BSS + PAGE)
        _, task = yield traps.task_create(me, True, server.name)
        yield traps.vm_allocate(task, STACK, STACKS)
        if knows:
            yield traps.port_insert_right(task, EXT2FS, knows, COPY_SEND)
        _, thread = yield traps.thread_create(task, server.name)
        yield page(MAIN_STACK - 2 * PAGE)
        yield traps.thread_get_state(thread)
        yield traps.thread_set_state(thread, main, STACKS + STACK - PAGE)
        yield traps.thread_resume(thread)
        while not server.ready:
            yield ticks(POLL)
        return task

    def main(self) -> Program:
        """The boot task: create the servers and the clients, then kill the clients."""
        kernel, params = self.run.kernel, self.run.params
        yield (use_stack,)
        yield page(MAIN_STACK - PAGE)
        yield page(BSS)
        me = yield traps.task_self()
        yield traps.mig_get_reply_port()
        yield traps.vm_allocate(me, MiB, SHARED)
        yield traps.vm_inherit(me, SHARED, MiB, SHARE)
        yield page(SHARED)
        ext2fs = yield from self.spawn(me, self.ext2fs, self.ext2fs_main())
        null = yield from self.spawn(me, self.null, self.null_main(), ext2fs)
        clients = []
        for number in range(params["clients"]):
            _, client = yield traps.task_create(me, False, f"client {number + 1}")
            yield traps.port_insert_right(null, CLIENTS + number, client, COPY_SEND)
            clients.append(client)
        self.clients_exist = True
        while not self.opened:
            yield ticks(POLL)
        kernel.mark("setup_done")
        yield ticks(PAUSE)
        later = int(params["jitter"] * SECOND * self.run.random.random())
        yield _phase, later
        yield traps.compute((INTO_TICK + later) % TICK)
        kernel.mark("burst_begin")
        for client in clients:
            yield traps.task_terminate(client)
        kernel.mark("burst_sent")
        while self.ext2fs.done < self.opens or self.null.done < self.opens:
            yield ticks(PAUSE)
        kernel.mark("drained")
        kernel.extra |= {"null_threads": self.null.threads, "ext2fs_threads": self.ext2fs.threads}
        for client in clients:
            yield traps.port_deallocate(me, client)
        yield (finish, 0)
        return None


def use_stack(kernel: Any, thread: Any) -> None:
    """A trap: the first thread's message buffer is on its new stack."""
    thread.buffer = MAIN_STACK - PAGE


def finish(kernel: Any, thread: object, kern_return: int) -> None:
    """A trap: end the run as finished, or with the error of a call."""
    kernel.finish("error" if kern_return else "finished", kern_return)


def start(run: Run) -> None:
    """Load the program."""
    program.start(run.kernel, Storm(run).main(), SEGMENTS)


SCENARIO = Scenario(
    name="storm-survived",
    summary="Two small servers whose clients are all killed at once: the thread storm of a recording, to compare with.",
    start=start,
    parameters=(
        Parameter("clients", "int", 5, "Clients, which are killed one after the other without a pause.", low=1, high=100),
        Parameter("opens", "int", 1000, "Open files of each client.", low=1, high=10_000),
        Parameter("jitter", "float", 1.0, "Random variation of the time of the kills, as a share of 1 s; 0: as recorded.", low=0, high=1),
    ),
)
