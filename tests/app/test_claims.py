"""Runs for claims: equal ones are shared, stopped and failed ones say so."""

from pathlib import Path
from typing import Any

import pytest

from zoneviz import claims
from zoneviz.app.claims import claims_for, distinct, observe, report, run_jobs
from zoneviz.app.running import run
from zoneviz.app.state import open_recording
from zoneviz.claims.figures import ended, extra, forks, threads
from zoneviz.claims.model import NO_RESULT, NOT_REPRODUCED, REPRODUCED, Claim, Trial
from zoneviz.claims.rules import between
from zoneviz.events import Catalog, Kind
from zoneviz.recording import Header, Recorder
from zoneviz.spec import RunSpec

SMALL = {"zone_map_size": "512K"}


def claim(*trials: Trial, **changes: Any) -> Claim:
    values: dict[str, Any] = {
        "id": "S0",
        "statement": "A bomb ends.",
        "expected": "some forks",
        "trials": trials,
        "figure": forks,
        "rule": between(10, 200),
        "mechanism": "Memory ends.",
        "falsified": "It continues.",
    }
    return Claim(**(values | changes))


BOMB = Trial("small", RunSpec("fork-bomb", settings=SMALL))


def test_equal_runs_are_one() -> None:
    other = Trial("the same by another name", RunSpec("fork-bomb", settings=SMALL), max_events=10_000_000)
    found = distinct([claim(BOMB), claim(other, Trial("boot", RunSpec("boot")), seeds=5)], 3)
    assert len(found) == 5 + 5
    default = Trial("set to the default", RunSpec("fork-bomb", settings=SMALL | {"rate": "10", "ram": "256M"}))
    assert list(distinct([claim(default)], 1)) == list(distinct([claim(BOMB)], 1))
    assert found[RunSpec("fork-bomb", settings={"zone_map_size": 512 << 10}, record=False)] == 10_000_000


def test_an_observed_run_has_the_result_of_a_plain_run() -> None:
    spec = next(iter(distinct([claim(BOMB)], 1)))
    seen = observe(spec, 1_000_000)
    plain, _ = run(RunSpec("fork-bomb", settings=SMALL, record=False))
    assert {name: seen[name] for name in plain if name != "wall_seconds"} == {n: v for n, v in plain.items() if n != "wall_seconds"}
    assert seen["outcome"] == "panic" and seen["panic"]["memory"] == "zone_map"
    assert len(seen["processes"]) == seen["counts"]["processes"] and seen["processes"][-1]["names"] > 10
    proc = seen["threads"]["proc"]
    assert 1 <= proc["busy"] <= proc["peak"] and proc["end"] <= proc["peak"]
    assert sum(seen["zones"][i]["in_use"] for i in range(3)) > 0


def test_a_run_that_is_too_long_or_invalid_says_so() -> None:
    stopped = observe(RunSpec("fork-bomb", settings={"zone_map_size": "4M"}, record=False), 1000)
    assert stopped["outcome"] == "interrupted"
    wrong = observe(RunSpec("no-such", record=False), 1000)
    assert wrong["outcome"] == "failed" and wrong["why"].startswith("There is no scenario 'no-such'")


def test_runs_in_other_processes_are_the_same_as_in_this_one() -> None:
    chosen = [claim(BOMB, Trial("bad", RunSpec("no-such")))]
    done: dict[RunSpec, Any] = {}
    run_jobs(distinct(chosen, 1), 2, done.__setitem__)
    assert len(done) == 2
    first, second = report(chosen, 1, done)[0]["runs"]
    alone = observe(RunSpec("fork-bomb", settings={"zone_map_size": 512 << 10}, record=False), 1_000_000)
    assert first["figure"] == alone["counts"]["operations"]
    assert first["outcome"] == "panic" and first["memory"] == "zone_map" and first["parameters"]["zone_map_size"] == 512 << 10
    assert second["outcome"] == "failed" and second["figure"] is None
    assert report(chosen, 1, done)[0]["verdict"] == NO_RESULT


def test_finished_runs_are_kept_when_the_rest_is_stopped() -> None:
    done: dict[RunSpec, Any] = {}
    run_jobs(distinct([claim(BOMB)], 3), 1, done.__setitem__, lambda: bool(done))
    assert 1 <= len(done) < 3
    found = report([claim(BOMB)], 3, done)[0]
    assert found["verdict"] == REPRODUCED and found["seeds"] == 3 and len(found["runs"]) == len(done)


def test_a_recording_knows_its_claims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = claim(BOMB)
    more = claim(BOMB, Trial("other", RunSpec("fork-bomb")), id="S2")
    other = claim(*(Trial(name, RunSpec("fork-bomb")) for name in ("other", "the same")), id="S3", figure=ended)
    crowd = claim(BOMB, id="S4", figure=threads("proc"), rule=between(1, 99))
    monkeypatch.setattr(claims, "CLAIMS", {c.id: c for c in (other, mine, more, crowd, claim(Trial("boot", RunSpec("boot")), id="S5"))})
    path = tmp_path / "a.zvz"
    result, _ = run(RunSpec("fork-bomb", settings=SMALL, output=path))
    with open_recording(path) as recording:
        found = {row.id: row for row in claims_for(recording)}
    assert list(found) == ["S0", "S2", "S4", "S3"]
    assert found["S0"].verdict == REPRODUCED and found["S0"].observed == str(result["counts"]["operations"])
    assert found["S2"].verdict == "" and found["S2"].observed == f"small: {result['counts']['operations']}"
    assert found["S3"].verdict == "" and found["S3"].observed == "needs other settings: antrik-2005"
    assert found["S4"].verdict == REPRODUCED


@pytest.mark.parametrize(
    "result", [{"outcome": "panic"}, {"outcome": "panic", "counts": 5, "panic": [], "threads": None}, {"outcome": 1, "x": "y", "panic": 0}]
)
def test_a_recording_with_a_malformed_result_reproduces_nothing(result: dict[str, Any], tmp_path: Path) -> None:
    plan = RunSpec("fork-bomb", settings=SMALL).resolve()
    catalog = Catalog()
    header = Header(
        scenario="fork-bomb", parameters=plan.parameters(), profile=plan.profile.name, profile_values=plan.profile.settings(), seed=1
    )
    recorder = Recorder(tmp_path / "a.zvz", catalog, header)
    recorder.sink((int(Kind.MARK), 1, 0, 0, 0, 99, 0, 0, 0))
    recorder.finish("panic", result)
    with open_recording(tmp_path / "a.zvz") as recording, pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            claims,
            "CLAIMS",
            {
                "S0": claim(BOMB),
                "S1": claim(BOMB, figure=threads("proc")),
                "S2": claim(BOMB, figure=ended),
                "S3": claim(BOMB, figure=extra("x")),
            },
        )
        for row in claims_for(recording):
            assert row.verdict in ("", NO_RESULT, NOT_REPRODUCED)
