"""Likeness: distances between signatures, the answer "none", and the library that comes with zoneviz."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from zoneviz import resources
from zoneviz.app.running import run
from zoneviz.mach.profile import DEFAULT_PROFILE
from zoneviz.playback.likeness import Known, Library, comparable, distance, library, likeness
from zoneviz.playback.signature import Signature, Stretch
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec

PORTS = Stretch({"ipc ports": 1.0}, {"ipc ports": 0.5, "kalloc.8192": 0.5})
THREADS = Stretch({"ipc ports": 0.4, "threads": 0.6}, {"ipc ports": 0.4, "threads": 0.6})
LEAK = Signature(PORTS, PORTS, kept=0.5, left=1.0, one_task=0.9, ending=("panic", "zone_map"))
STORM = Signature(THREADS, THREADS, kept=0.8, left=1.0, one_task=0.2, ending=("panic", "zone_map"))
SHELF = Library([Known("port-leak", "zoneviz run port-leak", LEAK), Known("storm", "zoneviz run storm", STORM)], 0.1, "abc")


def test_a_distance_is_0_to_1_and_the_same_both_ways() -> None:
    assert distance(LEAK, LEAK) == 0.0
    assert 0.2 < distance(LEAK, STORM) == distance(STORM, LEAK) < 1.0
    elsewhere = Stretch({"kmalloc-64": 1.0}, {})
    assert distance(Signature(elsewhere, elsewhere), LEAK) > 0.8


def test_what_one_of_the_two_does_not_report_is_left_out() -> None:
    readings = Signature(replace(PORTS, allocated={}), replace(PORTS, allocated={}))
    assert distance(readings, LEAK) == 0.0


def test_growth_of_a_few_elements_by_chance_hardly_counts() -> None:
    steady = replace(LEAK, kept=0.001)
    other = replace(steady, half=replace(PORTS, grown={"objects": 1.0}), last=replace(PORTS, grown={}))
    assert distance(steady, other) < 0.1 < distance(LEAK, replace(other, kept=0.5))


def test_the_nearest_scenario_is_first_and_all_far_ones_make_none() -> None:
    found = SHELF.ranked(replace(LEAK, one_task=0.8))
    assert [near.name for near in found.like] == ["port-leak"] and [near.name for near in found.ranked] == ["port-leak", "storm"]
    assert found.sentence.startswith("Looks like port-leak: a difference of 0.0") and found.as_json()["like"] == ["port-leak"]
    none = SHELF.without("port-leak").ranked(LEAK)
    assert not none.like and none.sentence.startswith("Looks like no known scenario: storm is nearest, with a difference of 0.")
    nothing = SHELF.ranked(None)
    assert not nothing.ranked and nothing.sentence.startswith("Too little happens")


def test_a_library_survives_its_file() -> None:
    again = Library.from_text(SHELF.to_text())
    assert (again.none_above, again.model) == (0.1, "abc")
    for one, other in zip(again.known, SHELF.known, strict=True):
        assert (one.name, one.command) == (other.name, other.command) and distance(one.signature, other.signature) < 0.001


def spec(known: Known) -> RunSpec:
    """The run of a command of the library."""
    words = shlex.split(known.command)
    options = list(zip(words[3::2], words[4::2], strict=True))
    settings = [value for name, value in options if name == "--set"]
    return RunSpec(words[2], dict(options).get("--profile", DEFAULT_PROFILE), settings, seed=int(dict(options).get("--seed", "1")))


def test_the_library_is_small_and_its_commands_are_valid() -> None:
    known = library().known
    assert resources.signatures().stat().st_size < 150_000
    assert len({each.name for each in known}) > 20 and library().model and 0.02 < library().none_above < 0.3
    for each in known:
        params = spec(each).resolve().params
        assert set(each.name.split()[1:]) <= {f"{name}={value}" for name, value in params.items()}


@pytest.mark.parametrize("name", ["kernel-loop operation=thread_create", "storm-survived", "fork-chain"])
def test_the_library_has_the_signatures_of_todays_kernel(name: str, tmp_path: Path) -> None:
    """If this fails, the simulated kernel behaves otherwise than when the library was made: run `make signatures`."""
    known = next(each for each in library().known if each.name == name)
    run(replace(spec(known), output=tmp_path / "a.zvz"))
    with Recording(tmp_path / "a.zvz") as recording:
        found = likeness(recording)
    assert found.ranked[0].name == name and found.ranked[0].distance <= 0.003


@pytest.mark.parametrize(("name", "like"), [("fork-bomb", "fork-bomb"), ("linux-sockets", ""), ("macos-panic", "")])
def test_example_recordings(name: str, like: str) -> None:
    with Recording(resources.folder("recordings") / f"{name}.zvz.zst") as recording:
        found = likeness(recording)
        assert [near.name for near in found.like][:1] == ([like] if like else [])
        assert comparable(recording.header) == bool(like)
