"""The work of a comparison, for a job: it reads both event sequences and B's samples."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from zoneviz.gui.session.pair import BSeries
from zoneviz.playback import Player
from zoneviz.playback.compare import Comparison, Steps, further, steps
from zoneviz.recording import Recording
from zoneviz.recording.private import PrivateCopy


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison, and B's samples. `copy`: the private copy that was read instead of B's file, None if the file was."""

    comparison: Comparison
    series: BSeries
    copy: PrivateCopy | None


def compare_work(path: Path, align: str, copy: PrivateCopy | None) -> Callable[[Player], Generator[tuple[int, int], None, Compared]]:
    """Compares the job's recording, A, with B at `path`. `copy`: the private copy of B that an earlier comparison read.

    Errors of the work: InputError if B is not a recording or one of the two is damaged; UsageError if `align` does not suit them.
    """

    def work(own: Player) -> Generator[tuple[int, int], None, Compared]:
        yield 0, 1
        with Recording(path, copy) as other:
            lent = other.lend()
            series = BSeries(other)
            return Compared((yield from steps(own.recording, other, align)), series, lent)

    return work


def more_work(path: Path, copy: PrivateCopy | None, found: Comparison, until: int) -> Callable[[Player], Steps]:
    """Extends a comparison up to the first difference after event `until` of A. Errors: as `compare_work`."""

    def work(own: Player) -> Steps:
        yield 0, 1
        with Recording(path, copy) as other:
            return (yield from further(own.recording, other, found, until))

    return work
