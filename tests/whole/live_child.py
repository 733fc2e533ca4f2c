"""A recording in a child process, for tests that end it from outside.

`python -m tests.whole.live_child TRACEFS ARGUMENT...` is `zoneviz ARGUMENT...` with tracefs in that folder.
`python -m tests.whole.live_child --keep FILE` records a machine of the tests, with a keeper, until it is killed.
"""

import sys
from pathlib import Path

from tests.recording import live_machine
from zoneviz.app import keeping
from zoneviz.cli.main import main
from zoneviz.recording import Recorder
from zoneviz.sources import tracing


def record(path: Path) -> None:
    """A recording that drops events all the time: 5 s are kept, and what samples depend on."""
    keeping.EVENTS = 1 << 13
    recorder = Recorder(path, live_machine.catalog(), live_machine.HEADER)
    keeper = keeping.Keeper(recorder, 5 * live_machine.SECOND, live_machine.SECOND, 1 << 30)
    for rows in live_machine.seconds(100_000, 2000):
        recorder.feed(rows)
        keeper.work()


if __name__ == "__main__":
    if sys.argv[1] == "--keep":
        record(Path(sys.argv[2]))
    tracing.PLACES = (Path(sys.argv[1]),)  # type: ignore[assignment]
    sys.exit(main(sys.argv[2:]))
