"""Two recordings of readings as a Comparison: which readings correspond, and at which of them their figures differ."""

from collections.abc import Generator

import numpy as np

from zoneviz.events import Kind
from zoneviz.playback import points as pointing
from zoneviz.playback.compare.aligned import Aligned
from zoneviz.playback.compare.curves import Curve
from zoneviz.playback.compare.readings import compare_readings, corresponding
from zoneviz.playback.compare.results import Comparison
from zoneviz.playback.readings import Readings
from zoneviz.playback.series import POINT_CELLS
from zoneviz.recording import Recording
from zoneviz.state.rows import Ints


def listings(a: Recording, b: Recording, align: str) -> Generator[tuple[int, int], None, Comparison]:
    """Compare two recordings of readings, in steps of (done, of). Errors: UsageError as `compare_readings`."""
    yield 0, 3
    found = compare_readings(a, b, align)
    yield 1, 3
    left, right = Readings(a, between_events=True), Readings(b, between_events=True)
    one, other = corresponding(left, right, align)
    step = -(-len(one) * max(len(a.catalog.zones), len(b.catalog.zones), 1) // POINT_CELLS)
    some = np.arange(len(one))[::-step][::-1]
    ends = left.ends[one[some]], right.ends[other[some]]
    yield 2, 3
    differ = _differ((a, b), ends)
    return Comparison(
        files=found.files,
        align=align,
        kinds=[Kind.READING.name],
        mixed=False,
        lengths=(len(left), len(right)),
        prefix=int(np.argmax(differ)) if differ.any() else len(some),
        equal=int((~differ).sum()),
        hunks=[],
        more=False,
        constant=0,
        divergence=None,
        size=None,
        place=None,
        outcomes=(a.header.outcome, b.header.outcome),
        panics=(a.header.panic_text, b.header.panic_text),
        operations=(0, 0),
        tables=[],
        curves=(Curve([], [], 0), Curve([], [], 0)),
        aligned=Aligned(left.ends[one], right.ends[other], False, np.stack(ends, axis=1)[differ]),
        verdict=" ".join(found.sentences),
        readings=found,
    )


def _differ(both: tuple[Recording, Recording], ends: tuple[Ints, Ints]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether any zone differs in elements or bytes after these events of both, (n,)."""
    names = list(dict.fromkeys(zone.name for recording in both for zone in recording.catalog.zones))
    figures = []
    for recording, seqs in zip(both, ends, strict=True):
        once, index = np.unique(seqs, return_inverse=True)  # a reading may correspond to several
        found, where = pointing.at_ends(recording, once), [names.index(zone.name) for zone in recording.catalog.zones]
        wide = np.zeros((len(seqs), len(names), 2), np.int64)
        for at, name in enumerate(("in_use", "cur_size")):
            have = found.figure(name)
            wide[:, where[: have.shape[1]], at] = have[index]
        figures.append(wide)
    differ: np.ndarray[tuple[int], np.dtype[np.bool_]] = (figures[0] != figures[1]).any(axis=(1, 2))
    return differ
