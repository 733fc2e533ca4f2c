"""What a comparison needs to be read through for, as work for a job: both sequences of events, and B's samples."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from zoneviz.gui.session.pair import BSeries
from zoneviz.playback import Player
from zoneviz.playback.compare import Comparison, Steps, further, steps
from zoneviz.recording import Recording
from zoneviz.recording.private import PrivateCopy


@dataclass(frozen=True, slots=True)
class Laid:
    """B laid beside A. `copy`: the private copy that was read in B's place, None if there is none."""

    comparison: Comparison
    series: BSeries
    copy: PrivateCopy | None


def lay(path: Path, align: str, copy: PrivateCopy | None) -> Callable[[Player], Generator[tuple[int, int], None, Laid]]:
    """Compare the job's recording with the one at `path`; `copy`: what it lent before.

    Errors, while it works: InputError if B is no recording or one of them is damaged; UsageError if they cannot be aligned so.
    """

    def work(own: Player) -> Generator[tuple[int, int], None, Laid]:
        yield 0, 1
        with Recording(path, copy) as other:
            lent = other.lend()
            series = BSeries(other)
            return Laid((yield from steps(own.recording, other, align)), series, lent)

    return work


def go_on(path: Path, copy: PrivateCopy | None, found: Comparison, until: int) -> Callable[[Player], Steps]:
    """Look for the differences up to the first after event `until` of A, where the comparison left the rest. Errors: as `lay`."""

    def work(own: Player) -> Steps:
        yield 0, 1
        with Recording(path, copy) as other:
            return (yield from further(own.recording, other, found, until))

    return work
