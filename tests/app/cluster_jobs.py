"""Work for tests of the cluster, in a module that its workers can import."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def double(job: int, should_stop: Callable[[], bool]) -> dict[str, Any]:
    """Twice the job; a negative one kills its process."""
    if job < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"twice": 2 * job}


def until_stopped(job: str, should_stop: Callable[[], bool]) -> dict[str, Any]:
    """Makes the file `job` when it begins, and the file `job`.stopped when it is asked to stop."""
    Path(job).touch()
    while not should_stop():
        time.sleep(0.01)
    Path(f"{job}.stopped").touch()
    return {}


class Unreadable:
    """A job that a worker without its module cannot read."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return __import__, ("no_such_module",)
