"""Runs again with one setting changed."""

from dataclasses import replace
from pathlib import Path

import pytest

from zoneviz.app.parts import cut
from zoneviz.app.running import run
from zoneviz.app.whatif import Effect, Limit, effects, limits
from zoneviz.errors import InputError
from zoneviz.recording import Header, Recording
from zoneviz.spec import RunSpec


@pytest.fixture(scope="module")
def bombed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("limits") / "bomb.zvz"
    run(RunSpec("fork-bomb", settings=("zone_map_size=128K",), output=path))
    return path


def test_a_limit_is_a_setting_the_run_did_not_have(bombed: Path) -> None:
    with Recording(bombed) as recording:
        header = recording.header
    found = limits(header)
    assert Limit("zone_map_size", str(256 << 10), "a zone_map of 256 KiB, twice as large") in found
    assert {limit.value for limit in found if limit.setting == "libports"} >= {"throttle", "pool"}
    throttled = replace(header, profile_values={**header.profile_values, "libports": "throttle"})
    assert {limit.value for limit in limits(throttled) if limit.setting == "libports"} >= {"plain", "pool"}


def test_limits_can_be_tried_on_an_excerpt_that_reaches_the_end(bombed: Path, tmp_path: Path) -> None:
    cut(bombed, "500", "end", tmp_path / "end.zvz")
    cut(bombed, "500", "900", tmp_path / "middle.zvz")
    with Recording(bombed) as whole, Recording(tmp_path / "end.zvz") as end, Recording(tmp_path / "middle.zvz") as middle:
        assert limits(end.header) == limits(whole.header) != []
        assert limits(middle.header) == []
    found = list[Effect]()
    list(effects(tmp_path / "end.zvz", [Limit("libports", "plain", "as it was")], found.append))
    assert "No difference" in found[0].sentence


def test_recordings_that_cannot_be_repeated_have_no_limits() -> None:
    assert limits(Header(kind="imported")) == []
    assert limits(Header(scenario="no such scenario")) == []
    # A scenario file is code: a path in a recording is never run.
    assert limits(Header(scenario="/nowhere/evil.py")) == []


def test_a_variant_is_the_run_with_that_setting(bombed: Path) -> None:
    found: list[Effect] = []
    work = effects(bombed, [Limit("zone_map_size", "256K", "twice the zone_map"), Limit("libports", "plain", "as it was")], found.append)
    steps = list(work)
    assert [effect.limit.value for effect in found] == ["256K", "plain"]
    assert steps[-1] == (2, 2)
    result, _ = run(RunSpec("fork-bomb", settings=("zone_map_size=256K",), record=False))
    assert (found[0].digest, found[0].outcome, found[0].events) == (result["digest"], "panic", result["events"])
    assert "Still a panic" in found[0].sentence and not found[0].survived
    assert "No difference" in found[1].sentence


def test_a_variant_that_does_not_end_is_stopped(bombed: Path) -> None:
    found: list[Effect] = []
    list(effects(bombed, [Limit("zone_map_size", "8M", "a huge zone_map")], found.append, patience=2))
    assert (found[0].outcome, found[0].stopped, found[0].survived) == ("interrupted", True, True)
    assert f"still running after {found[0].events:,} events" in found[0].sentence


def test_a_run_with_an_unset_value_can_be_repeated(tmp_path: Path) -> None:
    """The recording keeps null for it; as text that would be 'None', which no setting reads."""
    path = tmp_path / "loop.zvz"
    run(RunSpec("kernel-loop", settings=("operation=fork_like", "zone_map_size=256K"), output=path))
    with Recording(path) as recording:
        assert recording.header.parameters["ports"] is None
    found: list[Effect] = []
    list(effects(path, [Limit("libports", "plain", "as it was")], found.append))
    assert "No difference" in found[0].sentence


def test_closing_ends_the_variant(bombed: Path) -> None:
    work = effects(bombed, [Limit("zone_map_size", "64M", "a huge zone_map")])
    assert next(work) == (0, 1)
    work.close()
    assert list(work) == []


def test_a_recording_that_cannot_be_run_again_says_so() -> None:
    with pytest.raises(InputError, match="cannot be run again"):
        list(effects(Path("recordings/real-messages.zvz.zst")))
