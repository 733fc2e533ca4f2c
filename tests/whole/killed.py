"""Records runs in child processes and kills each at a random moment: `python -m tests.whole.killed FOLDER COUNT`.

NAME.said, next to each recording, holds the number of events that were reported as committed before the child continued.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

from zoneviz.app.running import run
from zoneviz.app.simulation import Simulation
from zoneviz.spec import RunSpec


def record(path: Path) -> None:
    """A run of several seconds that writes after each slice how many events are committed."""
    said = os.open(path.with_suffix(".said"), os.O_WRONLY | os.O_CREAT)
    spec = RunSpec("fork-bomb", "debian-2005", output=path)
    simulation = Simulation(spec, commit_seconds=0.03)
    while simulation.advance(0.01):
        os.pwrite(said, b"%020d" % simulation.events, 0)


def committed(said: Path) -> int:
    """Events that a child has reported as committed."""
    return int(said.read_bytes() or b"0") if said.exists() else 0


def main(folder: Path, count: int) -> None:
    """Make `count` recordings, each of a run that is killed."""
    chance = random.Random(1)
    run(RunSpec("boot", output=folder / "warm.zvz"))  # loads what is imported at first use, before the forks
    for number in range(count):
        child = os.fork()
        if not child:
            record(folder / f"{number}.zvz")
            os._exit(3)
        # Every third while the file is created, the others after a number of events, however busy the machine is.
        least, until = chance.randrange(30_000), time.monotonic() + 60
        while number % 3 and committed(folder / f"{number}.said") < least and time.monotonic() < until:
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.1))
        os.kill(child, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
