"""What a list says about a recording: the settings that differ, and files that cannot be read."""

from pathlib import Path

import pytest

from tests.gui.conftest import events, write
from zoneviz import resources
from zoneviz.app.heads import differing, read, stem, title
from zoneviz.app.simulation import Simulation
from zoneviz.recording import Header
from zoneviz.spec import RunSpec


def test_the_settings_that_differ_are_named(tmp_path: Path) -> None:
    made = Simulation(RunSpec("kernel-loop", "upstream-2005", {"zone_map_size": "128K", "threads": 3}, 7, tmp_path / "a.zvz"))
    made.stop()
    head = read(tmp_path / "a.zvz")
    assert dict(head.settings) == {"profile": "upstream-2005", "zone_map_size": "128 KiB", "threads": "3", "seed": "7"}
    assert not head.problem and head.header.scenario == "kernel-loop" and not head.header.result


def test_a_run_by_default_differs_in_nothing(tmp_path: Path) -> None:
    Simulation(RunSpec("boot", output=tmp_path / "a.zvz")).stop()
    assert read(tmp_path / "a.zvz").settings == ()


@pytest.mark.parametrize(
    "header",
    [Header(kind="imported", scenario="fork-bomb", seed=3), Header(scenario="my own", seed=3), Header(scenario="boot", profile="?")],
)
def test_other_recordings_have_no_defaults_to_differ_from(header: Header) -> None:
    assert differing(header) == {}


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    path = tmp_path / "a.zvz"
    for content in (b"", b"hello", b"SQLite format 3\0" + bytes(4000)):
        path.write_bytes(content)
        head = read(path)
        assert str(path) in head.problem and head.identity == ""
    assert "does not exist" in read(tmp_path / "b.zvz").problem


def test_the_identity_stays_with_a_copy(tmp_path: Path) -> None:
    one = write(tmp_path / "a.zvz", events(50))
    other = tmp_path / "b.zvz"
    other.write_bytes(one.read_bytes())
    examples = {read(path).identity for path in resources.recordings()}
    assert read(one).identity == read(other).identity != ""
    assert len(examples) == len(resources.recordings())


@pytest.mark.parametrize(
    ("name", "stem_", "title_"),
    [
        ("fork-bomb-1-20261130-135759.zvz", "fork-bomb-1-20261130-135759", "fork-bomb"),
        ("fork-bomb-12-20261130-135759-2.zvz.zst", "fork-bomb-12-20261130-135759-2", "fork-bomb"),
        ("my bomb.zvz", "my bomb", "my bomb"),
        ("odd.name", "odd.name", "odd.name"),
    ],
)
def test_names(name: str, stem_: str, title_: str) -> None:
    assert (stem(Path(name)), title(Path(name))) == (stem_, title_)
