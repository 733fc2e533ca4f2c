"""When libports creates a thread: the loop of 1997 to 2008, and the remedies that were shipped or proposed [S].

A policy decides how many threads a loop starts with, whether the last listener that gets a message creates another, what a new
thread does first, and how long it waits for a message before it exits.
"""

from zoneviz.hurd.cthreads import Steps
from zoneviz.mach import traps

MILLISECOND = 1_000_000
THREAD_MAX = 250  # k0ro's thread-throttle.patch, 2005-12: with more threads no new one is created [S]
THREAD_DELAY = 64  # from this number of threads on a new thread sleeps first [S]
DELAY = 2_000 * MILLISECOND  # how long it sleeps [S]
IDLE = 120_000 * MILLISECOND  # keep-one, 2011-10: an idle worker exits after two minutes, unless it is the last listener [S]
SINGLE = "pool:1"  # of the single-threaded servers (magic, hello, ifsock), whatever the profile says [S]
POOL_WORKERS = 10  # the fixed pool of 2014-04: workers of a loop for plain `pool` [I]


class Loop:
    """A bucket and its threads. `nreqthreads`: those that listen. `totalthreads`: all. `peak`: the most so far. `bucket`: its port set."""

    __slots__ = ("bucket", "nreqthreads", "peak", "totalthreads", "worker")

    def __init__(self, worker: str) -> None:
        self.worker = worker
        self.bucket = 0
        self.nreqthreads = self.totalthreads = self.peak = 1


class Policy:
    """The original loop: the last listener creates a thread, without limit, and threads never exit."""

    workers_at_start = 1
    timeout: int | None = None

    def may_fork(self, loop: Loop) -> bool:
        """Whether the last listener, which just got a message, may create another."""
        return True

    def begin(self, loop: Loop) -> Steps:
        """The steps of a new thread before it first listens."""
        yield from ()


class Throttle(Policy):
    """k0ro's throttle: a limit, and from THREAD_DELAY threads on a new one sleeps first. It is counted before it sleeps."""

    def may_fork(self, loop: Loop) -> bool:
        """Up to the limit; beyond it messages queue."""
        return loop.totalthreads <= THREAD_MAX

    def begin(self, loop: Loop) -> Steps:
        """Sleep from THREAD_DELAY threads on."""
        if loop.totalthreads >= THREAD_DELAY:
            yield traps.sleep(DELAY)


class KeepOne(Policy):
    """Idle workers exit after IDLE ns, but one listener stays."""

    timeout: int | None = IDLE


class Depress(Policy):
    """A new thread depresses its priority so that the others finish first, for longer the more threads there are (2012-09)."""

    def begin(self, loop: Loop) -> Steps:
        """Depress for 10 + ((total - 1) / 100 + 1) * 10 ms [S]. The first thread has no others to wait for."""
        if loop.totalthreads > 1:
            yield traps.thread_switch((10 + ((loop.totalthreads - 1) // 100 + 1) * 10) * MILLISECOND)


class Pool(Policy):
    """A fixed number of workers, all created at the start. Messages queue."""

    def __init__(self, workers: int) -> None:
        self.workers_at_start = workers

    def may_fork(self, loop: Loop) -> bool:
        """Never."""
        return False


def policy_of(name: str) -> Policy:
    """The policy that the profile's `libports` names. `pool:25` is a pool of 25 workers."""
    made = {"plain": Policy, "throttle": Throttle, "keep-one": KeepOne, "depress": Depress}
    kind, _, workers = name.partition(":")
    return Pool(int(workers or POOL_WORKERS)) if kind == "pool" else made[name]()
