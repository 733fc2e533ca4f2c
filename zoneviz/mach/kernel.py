"""The kernel as a whole: what holds its parts, runs its threads, and how a run ends.

A thread is a generator that yields traps, `(function, *arguments)`; the kernel calls the function and sends back what it
returns. A trap that blocks returns BLOCKED: by then another thread has been chosen. One event is one tuple to `tell`.
"""

import heapq
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn

from zoneviz.events import Catalog, Kind, Sink
from zoneviz.mach import ipc_kmsg, ipc_port, ipc_space, pmap, startup, task, thread, vm_fault, vm_object
from zoneviz.mach.costs import DEFAULT_COSTS, Costs
from zoneviz.mach.profile import Profile
from zoneviz.mach.sched_prim import QUANTUM, TICK, Scheduler
from zoneviz.mach.sizes import NOTIFY_KMSG_SIZE, SIZES_2005, SIZES_2007
from zoneviz.mach.task import Task
from zoneviz.mach.thread import RUNNING, WAITING, Program, Thread
from zoneviz.mach.vm_kern import KernelMap
from zoneviz.mach.vm_resident import PhysicalMemory, VmPage
from zoneviz.mach.zalloc import Zone, consider_zone_gc, zalloc, zfree

THREAD_RUN, THREAD_BLOCK, CONSOLE = int(Kind.THREAD_RUN), int(Kind.THREAD_BLOCK), int(Kind.CONSOLE)
PANIC, HANG, PAGEOUT, PAGE_WAIT = int(Kind.PANIC), int(Kind.HANG), int(Kind.PAGEOUT), int(Kind.PAGE_WAIT)
OPERATION, MARK, REAPER_ENQUEUE = int(Kind.OPERATION), int(Kind.MARK), int(Kind.REAPER_ENQUEUE)

BLOCKED = object()
"""What a trap returns when its thread no longer runs."""

OUTCOMES = ("panic", "finished", "booted", "error", "hang", "interrupted")


@dataclass(frozen=True, slots=True)
class Panic:
    """`text` as on the console; `memory` that ended; `zone` that asked last, "" if none; `call_path` outermost first."""

    text: str
    zone: str
    memory: str
    task: str
    call_path: list[str]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: an outcome of OUTCOMES, the kern_return of an "error", the panic."""

    outcome: str
    kern_return: int = 0
    panic: Panic | None = None
    why: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


class Halt(Exception):
    """Leaves the kernel from anywhere when the run has ended."""


class Kernel:
    """A simulated GNU Mach. `tell` is the sink; `path` the id of the call path now; `time` in ns."""

    def __init__(self, profile: Profile, sink: Sink, catalog: Catalog | None = None, seed: int = 1, costs: Costs = DEFAULT_COSTS) -> None:
        self.profile, self.seed, self.costs = profile, seed, costs
        self.tell = sink
        self.catalog = catalog if catalog is not None else Catalog()
        self.sizes = SIZES_2005 if profile.ipc_compat else SIZES_2007
        self.paths = self.catalog.paths
        self.path = 0
        self.time = self.task_id = self.thread_id = 0
        self.ended: Ended | None = None
        self.zones: dict[str, Zone] = {}
        self.maps: dict[str, KernelMap] = {}
        self.kalloc_zone: list[Zone] = []
        self.space_next = self.space_end = self.wasted = 0
        self.zone_gc_last_tick = 0
        self.phys = PhysicalMemory()
        self.pv_free = self.inuse_ptepages = self.pmap_object = self.fictitious = 0
        self.ikm_cache = 0
        self.free_stacks: list[int] = []
        self.sched = Scheduler()
        self.current: Thread | None = None
        self.tasks: dict[int, Task] = {}
        self.timers: list[tuple[int, int, Callable[[], None]]] = []
        self.timer_count = 0
        self.messages = self.operations = self.forks = self.processes = 0
        self.console: list[str] = []
        self.extra: dict[str, Any] = {}
        self.task_ended: list[Callable[[Task], None]] = []
        self.thread_ended: list[Callable[[Thread], None]] = []
        self.kernel_map: KernelMap
        self.zone_map: KernelMap
        self.kalloc_map: KernelMap
        self.kernel_task: Task
        self.reaper: Thread
        self.idle_thread: Thread
        self.first_user: Thread
        self.device_port: ipc_port.IpcPort
        self.blocked = BLOCKED
        self.swapin_wait = 0

    # -- short ways to what other files do; they keep the modules free of import cycles ------------------------------

    def zalloc(self, zone: str) -> int:
        """An element of a zone by name."""
        return zalloc(self, self.zones[zone])

    def zfree(self, zone: str, address: int) -> None:
        """Free an element of a zone by name."""
        zfree(self, self.zones[zone], address)

    def vm_object_allocate(self, size: int) -> vm_object.VmObject:
        """See vm_object."""
        return vm_object.vm_object_allocate(self, size)

    def vm_object_deallocate(self, gone: vm_object.VmObject) -> None:
        """See vm_object."""
        vm_object.vm_object_deallocate(self, gone)

    def kernel_touch(self, where: Any, address: int, size: int) -> bool:
        """See vm_fault."""
        return vm_fault.kernel_touch(self, where, address, size)

    def pv_alloc(self) -> None:
        """See pmap."""
        pmap.pv_alloc(self)

    def pv_release(self, count: int) -> None:
        """Give `count` pv entries to the pmap module's free list."""
        self.pv_free += count

    def new_page(self, owner: vm_object.VmObject, index: int) -> VmPage:
        """A fresh page at `index` of an object."""
        self.phys.grab(self)
        page = owner.pages[index] = VmPage()
        return page

    def page_unmap(self, page: VmPage) -> None:
        """Remove every mapping of a page."""
        if page.mappings:
            pmap.pmap_page_protect_none(self, page)

    def copy_send(self, port: ipc_port.IpcPort) -> ipc_port.IpcPort:
        """See ipc_port."""
        return ipc_port.copy_send(port)

    def port_release(self, port: ipc_port.IpcPort) -> None:
        """See ipc_port."""
        ipc_port.ipc_port_release(self, port)

    def port_destroy(self, port: ipc_port.IpcPort) -> None:
        """See ipc_port."""
        ipc_port.ipc_port_destroy(self, port)

    def grow_table(self, space: ipc_space.IpcSpace) -> int:
        """See ipc_space."""
        return ipc_space.grow_table(self, space)

    def task_deallocate(self, gone: Task) -> None:
        """See task."""
        task.task_deallocate(self, gone)

    def thread_deallocate(self, gone: Thread) -> None:
        """See thread."""
        thread.thread_deallocate(self, gone)

    def ipc_thread_terminate(self, gone: Thread) -> None:
        """See thread."""
        thread.ipc_thread_terminate(self, gone)

    def notify_send(self, address: int, msgh_id: int, to: ipc_port.IpcPort, word: int) -> None:
        """Send a notification that lies in a kmsg of kalloc.64 to a send-once right of the kernel's."""
        kmsg = ipc_kmsg.Kmsg(address, NOTIFY_KMSG_SIZE, to, msgh_id, 32)
        kmsg.body = word
        to.sorights -= 1
        if not to.alive:
            ipc_kmsg.destroy(self, kmsg)
        else:
            ipc_kmsg.queue(self, kmsg)
        ipc_port.ipc_port_release(self, to)

    def kmsg_unqueue_destroy(self, port: ipc_port.IpcPort) -> None:
        """Destroy the first message on a dying port's queue."""
        kmsg = port.messages.popleft()
        port.msgcount -= 1
        self.messages -= 1
        ipc_kmsg.told(self, ipc_kmsg.MSG_UNQUEUE, kmsg)
        ipc_kmsg.destroy(self, kmsg)

    # -- threads ------------------------------------------------------------------------------------------------------

    def start(self, new: Thread, program: Program) -> None:
        """Give a thread its program; it runs once it is resumed."""
        new.program = program

    def resume(self, waiting: Thread) -> None:
        """thread_resume: one suspension less; runnable at zero, unless it waits for something else."""
        waiting.suspend_count -= 1
        if not waiting.suspend_count and waiting.state == WAITING and waiting.waiting_on is None:
            self.sched.setrun(self, waiting)

    def thread_go(self, waiting: Thread) -> None:
        """What it waited for has come."""
        waiting.waiting_on = None
        waiting.wait_id += 1
        if not waiting.suspend_count:
            self.sched.setrun(self, waiting)

    def thread_stop(self, gone: Thread) -> None:
        """Take a thread of another's out of every queue: it is about to be destroyed."""
        self.sched.remove(gone)
        where = gone.waiting_on
        if isinstance(where, ipc_port.IpcPort):
            if gone in where.receivers:
                where.receivers.remove(gone)
            for entry in list(where.senders):
                if entry[0] is gone:
                    where.senders.remove(entry)
                    ipc_kmsg.destroy(self, entry[1])
        elif isinstance(where, ipc_port.IpcPset) and gone in where.receivers:
            where.receivers.remove(gone)
        gone.waiting_on = None
        gone.wait_id += 1
        if gone.received is not None:
            ipc_kmsg.destroy(self, gone.received)
            gone.received = None
        if gone.program is not None:
            gone.program.close()

    def ipc_port_changed(self, port: ipc_port.IpcPort) -> None:
        """A port died: who waits to receive gets MACH_RCV_PORT_DIED, who waits to send MACH_SEND_INVALID_DEST."""
        while port.receivers:
            waiting = port.receivers.popleft()
            waiting.continuation = None
            waiting.result = (0x10004009, None)
            self.thread_go(waiting)
        while port.senders:
            waiting, kmsg = port.senders.popleft()
            ipc_kmsg.destroy(self, kmsg)
            waiting.result = 0x10000003
            self.thread_go(waiting)

    def ipc_pset_changed(self, pset: ipc_port.IpcPset) -> None:
        """A port set died: its receivers get MACH_RCV_PORT_DIED."""
        while pset.receivers:
            waiting = pset.receivers.popleft()
            waiting.continuation = None
            waiting.result = (0x10004009, None)
            self.thread_go(waiting)

    def block(self, why: str, on: Any, continuation: Any, keep_stack: bool = False) -> object:
        """thread_block: the running thread waits for `on`; with a continuation it needs no kernel stack."""
        old = self.current
        assert old is not None
        old.state = WAITING
        old.waiting_on = on
        old.continuation = continuation
        address = getattr(on, "address", 0)
        reason = self.catalog.names.intern(why)
        self.tell((THREAD_BLOCK, self.time, self.task_id, self.thread_id, self.path, old.id, address, int(keep_stack), reason))
        self.switch(old, keep_stack)
        return BLOCKED

    def block_onto(self, why: str, on: Any, continuation: Any, onto: Thread) -> None:
        """Block the running thread and give the processor to `onto`, which was just made runnable."""
        old = self.current
        assert old is not None
        old.state = WAITING
        old.waiting_on = on
        old.continuation = continuation
        reason = self.catalog.names.intern(why)
        self.tell((THREAD_BLOCK, self.time, self.task_id, self.thread_id, self.path, old.id, on.address, 0, reason))
        if self.sched.next_tick <= self.time:
            self.sched.clock(self)
        self.dispatch(old, onto)

    def switch(self, old: Thread, keep_stack: bool = False) -> None:
        """Choose the next thread and dispatch it."""
        if self.sched.next_tick <= self.time:
            self.sched.clock(self)
        new = self.sched.select()
        if new is None:
            # The idle thread runs, on the stack of the thread that blocks if that needs it no more.
            idle = self.idle_thread
            if keep_stack or not old.stack:
                thread.stack_alloc(self, idle)
            else:
                thread.stack_handoff(self, old, idle)
            self.current = None
            self.task_id, self.thread_id = idle.task.id, idle.id
            self.tell((THREAD_RUN, self.time, self.task_id, self.thread_id, 0, idle.id, 0, 31, old.id))
            return
        self.dispatch(old, new, keep_stack)

    def dispatch(self, old: Thread | None, new: Thread, keep_stack: bool = False) -> None:
        """thread_invoke: hand the stack over if it can be, else find one."""
        if new is not old:
            self.time += self.costs.context_switch
            if old is not None and old.stack and not keep_stack:
                if new.stack:
                    thread.stack_free(self, old)
                else:
                    thread.stack_handoff(self, old, new)
            elif not new.stack:
                thread.stack_alloc(self, new)
        self.current = new
        new.state = RUNNING
        self.task_id, self.thread_id = new.task.id, new.id
        self.sched.quantum = QUANTUM
        self.sched.first_quantum = True
        self.sched.ast = False
        before = old.id if old is not None else 0
        self.tell((THREAD_RUN, self.time, self.task_id, self.thread_id, new.path, new.id, 0, new.priority, before))

    def preempt(self) -> None:
        """ast_taken: the running thread goes to the tail of its queue and the best one runs."""
        self.sched.ast = False
        old = self.current
        assert old is not None
        self.sched.setrun(self, old, may_preempt=False)
        new = self.sched.select()
        assert new is not None
        self.dispatch(old, new)

    def halt_self(self, gone: Thread) -> None:
        """thread_halt_self: the reaper runs at once, by stack hand-off, and frees the thread."""
        if gone.compat_reply is not None or gone.port.alive:
            thread.ipc_thread_terminate(self, gone)
        self.tell((REAPER_ENQUEUE, self.time, self.task_id, self.thread_id, self.path, gone.id, gone.address, 0, 0))
        if gone.program is not None:
            gone.program.close()
        thread.stack_handoff(self, gone, self.reaper)
        self.current = self.reaper
        self.task_id, self.thread_id = self.reaper.task.id, self.reaper.id
        self.path = self.paths[0, "reaper_thread_continue"]
        self.thread_deallocate(gone)
        self.path = 0
        self.switch(self.reaper)

    def after(self, delay: int, action: Callable[[], None]) -> None:
        """Call `action` in `delay` ns, at the next clock interrupt after that."""
        self.timer_count += 1
        heapq.heappush(self.timers, (self.time + delay, self.timer_count, action))

    def run_timers(self) -> None:
        """Call what has become due."""
        while self.timers and self.timers[0][0] <= self.time:
            heapq.heappop(self.timers)[2]()

    # -- running --------------------------------------------------------------------------------------------------------

    def boot(self) -> None:
        """From the first zinit to the user program's first instruction; a panic on the way ends the run."""
        with suppress(Halt):
            startup.setup_main(self)

    def run(self, steps: int) -> bool:
        """At most `steps` traps or switches; False when the run has ended."""
        if self.ended is not None:
            return False
        try:
            for _ in range(steps):
                self.step()
        except Halt:
            return False
        return True

    def step(self) -> None:
        """One trap of the running thread, or the wait for one that can run."""
        running = self.current
        if running is None:
            self.idle()
            return
        if running.continuation is not None:
            resume, running.continuation = running.continuation, None
            self.path = running.path
            running.result = resume(self, running)
        if running.program is None:
            raise RuntimeError(f"thread {running.id} was resumed without a program")
        try:
            trap = running.program.send(running.result)
        except StopIteration:
            # A program that returns ends its thread as a real one would, by itself.
            trap = (lambda k, t: thread.thread_terminate(k, t),)
        running.result = None
        self.time += self.costs.trap + self.costs.user_step
        self.path = running.path
        result = trap[0](self, running, *trap[1:])
        if result is BLOCKED:
            return
        running.result = result
        self.path = 0
        if running.halting:
            self.halt_self(running)
            return
        if self.sched.next_tick <= self.time:
            self.sched.clock(self)
        if self.sched.ast and self.current is running:
            self.preempt()

    def idle(self) -> None:
        """No thread runs: choose one, or let time pass to the next timer; with neither, the run is over."""
        new = self.sched.select()
        if new is not None:
            self.dispatch(self.idle_thread, new)
            return
        if not self.timers:
            self.end("finished", why="every thread waits for ever")
            raise Halt
        # Timers fire in clock interrupts.
        due = self.timers[0][0]
        self.time = max(self.time, -(-due // TICK) * TICK)
        self.sched.clock(self)

    # -- ends -----------------------------------------------------------------------------------------------------------

    def end(self, outcome: str, kern_return: int = 0, why: str = "", panic: Panic | None = None) -> None:
        """End the run from outside or from a program; the first end counts."""
        if self.ended is None:
            self.ended = Ended(outcome, kern_return, panic, why, self.extra)

    def finish(self, outcome: str, kern_return: int = 0) -> NoReturn:
        """End the run from inside a trap."""
        self.end(outcome, kern_return)
        raise Halt

    def panic(self, text: str, memory: str, zone: str) -> NoReturn:
        """The kernel stops. The path of the moment is the trace."""
        frames = [*self.paths.frames(self.path), "panic"]
        self.path = self.paths[self.path, "panic"]
        self.console.append(f"panic: {text}")
        intern = self.catalog.names.intern
        self.tell((PANIC, self.time, self.task_id, self.thread_id, self.path, intern(text), 0, 0, intern(memory)))
        name = self.tasks[self.task_id].name if self.task_id in self.tasks else ""
        self.end("panic", panic=Panic(text, zone, memory, name, frames))
        raise Halt

    def printf(self, text: str) -> None:
        """A line on the console."""
        self.console.append(text)
        self.tell((CONSOLE, self.time, self.task_id, self.thread_id, self.path, self.catalog.names.intern(text), 0, 0, 0))

    def vm_pageout_wakeup(self) -> None:
        """Free pages have run short: the pageout scan trims the stack list and considers collecting zones.

        There is no default pager, so nothing can be paged out.
        """
        if self.phys.scanned and self.sched.tick == self.swapin_wait:
            return
        self.phys.scanned, self.swapin_wait = True, self.sched.tick
        here = self.path
        self.path = self.paths[self.paths[0, "vm_pageout_continue"], "vm_pageout_scan"]
        self.tell((PAGEOUT, self.time, self.task_id, self.thread_id, self.path, 0, 0, self.phys.free, self.phys.free_min))
        thread.stack_collect(self)
        consider_zone_gc(self)
        self.path = here

    def vm_page_wait(self) -> NoReturn:
        """No page for the running thread, and nobody will ever free one: a hang."""
        self.tell((PAGE_WAIT, self.time, self.task_id, self.thread_id, self.path, self.thread_id, 0, 0, self.phys.free))
        name = self.tasks[self.task_id].name if self.task_id in self.tasks else "the kernel"
        why = f"thread {self.thread_id} of {name} waits in vm_page_wait for a physical page: {self.phys.free} are free, 50 are reserved"
        self.tell((HANG, self.time, self.task_id, self.thread_id, self.path, self.thread_id, 0, 0, self.catalog.names.intern(why)))
        self.end("hang", why=why)
        raise Halt

    def operation(self, kern_return: int = 0) -> None:
        """A round of the scenario has ended; it counts if it succeeded."""
        if not kern_return:
            self.operations += 1
        self.tell((OPERATION, self.time, self.task_id, self.thread_id, 0, kern_return, 0, 0, self.operations))

    def mark(self, name: str, number: int = 0) -> None:
        """A mark of the scenario's own in the events."""
        self.tell((MARK, self.time, self.task_id, self.thread_id, 0, self.catalog.names.intern(name), 0, 0, number))

    def on_task_end(self, gone: Task) -> None:
        """A task has been terminated."""
        for call in self.task_ended:
            call(gone)

    def on_thread_end(self, gone: Thread) -> None:
        """A thread has been freed."""
        for call in self.thread_ended:
            call(gone)

    def machine(self) -> dict[str, Any]:
        """The machine part of a result, from the kernel's own structures: docs/architecture.md."""
        return startup.machine(self)
