"""Work for tests of the pool, in a module that another process can import."""

import os
import signal
import time
from pathlib import Path

from zoneviz.app.pool import asked_to_stop


def double(job: int) -> int:
    """Twice the job; a negative one kills its process."""
    if job < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * job


def until_stopped(job: str) -> str:
    """Writes its process id into the file `job` and returns when it is asked to stop."""
    part = Path(f"{job}.part")
    part.write_text(str(os.getpid()))
    part.rename(job)
    while not asked_to_stop():
        time.sleep(0.01)
    return job
