"""A copy with another header: the same events, and nothing of the old header anywhere in the file."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.recording import toy
from zoneviz.errors import EnvironmentProblem, InputError
from zoneviz.recording import Header, Recorder, Recording, pack
from zoneviz.recording.cleaning import cleaned

SECRET = "/home/somebody/secret"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    recorder = Recorder(tmp_path / "a.zvz", toy.catalog(), Header(scenario=SECRET, parameters={"stream": SECRET}, seed=1))
    for event in toy.run(3000):
        recorder.sink(event)
    recorder.finish("panic", {"where": SECRET})
    return tmp_path / "a.zvz"


@pytest.mark.parametrize("packed", [False, True])
def test_events_stay_and_the_old_header_is_gone(made: Path, tmp_path: Path, packed: bool) -> None:
    source = made
    if packed:
        source = tmp_path / "a.zvz.zst"
        pack(made, source)
    before = made.read_bytes()
    assert before.count(SECRET.encode()) >= 3
    with Recording(source) as recording:
        header = replace(recording.header, scenario="x", parameters={}, result={})
    cleaned(source, tmp_path / "b.zvz", header)
    assert SECRET.encode() not in (tmp_path / "b.zvz").read_bytes() and made.read_bytes() == before
    with Recording(made) as old, Recording(tmp_path / "b.zvz") as new:
        assert (new.events() == old.events()).all() and new.header == header and new.integrity() == []
        assert (new.samples().machine["tasks"] == old.samples().machine["tasks"]).all()


def test_errors_of_cleaning(made: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        cleaned(Path(__file__), tmp_path / "b.zvz", Header())
    with pytest.raises(EnvironmentProblem, match=r"b\.zvz cannot be written"):
        cleaned(made, tmp_path / "none" / "b.zvz", Header())
