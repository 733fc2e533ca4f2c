"""A cthreads condition: threads wait for it and release a mutex meanwhile; a signal wakes one of them, a broadcast all [S]."""

from collections import deque
from typing import Any

from zoneviz.hurd.cthreads import Mutex, Steps, mutex_lock, release, wait_in, wake_first


class Condition:
    """`name`: the reason recorded for threads that wait."""

    __slots__ = ("name", "waiting")

    def __init__(self, name: str) -> None:
        self.name = name
        self.waiting: deque[Any] = deque()


def condition_wait(condition: Condition, mutex: Mutex) -> Steps:
    """Release the mutex, wait for a signal or a broadcast, and take the mutex again."""
    yield _wait, condition, mutex
    yield from mutex_lock(mutex)


def _wait(k: Any, thread: Any, condition: Condition, mutex: Mutex) -> object:
    # In one step: a broadcast between the release and the wait would be missed.
    release(k, thread, mutex)
    return wait_in(k, thread, condition.waiting, condition.name)


def condition_signal(condition: Condition) -> tuple[Any, ...]:
    """A trap: wake the first waiting thread."""
    return _signal, condition


def _signal(k: Any, thread: Any, condition: Condition) -> None:
    wake_first(k, thread, condition.waiting)


def condition_broadcast(condition: Condition) -> tuple[Any, ...]:
    """A trap: wake every waiting thread, by one message each."""
    return _broadcast, condition


def _broadcast(k: Any, thread: Any, condition: Condition) -> None:
    while condition.waiting:
        wake_first(k, thread, condition.waiting)
