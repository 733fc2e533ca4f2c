"""Stopping long work on a file between two blocks: the work calls `check`, and its caller says when it must end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from zoneviz.errors import Stopped

_asked: ContextVar[Callable[[], bool]] = ContextVar("asked", default=lambda: False)


@contextmanager
def when(should_stop: Callable[[], bool]) -> Iterator[None]:
    """Context in which `check` raises once `should_stop` is true, in this thread."""
    before = _asked.set(should_stop)
    try:
        yield
    finally:
        _asked.reset(before)


def check() -> None:
    """Called between two blocks of work. What is half done is removed as after any error. Errors: Stopped."""
    if _asked.get()():
        raise Stopped("Stopped. Nothing was written.")
