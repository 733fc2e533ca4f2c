"""Until when a policy would have helped."""

import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from zoneviz.app import noreturn
from zoneviz.app.noreturn import NoReturn, points
from zoneviz.app.policies import policy
from zoneviz.app.running import run
from zoneviz.app.whatif import Limit
from zoneviz.errors import InputError, UsageError
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec

Asked = list[RunSpec]


@pytest.fixture(scope="module")
def bombed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("noreturn") / "bomb.zvz"
    run(RunSpec("fork-bomb", settings=("zone_map_size=640K", "rate=0"), output=path))
    return path


def count(path: Path) -> int:
    with Recording(path) as recording:
        return recording.event_count


def pretend(monkeypatch: pytest.MonkeyPatch, survives: Callable[[int], bool]) -> Asked:
    """Let runs survive as a function of the event of their switch."""
    asked: Asked = []

    def run_apart(spec: RunSpec, done: int, of: int) -> Generator[tuple[int, int], None, dict[str, Any]]:
        asked.append(spec)
        yield done, of
        at = int(str(spec.settings.get("switch", "@-1")).rpartition("@")[2])
        return {"outcome": "finished" if survives(at) else "panic"}

    monkeypatch.setattr(noreturn, "run_apart", run_apart)
    return asked


def search(path: Path, text: str, **more: Any) -> NoReturn:
    found: list[NoReturn] = []
    list(points(path, [policy(text)], found.append, **more))
    return found[0]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_last_event_is_exact_however_many_runs_at_once(bombed: Path, monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    asked = pretend(monkeypatch, lambda event: event <= 98_765)
    found = search(bombed, "threads=64", workers=workers)
    assert (found.helps, found.last, found.runs) == (((0, 98_765),), 98_765, len(asked))
    assert len(asked) == len(set(asked))
    with Recording(bombed) as recording:
        assert found.time == recording.events(98_765, 98_765)[0, 2]
    sentence = r"at most 64 threads per task: avoids the panic if switched on until .* s \(event 98,765\); \d+ runs\."
    assert re.fullmatch(sentence, found.sentence)


def test_stretches_in_which_it_does_not_help_are_named(bombed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, lambda event: event < 30_000 or 60_000 <= event < 110_000)
    found = search(bombed, "throttle", workers=2)
    assert found.helps == ((0, 29_999), (60_000, 109_999)) and found.last == 109_999
    assert "only if switched on at events 0 to 29,999 and 60,000 to 109,999" in found.sentence


def test_a_policy_that_never_helps_and_one_for_boot_only(bombed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = pretend(monkeypatch, lambda event: event < 0)
    never = search(bombed, "kill=bomb")
    assert (never.helps, never.last, never.runs) == ((), None, noreturn.SPREAD)
    assert "at any of 8 events tried" in never.sentence
    boot = search(bombed, "map=32M")
    assert (boot.at_boot, boot.runs, boot.helps) == (True, 1, ((0, 0),)) and "switch" not in asked[-1].settings
    assert boot.sentence == "a zone_map of 32 MiB: can only be set at boot, and avoids the panic then; 1 run."


def test_it_stops_at_the_distance_asked_for(bombed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = len(pretend(monkeypatch, lambda event: event < 50_001)), search(bombed, "throttle").runs
    near = search(bombed, "throttle", within=1_000)
    assert near.runs < exact[1] and 49_000 <= (near.last or 0) <= 50_000


def test_the_runs_around_the_point_confirm_it(bombed: Path) -> None:
    found = search(bombed, "processes=8", within=5_000)
    assert found.last is not None and 0 < found.last < count(bombed)
    settings = {"zone_map_size": "640K", "rate": "0"}
    before, after = (
        run(RunSpec("fork-bomb", settings=settings | {"switch": f"max_processes=8@{event}"}, record=False))[0]["outcome"]
        for event in (found.last, count(bombed) - 1)
    )
    assert (before, after) == ("error", "panic")


def test_what_cannot_be_searched_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be run again with a policy"):
        list(points(Path("recordings/real-messages.zvz.zst"), [Limit("libports", "throttle", "")]))
    run(RunSpec("boot", output=tmp_path / "boot.zvz"))
    with pytest.raises(UsageError, match="ended without a panic or a hang"):
        list(points(tmp_path / "boot.zvz", [policy("throttle")]))


def test_policies_are_named_as_people_do() -> None:
    assert policy("threads=64") == Limit("max_threads", "64", "at most 64 threads per task")
    assert policy("throttle").setting == "libports" and "k0ro" in policy("throttle").words
    assert policy("pool:4") == Limit("libports", "pool:4", "libports=pool:4")
    refused = {"nonsense=3": "is not a policy; use threads=64", "threads=2": "max_threads='2' is not", "slow": "libports='slow'"}
    for text, message in refused.items():
        with pytest.raises(UsageError, match=message):
            policy(text)
