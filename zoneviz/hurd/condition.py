"""A cthreads condition: threads wait for it and release a mutex meanwhile; a broadcast wakes all of them [S]."""

from collections import deque
from typing import Any

from zoneviz.hurd.cthreads import Mutex, Steps, _wake, _wake_up_port, mutex_lock, release
from zoneviz.mach import mach_msg


class Condition:
    """`name`: the reason recorded for threads that wait."""

    __slots__ = ("name", "waiting")

    def __init__(self, name: str) -> None:
        self.name = name
        self.waiting: deque[Any] = deque()


def condition_wait(condition: Condition, mutex: Mutex) -> Steps:
    """Release the mutex, wait for a broadcast, and take the mutex again."""
    yield _wait, condition, mutex
    yield from mutex_lock(mutex)


def _wait(k: Any, thread: Any, condition: Condition, mutex: Mutex) -> object:
    # In one step: a broadcast between the release and the wait would be missed.
    release(k, thread, mutex)
    condition.waiting.append(thread)
    return mach_msg.mach_msg_receive(k, thread, _wake_up_port(k, thread), why=condition.name)


def condition_broadcast(condition: Condition) -> tuple[Any, ...]:
    """A trap: wake every waiting thread, by one message each."""
    return _broadcast, condition


def _broadcast(k: Any, thread: Any, condition: Condition) -> None:
    while condition.waiting:
        waiting = condition.waiting.popleft()
        if waiting.alive:
            _wake(k, thread, waiting)
