"""Moments and ranges as a user types them."""

from pathlib import Path

import pytest

from tests.recording import toy
from zoneviz.app.moments import event_range, moment
from zoneviz.errors import UsageError
from zoneviz.recording import Header, Recorder, Recording


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("moments") / "a.zvz"
    recorder = Recorder(path, toy.catalog(), Header(seed=1))
    for event in toy.run(2000):
        recorder.sink(event)
    recorder.finish("panic", {})
    return path


def test_a_moment_is_a_number_the_panic_or_the_end(path: Path) -> None:
    with Recording(path) as recording:
        assert [moment(recording, at) for at in ("0", "7", "panic", "end")] == [0, 7, 2000, 2000]


@pytest.mark.parametrize("at", ["-1", "1e3", "99999999999", "9" * 30, "later", "", "\u0661"])
def test_an_invalid_moment_is_wrong_usage(path: Path, at: str) -> None:
    with Recording(path) as recording, pytest.raises(UsageError, match="is not a moment of"):
        moment(recording, at)


def test_a_run_without_a_panic_has_no_such_moment(tmp_path: Path) -> None:
    Recorder(tmp_path / "b.zvz", toy.catalog(), Header()).finish("finished", {})
    with Recording(tmp_path / "b.zvz") as recording, pytest.raises(UsageError, match="has no panic"):
        moment(recording, "panic")


def test_a_range_includes_both_ends_and_may_be_open(path: Path) -> None:
    with Recording(path) as recording:
        found = [event_range(recording, span) for span in (None, ":", "5:", ":9", "5:5", "5:panic", "0:end")]
    assert found == [(1, 2000), (1, 2000), (5, 2000), (1, 9), (5, 5), (5, 2000), (1, 2000)]


@pytest.mark.parametrize("span", ["5", "20:10", "a:", ":soon", "1:2:3"])
def test_an_invalid_range_is_wrong_usage(path: Path, span: str) -> None:
    with Recording(path) as recording, pytest.raises(UsageError):
        event_range(recording, span)
