"""Corresponding moments, against the events of both recordings."""

from pathlib import Path

import numpy as np
import pytest

from zoneviz.app.running import run
from zoneviz.errors import UsageError
from zoneviz.playback import Player
from zoneviz.playback.compare import Comparison, compare
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same fork bomb on a smaller and on a larger zone map."""
    folder = tmp_path_factory.mktemp("two")
    for name, size in (("small", "160K"), ("large", "256K")):
        run(RunSpec("fork-bomb", settings={"zone_map_size": size}, output=folder / f"{name}.zvz"))
    return folder / "small.zvz", folder / "large.zvz"


def compared(files: tuple[Path, Path], align: str) -> Comparison:
    with Recording(files[0]) as a, Recording(files[1]) as b:
        return compare(a, b, align, detail=False)


def test_by_event_equal_events_correspond(files: tuple[Path, Path]) -> None:
    found = compared(files, "event")
    seqs = np.arange(1, found.prefix + 1)
    assert (found.aligned.of(seqs) == seqs).all()
    assert found.aligned.places[0].tolist() == [found.prefix + 1] * 2


def test_where_one_ends_sooner_the_other_stays_at_its_end(files: tuple[Path, Path]) -> None:
    found = compared((files[1], files[0]), "event")
    with Recording(files[0]) as b, Recording(files[1]) as a:
        assert found.aligned.moment(b.event_count + 100) == b.event_count
        assert found.aligned.moment(a.event_count) == b.event_count


@pytest.mark.parametrize("align", ["time", "fill", "operation"])
def test_the_aligned_figure_is_equal_on_both_sides(files: tuple[Path, Path], align: str) -> None:
    found = compared(files, align)
    with Recording(files[0]) as a, Recording(files[1]) as b:
        one, other = Player(a), Player(b)
        for seq in (20_000, 40_000, a.event_count):
            left, right = one.seek(seq), other.seek(found.aligned.moment(seq))
            if align == "time":
                assert abs(left.time - right.time) < 20_000_000  # a sample's width
            elif align == "fill":
                used = [state.machine()["zone_map"]["used"] for state in (left, right)]
                assert abs(used[0] - used[1]) <= 2 * 4096
            else:
                done = [state.machine()["counts"]["operations"] for state in (left, right)]
                assert abs(done[0] - done[1]) <= 1


def test_differences_are_found_in_both_directions(files: tuple[Path, Path]) -> None:
    aligned = compared(files, "event").aligned
    starts = aligned.places[:, 0].tolist()
    assert aligned.difference(0, 1) == starts[0]
    assert aligned.difference(starts[-1], 1) is None
    assert aligned.difference(starts[0], -1) is None
    assert aligned.difference(starts[-1] + 1, -1) == starts[-1]


def test_a_recording_with_itself(files: tuple[Path, Path]) -> None:
    found = compared((files[0], files[0]), "event")
    assert not len(found.aligned.places) and found.aligned.difference(1, 1) is None
    assert found.aligned.moment(1234) == 1234
    assert "aligned" not in found.as_json() and "curves" not in found.as_json()


def test_without_a_clock_there_is_no_alignment_by_time(files: tuple[Path, Path]) -> None:
    real = Path(__file__).parents[3] / "recordings" / "real-messages.zvz.zst"
    with Recording(real) as a, Recording(files[0]) as b:
        if a.header.time_kind == "ns":
            pytest.skip("the imported recording has a clock")
        with pytest.raises(UsageError, match="no clock"):
            compare(a, b, "time", detail=False)
