"""Runs jobs in processes of this machine, a few at a time, and survives the death of a process."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")
KILLED = "Its process was killed."
"""Why a run failed that took its process down, such as for lack of memory."""
_POLL = 0.2
"""Seconds between two looks at the workers."""
_stop: Any = None
"""In a worker: the event that asks it to stop."""


def asked_to_stop() -> bool:
    """In a worker: whether the jobs in hand should end early, because nobody wants their results."""
    return _stop is not None and bool(_stop.is_set())


def run_all(
    work: Callable[[Job], Result],
    jobs: Iterable[Job],
    workers: int,
    on_done: Callable[[Job, Result], object],
    killed: Callable[[Job], Result],
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Call `work` with each job, in at most `workers` processes, and `on_done` with each result when there is one.

    `jobs` is read as they are needed, so there may be millions. `killed`: the result of a job whose process was killed. Once
    `should_stop` is true nothing more begins, and jobs in hand are not reported. `work` and the jobs cross processes.
    """
    source = iter(jobs)
    suspects: deque[Job] = deque()
    while True:
        if suspects:  # one at a time: a second death names the job
            for job in _until_broken(work, iter([suspects.popleft()]), 1, 1, on_done, should_stop):
                on_done(job, killed(job))
        else:
            suspects.extend(_until_broken(work, source, workers, 2 * workers, on_done, should_stop))
            if not suspects:
                return
        if should_stop():
            return


def _until_broken(
    work: Callable[[Job], Result],
    jobs: Iterator[Job],
    workers: int,
    in_hand: int,
    on_done: Callable[[Job, Result], object],
    should_stop: Callable[[], bool],
) -> list[Job]:
    """Run the jobs, at most `in_hand` submitted at once. Returns those in hand when a process died; empty if none did."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    pending: dict[Future[Result], Job] = {}
    lost: list[Job] = []
    with ProcessPoolExecutor(workers, context, _begin, (stop,)) as pool:
        try:
            while not should_stop():
                while not lost and len(pending) < in_hand and (taken := list(islice(jobs, 1))):
                    try:
                        pending[pool.submit(work, taken[0])] = taken[0]
                    except BrokenProcessPool:
                        lost += taken
                if not pending:
                    break
                for future in wait(pending, _POLL, FIRST_COMPLETED).done:
                    job = pending.pop(future)
                    try:
                        result = future.result()
                    except BrokenProcessPool:
                        lost.append(job)
                    else:
                        on_done(job, result)
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
    return lost


def _begin(stop: Any) -> None:
    """In each worker: leave Ctrl-C to the parent, and end with it."""
    global _stop
    _stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent.join,), daemon=True).start()


def _end_with(wait_for_parent: Callable[[], object]) -> None:
    """A worker whose parent was killed would wait for its next job for ever."""
    wait_for_parent()
    os._exit(1)
