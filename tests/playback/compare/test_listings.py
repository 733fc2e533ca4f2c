"""Two series of readings as a comparison: which readings correspond, and at which of them zones differ."""

from pathlib import Path

import pytest

from zoneviz.app.captures import import_text
from zoneviz.app.compare import compare
from zoneviz.playback.readings import Readings
from zoneviz.recording import Recording


def series(path: Path, step: int, elements: list[int]) -> Path:
    """Readings of one zone, `step` seconds apart."""
    import_text("time,zone,elements\n" + "".join(f"{100 + step * i},z,{n}\n" for i, n in enumerate(elements)), path)
    return path


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """A every 10 s, B every 20 s: equal in their first two readings."""
    return series(tmp_path / "a.zvz", 10, [10, 20, 30, 40, 50]), series(tmp_path / "b.zvz", 20, [10, 20, 35])


def numbers(path: Path, seqs: list[int]) -> list[int]:
    with Recording(path) as recording:
        readings = Readings(recording)
        return [readings.number(seq) + 1 for seq in seqs]


@pytest.mark.parametrize(
    ("align", "of_a", "of_b", "differ"),
    [("event", [1, 2, 3], [1, 2, 3], [3]), ("time", [1, 2, 3, 4, 5], [1, 1, 2, 2, 3], [2, 3, 4, 5])],
)
def test_readings_correspond(two: tuple[Path, Path], align: str, of_a: list[int], of_b: list[int], differ: list[int]) -> None:
    found = compare(*two, align)
    assert numbers(two[0], found.aligned.a.tolist()) == of_a
    assert numbers(two[1], found.aligned.b.tolist()) == of_b
    assert numbers(two[0], found.aligned.places[:, 0].tolist()) == differ
    assert (found.equal, found.prefix) == (len(of_a) - len(differ), differ[0] - 1)
    assert found.readings is not None and found.readings.readings == (of_a[-1], of_b[-1])


def test_the_verdict_names_the_reading(tmp_path: Path, two: tuple[Path, Path]) -> None:
    longer = series(tmp_path / "c.zvz", 10, [10, 20])
    assert compare(two[0], longer).verdict == "The only zone is equal at reading 2."
