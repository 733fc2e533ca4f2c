"""A comparison in steps, and continued later, equals one made at once."""

from pathlib import Path

import numpy as np
import pytest

from tests.playback.compare.test_compare import grew, made, took
from zoneviz.playback.compare import Comparison, Steps, compare, differences, further, steps
from zoneviz.recording import Recording

APART = 40
COUNT = 120


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """B lacks one event here, has one more there, and another one elsewhere: at each fortieth place."""
    folder = tmp_path_factory.mktemp("apart")
    same = [grew(0x10000), *(took(1 + n // 7 % 2, 0x10000 + 64 * n, n % 3 % 2) for n in range(APART))]
    a = [event for _ in range(COUNT) for event in [*same, took(1, 0x11000)]]
    b = [event for n in range(COUNT) for event in [*same, *([], [took(2, 0x11000)], [took(1, 0x11000), took(2, 0x11040)])[n % 3]]]
    return made(folder / "a.zvz", a), made(folder / "b.zvz", b)


def ended(going: Steps) -> tuple[list[tuple[int, int]], Comparison]:
    told = []
    while True:
        try:
            told.append(next(going))
        except StopIteration as end:
            return told, end.value


def compared(files: tuple[Path, Path], align: str = "event") -> Comparison:
    with Recording(files[0]) as a, Recording(files[1]) as b:
        return compare(a, b, align)


def test_steps_report_progress(files: tuple[Path, Path]) -> None:
    with Recording(files[0]) as a, Recording(files[1]) as b:
        told, found = ended(steps(a, b))
    assert found.as_json() == compared(files).as_json()
    assert told == sorted(told) and len(told) > 8
    assert all(0 <= done <= of == told[0][1] for done, of in told)
    assert told[-1][0] > 0.9 * told[-1][1]


@pytest.mark.parametrize("align", ["event", "fill"])
@pytest.mark.parametrize("until", [2500, 4000, 1 << 40])
def test_continuing_equals_comparing_at_once(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, align: str, until: int) -> None:
    whole = compared(files, align)
    assert not whole.more and len(whole.hunks) > 100
    monkeypatch.setattr(differences, "MOST", 10)
    monkeypatch.setattr(differences, "BUDGET", 0)
    few = compared(files, align)
    assert few.more and len(few.hunks) == 10 and "stopped after 10 differences" in few.verdict
    with Recording(files[0]) as a, Recording(files[1]) as b:
        _, more = ended(further(a, b, few, until))
        assert ended(further(a, b, more, until)) == ([], more), "it has them already"
    count = len(more.hunks)
    assert more.hunks == whole.hunks[:count]
    assert (more.aligned.places == whole.aligned.places[:count]).all()
    if until < 5000:
        assert more.more and more.aligned.places[-1, 0] > until >= more.aligned.places[-2, 0]
    else:
        assert (more.hunks, more.equal, more.more, more.verdict) == (whole.hunks, whole.equal, False, whole.verdict)
        seqs = np.arange(whole.aligned.a[-1] + 1)
        assert (more.aligned.of(seqs) == whole.aligned.of(seqs)).all()
