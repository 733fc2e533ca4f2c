"""The kernel: holds the parts together, runs the threads, ends the run.

A thread is a generator that yields traps, `(function, *arguments)`. The kernel calls the function and sends its result
back into the generator. A trap that blocks returns BLOCKED; by then another thread has been chosen. `tell` gets one tuple
per event.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from zoneviz.events import Catalog, Event, Sink
from zoneviz.mach import dispatch, startup
from zoneviz.mach.call_path import empty_path
from zoneviz.mach.costs import DEFAULT_COSTS, Costs
from zoneviz.mach.ends import BLOCKED, Ended, Halt, Panic
from zoneviz.mach.ipc_port import IpcPort
from zoneviz.mach.kinds import CONSOLE, HANG, MARK, OPERATION, PAGE_WAIT, PAGEOUT, PANIC
from zoneviz.mach.profile import Profile
from zoneviz.mach.sched_prim import TICK, Scheduler, return_result
from zoneviz.mach.sizes import MACHINE, SIZES_2005, SIZES_2007
from zoneviz.mach.tape import COMPILED, Tape
from zoneviz.mach.task import Task
from zoneviz.mach.thread import Thread, stack_collect, thread_terminate
from zoneviz.mach.vm_kern import KernelMap
from zoneviz.mach.vm_resident import FREE_RESERVED, PhysicalMemory
from zoneviz.mach.zalloc import Zone, consider_zone_gc, zalloc, zfree


class Kernel:
    """A simulated GNU Mach: boot() it, give it programs, run() it.

    `path`: the current call path; `root`: the empty one. `time`: ns since the processor started. `task_id`,
    `thread_id`: the running task and thread. `switched`: whether settings changed since boot; `followers`: called when one does.
    """

    def __init__(self, profile: Profile, sink: Sink, catalog: Catalog | None = None, seed: int = 1, costs: Costs = DEFAULT_COSTS) -> None:
        self.profile = profile
        self.seed = seed
        self.costs = costs
        self._route(sink)
        self.catalog = catalog if catalog is not None else Catalog()
        self.sizes = SIZES_2005 if profile.ipc_compat else SIZES_2007
        self.catalog.machine = MACHINE
        self.root = empty_path(self.catalog.paths)
        self.path = self.root
        self.time = 0
        self.task_id = 0
        self.thread_id = 0
        self.ended: Ended | None = None
        self.zones: dict[str, Zone] = {}
        self.maps: dict[str, KernelMap] = {}
        self.kalloc_zone: list[Zone] = []
        self.space_next = 0
        self.space_end = 0
        self.wasted = 0
        self.zone_gc_last_tick = 0
        self.zone_map_locked = False
        self.phys = PhysicalMemory()
        self.pv_free = 0
        self.inuse_ptepages = 0
        self.pmap_object = 0
        self.fictitious = 0
        self.ikm_cache = 0
        self.free_stacks: list[int] = []
        self.sched = Scheduler()
        self.current: Thread | None = None
        self.tasks: dict[int, Task] = {}
        self.timers: list[tuple[int, int, Callable[[], None]]] = []
        self.timer_count = 0
        self.messages = 0
        self.operations = 0
        self.forks = 0
        self.processes = 0
        self.console: list[str] = []
        self.extra: dict[str, Any] = {}
        self.pids: dict[int, int] = {}
        self.user_ports: dict[int, int] = {}
        self.task_ended: list[Callable[[Task], None]] = []
        self.thread_ended: list[Callable[[Thread], None]] = []
        self.run_ended: list[Callable[[], None]] = []
        self.switched = False
        self.followers: list[Callable[[], None]] = []
        self.kernel_map: KernelMap
        self.zone_map: KernelMap
        self.kalloc_map: KernelMap
        self.kernel_task: Task
        self.reaper: Thread
        self.idle_thread: Thread
        self.first_user: Thread
        self.device_port: IpcPort
        self.host_ports: dict[str, IpcPort] = {}
        self.swapin_wait = 0

    def tell(self, event: Event) -> None:
        """Emit an event."""
        if self._tape is not None:
            self._tape.write(event)
        else:
            self._sink(event)

    def listen(self, ear: Sink) -> None:
        """Call `ear` with each event from now on, and then the sink."""
        sink = self._sink

        def both(event: Event) -> None:
            ear(event)
            sink(event)

        self._route(both)

    def _route(self, sink: Sink) -> None:
        """Let `tell` call this sink: a compiled kernel one of its tapes directly, an interpreted one any sink."""
        self._sink = sink
        self._tape = sink if isinstance(sink, Tape) else None
        if not COMPILED:
            # The sink hides the method: a call between would be a tenth of the cost of an event.
            self.__dict__["tell"] = sink

    def zalloc(self, zone: str) -> int:
        """The address of a new element of the zone with this name."""
        return zalloc(self, self.zones[zone])

    def zfree(self, zone: str, address: int) -> None:
        """Free an element of the zone with this name."""
        zfree(self, self.zones[zone], address)

    def machine(self) -> dict[str, Any]:
        """The machine part of a result, from the kernel's own structures: docs/architecture.md."""
        return startup.machine(self)

    def boot(self) -> None:
        """Boot, from the first zinit to the first instruction of the user program. A panic ends the run."""
        with suppress(Halt):
            startup.setup_main(self)

    def run(self, steps: int) -> bool:
        """Run at most `steps` traps or switches. False when the run has ended."""
        if self.ended is not None:
            return False
        try:
            for _ in range(steps):
                self.step()
        except Halt:
            return False
        return True

    def step(self) -> None:
        """Run one trap of the current thread. If no thread is running, choose one or let time pass."""
        running = self.current
        if running is None:
            self.idle()
            return
        if running.continuation is not None:
            resume = running.continuation
            running.continuation = None
            self.path = running.path
            result = resume(self, running)
            if result is BLOCKED:
                return
            running.result = result
            if self.sched.ast and self.current is running:
                # A switch was requested during the dispatch; it happens on the way back to user mode.
                self.path = self.root
                dispatch.preempt(self)
                return
        try:
            trap = running.program.send(running.result) if running.program is not None else next(iter(()))
        except StopIteration:
            # A program that returns terminates its own thread.
            trap = (thread_terminate,)
        running.result = None
        self.time += self.costs.trap + self.costs.user_step
        self.path = running.path
        try:
            result = trap[0](self, running, *trap[1:])
        except Halt:
            raise
        except Exception as error:
            is_trap = isinstance(trap, tuple) and len(trap) > 0 and callable(trap[0])
            raise_in_program(running, error if is_trap else TypeError(f"a program yields traps, not {trap!r}"))
        if result is BLOCKED:
            return
        running.result = result
        self.path = self.root
        if running.halting:
            dispatch.halt_self(self, running)
            return
        if running.suspend_count:
            # Suspended while running, by itself or with its task: it stops on the way back to user mode.
            dispatch.block(self, "suspended", None, return_result)
            return
        if self.sched.next_tick <= self.time:
            self.sched.clock(self)
        if self.sched.ast and self.current is running:
            dispatch.preempt(self)

    def idle(self) -> None:
        """Choose a thread, or advance the time to the next timer. End the run if there is neither."""
        new = self.sched.select()
        if new is not None:
            dispatch.dispatch(self, self.idle_thread, new)
            # thread_setrun hands the idle processor its first thread and requests a switch for each further one, since the
            # idle thread has the lowest priority. The dispatched thread finds that request on its way to user mode [M].
            self.sched.ast = self.sched.count > 0
            return
        if not self.timers:
            left = dispatch.left(self)
            if left:
                self.hang(f"every thread waits for ever; {left}")
            self.end("finished", why="every thread waits for ever")
            raise Halt
        # Timers fire in clock interrupts, so the time becomes a multiple of TICK.
        due = self.timers[0][0]
        self.time = max(self.time, -(-due // TICK) * TICK)
        self.sched.clock(self)

    # -- ends -----------------------------------------------------------------------------------------------------------

    def vm_pageout_wakeup(self) -> None:
        """Free pages are short: the pageout scan trims the list of free stacks and considers collecting zones.

        Nothing is paged out, because there is no default pager.
        """
        if self.phys.scanned and self.sched.tick == self.swapin_wait:
            return
        self.phys.scanned = True
        self.swapin_wait = self.sched.tick
        here = self.path
        self.path = self.root["vm_pageout_continue"]["vm_pageout_scan"]
        self.tell((PAGEOUT, self.time, self.task_id, self.thread_id, self.path.id, 0, 0, self.phys.free, self.phys.free_min))
        stack_collect(self)
        consider_zone_gc(self)
        self.path = here

    def vm_page_wait(self) -> NoReturn:
        """The running thread waits for a page, and no thread will ever free one: a hang."""
        self.tell((PAGE_WAIT, self.time, self.task_id, self.thread_id, self.path.id, self.thread_id, 0, 0, self.phys.free))
        name = self.tasks[self.task_id].name or f"task {self.task_id}" if self.task_id in self.tasks else "the kernel"
        waits = f"thread {self.thread_id} of {name} waits in vm_page_wait for a physical page"
        self.hang(f"{waits}: {self.phys.free} are free, {FREE_RESERVED} are reserved")

    def operation(self, kern_return: int = 0) -> None:
        """Record the end of one round of the scenario. It counts as an operation if `kern_return` is 0."""
        if not kern_return:
            self.operations += 1
        self.tell((OPERATION, self.time, self.task_id, self.thread_id, 0, kern_return, 0, 0, self.operations))

    def mark(self, name: str, number: int = 0) -> None:
        """Record a mark of the scenario: a name and a number."""
        self.tell((MARK, self.time, self.task_id, self.thread_id, 0, self.catalog.names.intern(name), 0, 0, number))

    def on_task_end(self, gone: Task) -> None:
        """Call the callbacks for a task that was terminated."""
        for call in self.task_ended:
            call(gone)

    def on_thread_end(self, gone: Thread) -> None:
        """Call the callbacks for a thread that was freed."""
        for call in self.thread_ended:
            call(gone)

    def end(self, outcome: str, kern_return: int = 0, why: str = "", panic: Panic | None = None) -> None:
        """End the run, from outside or from a program. Later ends are ignored."""
        if self.ended is None:
            self.ended = Ended(outcome, kern_return, panic, why, self.extra)
            for call in self.run_ended:
                call()

    def finish(self, outcome: str, kern_return: int = 0, why: str = "") -> NoReturn:
        """End the run from inside a trap."""
        self.end(outcome, kern_return, why)
        raise Halt

    def panic(self, text: str, memory: str, zone: str) -> NoReturn:
        """Stop the kernel. The current call path is the trace; `memory`: what ran out; `zone`: the one that asked, "" if none."""
        frames = [*self.catalog.paths.frames(self.path.id), "panic"]
        self.path = self.path["panic"]
        self.console.append(f"panic: {text}")
        intern = self.catalog.names.intern
        self.tell((PANIC, self.time, self.task_id, self.thread_id, self.path.id, intern(text), 0, 0, intern(memory)))
        name = self.tasks[self.task_id].name if self.task_id in self.tasks else ""
        self.end("panic", panic=Panic(text, zone, memory, name, frames))
        raise Halt

    def printf(self, text: str) -> None:
        """Print a line on the console."""
        self.console.append(text)
        self.tell((CONSOLE, self.time, self.task_id, self.thread_id, self.path.id, self.catalog.names.intern(text), 0, 0, 0))

    def hang(self, why: str) -> NoReturn:
        """End the run: the running thread, or every thread, waits for something that cannot come."""
        self.tell((HANG, self.time, self.task_id, self.thread_id, self.path.id, self.thread_id, 0, 0, self.catalog.names.intern(why)))
        self.end("hang", why=why)
        raise Halt


def raise_in_program(thread: Thread, error: Exception) -> NoReturn:
    """Raise a trap's error where its program yielded the trap, so that the traceback names that line."""
    if thread.program is not None:
        with suppress(StopIteration):
            thread.program.throw(error)
    # The program caught it. The run still ends, because the kernel may be half way through a change.
    raise error
