"""When libports makes a thread: the loop of 1997 to 2008 and the cures that were shipped or proposed [S].

A policy says how many threads a loop begins with, whether the last listener to take a message makes another, what a new thread
does first, and how long it waits for a message before it goes.
"""

from zoneviz.hurd.cthreads import Steps
from zoneviz.mach import traps

MILLISECOND = 1_000_000
THREAD_MAX = 250  # k0ro's thread-throttle.patch, 2005-12: a new thread only up to so many [S]
THREAD_DELAY = 64  # from so many on a new thread first sleeps [S]
DELAY = 2_000 * MILLISECOND  # for so long [S]
IDLE = 120_000 * MILLISECOND  # keep-one, 2011-10: an idle worker goes after two minutes, unless it is the last listener [S]
POOL_WORKERS = 10  # the fixed pool of 2014-04: workers of a loop, if the setting does not say [I]


class Loop:
    """One bucket and its threads. `nreqthreads`: those that listen; `totalthreads`: all. `bucket`: the name of its port set."""

    __slots__ = ("bucket", "nreqthreads", "peak", "totalthreads", "worker")

    def __init__(self, worker: str) -> None:
        self.worker = worker
        self.bucket = 0
        self.nreqthreads = self.totalthreads = self.peak = 1


class Policy:
    """The loop as it was: the last listener makes a thread, without limit, and no thread ever goes."""

    workers_at_start = 1
    timeout: int | None = None

    def may_fork(self, loop: Loop) -> bool:
        """May the last listener, which has just taken a message, make another?"""
        return True

    def begin(self, loop: Loop) -> Steps:
        """What a thread does before it first listens."""
        yield from ()


class Throttle(Policy):
    """k0ro's: a cap, and from THREAD_DELAY on a new thread sleeps first; the counters rise before it does."""

    def may_fork(self, loop: Loop) -> bool:
        """Up to the cap; beyond it messages queue."""
        return loop.totalthreads <= THREAD_MAX

    def begin(self, loop: Loop) -> Steps:
        """Sleep, if there are many."""
        if loop.totalthreads >= THREAD_DELAY:
            yield traps.sleep(DELAY)


class KeepOne(Policy):
    """Workers go after a while of nothing to do, but one listener stays."""

    timeout = IDLE


class Depress(Policy):
    """A new thread lets the others finish first: it depresses its priority, the longer the more there are (2012-09)."""

    def begin(self, loop: Loop) -> Steps:
        """t = 10 + ((total - 1) / 100 + 1) * 10 ms [S]; the first thread of all has nobody to wait for."""
        if loop.totalthreads > 1:
            yield traps.thread_switch((10 + ((loop.totalthreads - 1) // 100 + 1) * 10) * MILLISECOND)


class Pool(Policy):
    """A fixed number of workers, all made at the start; messages queue."""

    def __init__(self, workers: int) -> None:
        self.workers_at_start = workers

    def may_fork(self, loop: Loop) -> bool:
        """Never."""
        return False


def policy_of(name: str) -> Policy:
    """The policy that the profile's `libports` names: `pool`, or `pool:25` for as many workers.

    Those servers that have one thread only (magic, hello, ifsock) are `pool:1` [S].
    """
    made = {"plain": Policy, "throttle": Throttle, "keep-one": KeepOne, "depress": Depress}
    kind, _, workers = name.partition(":")
    return Pool(int(workers or POOL_WORKERS)) if kind == "pool" else made[name]()
