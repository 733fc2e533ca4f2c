"""An observer of the servers during a run: their threads, their backlog, and when the machine becomes quiet.

It looks at each clock tick. No simulated thread runs for it, so it changes no event.
"""

from collections.abc import Callable
from typing import Any

from zoneviz.hurd.libports import Server
from zoneviz.hurd.policies import Loop
from zoneviz.mach.dispatch import block
from zoneviz.mach.ipc_port import IpcPset
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.sched_prim import TICK, return_result, set_timer, thread_go
from zoneviz.mach.thread import Thread

QUIET = 50  # ticks in a row without work until the machine counts as quiet; longer than a quantum


class Watch:
    """`servers`: those observed; more may be added. `busy`: further conditions under which the machine is not quiet.

    At the end of the run it puts its results into `kernel.extra`.
    """

    def __init__(self, kernel: Kernel, servers: list[Server]) -> None:
        self.kernel, self.servers = kernel, servers
        self.busy: list[Callable[[], bool]] = []
        self.backlog: dict[str, int] = {}
        self.most_messages = 0
        self._waiting: Thread | None = None
        self._idle = 0
        kernel.run_ended.append(self.sum_up)
        set_timer(kernel, TICK, self._look)

    def until_quiet(self) -> tuple[Any, ...]:
        """A trap: wait until no message was queued and no thread was runnable for half a second."""
        return (self._wait,)

    def _wait(self, k: Kernel, thread: Thread) -> object:
        self._waiting, self._idle = thread, 0
        thread.result = 0
        return block(k, "the servers", thread, return_result)

    def _look(self) -> None:
        k = self.kernel
        if k.ended is not None:
            return
        self._sample()
        at_rest = not (k.messages or k.sched.count or k.current is not None or any(busy() for busy in self.busy))
        self._idle = self._idle + 1 if at_rest else 0
        if self._waiting is not None and self._idle >= QUIET:
            waiting, self._waiting = self._waiting, None
            thread_go(k, waiting)
        if (self._waiting is None or k.messages) and at_a_stop(k):
            return  # nothing can happen any more; without a timer the kernel ends the run
        set_timer(k, TICK, self._look)

    def _sample(self) -> None:
        self.most_messages = max(self.most_messages, self.kernel.messages)
        for server in self.servers:
            for loop in server.loops:
                backlog = self._queued(server, loop)
                if backlog > self.backlog.get(loop.worker, 0):
                    self.backlog[loop.worker] = backlog

    def _queued(self, server: Server, loop: Loop) -> int:
        """The number of messages queued for a loop."""
        if server.task is None or not server.task.alive:
            return 0
        entry = server.task.space.entries.get(loop.bucket)
        bucket = entry.object if entry is not None else None
        return len(bucket.messages) if isinstance(bucket, IpcPset) else 0

    def threads(self) -> dict[str, int]:
        """The most threads of each loop so far, by the name of its workers; the maximum over servers with the same name."""
        peaks: dict[str, int] = {}
        for server in self.servers:
            for loop in server.loops:
                peaks[loop.worker] = max(peaks.get(loop.worker, 0), loop.peak)
        return peaks

    def sum_up(self) -> None:
        """Put into the result: `peak_threads` and `peak_backlog` by loop, `peak_messages` of the machine, `queued` at the end."""
        self._sample()
        queued = {loop.worker: self._queued(server, loop) for server in self.servers for loop in server.loops}
        self.kernel.extra |= {
            "peak_threads": self.threads(),
            "peak_backlog": self.backlog,
            "peak_messages": self.most_messages,
            "queued": {name: count for name, count in queued.items() if count},
        }


def at_a_stop(k: Kernel) -> bool:
    """Whether no thread is running or runnable, and no timer will wake one."""
    return not (k.timers or k.sched.count or k.current is not None)
