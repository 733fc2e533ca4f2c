"""The claims as data: complete, consistent, and not used by the model."""

import ast
import re
from pathlib import Path

import pytest

import zoneviz
from zoneviz.claims import CLAIMS, row, select
from zoneviz.claims.model import NO_RESULT, NOT_REPRODUCED, OPEN, REPRODUCED, Claim, Trial, judged, spread
from zoneviz.claims.rules import near
from zoneviz.errors import UsageError
from zoneviz.scenarios import scenarios
from zoneviz.spec import RunSpec

ROOT = Path(zoneviz.__file__).parent
MODEL = [path for part in ("mach", "hurd", "scenarios") for path in sorted((ROOT / part).rglob("*.py"))]
TAG = re.compile(r"\[[MRSDIE]\]")


def test_claims_are_complete() -> None:
    for name, claim in CLAIMS.items():
        assert claim.id == name and claim.trials
        labels = [trial.label for trial in claim.trials]
        assert len(set(labels)) == len(labels), name
        for text in (claim.statement, claim.mechanism, claim.falsified):
            assert text.endswith(".") and "\n" not in text, name
        assert not claim.expected.endswith("."), name


def test_the_model_does_not_import_the_claims() -> None:
    below = [path for part in ("mach", "hurd", "scenarios", "playback", "recording") for path in (ROOT / part).rglob("*.py")]
    for path in below:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
                assert not any("claims" in module for module in modules), path


def test_the_model_has_no_figure_of_the_report() -> None:
    """A number of the report may be in the model's source only if it has another source, which its line names."""
    # Small and round numbers are everywhere: 400 bytes have nothing to do with 400 forks.
    figures = {n for claim in CLAIMS.values() for n in claim.rule.numbers if n >= 900 or (n >= 200 and n % 100)}
    assert {1040, 990, 940, 250} <= figures
    for path in MODEL:
        lines = path.read_text().splitlines()
        for node in ast.walk(ast.parse("\n".join(lines))):
            if isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value in figures:
                assert TAG.search(lines[node.lineno - 1]) or "Parameter(" in lines[node.lineno - 1], (
                    f"{path.name}: {lines[node.lineno - 1]}"
                )


def test_ids_are_found_in_any_case_and_returned_in_order() -> None:
    assert [claim.id for claim in select(["s14", " S12"])] == ["S12", "S14"]
    assert len(select([""])) == len(CLAIMS)
    with pytest.raises(UsageError, match="There is no observation 'S99'; there are: S1, "):
        select(["S99"])


def made(**changes: object) -> Claim:
    values: dict[str, object] = {
        "id": "S0",
        "statement": "It is ten.",
        "expected": "ten",
        "trials": (Trial("a", RunSpec("boot")), Trial("b", RunSpec("boot"))),
        "figure": lambda seen: seen["n"],
        "rule": near({"a": 10, "b": 20}, 0.1),
        "mechanism": "It counts.",
        "falsified": "Eleven.",
    }
    return Claim(**(values | changes))  # type: ignore[arg-type]


def test_a_verdict_needs_a_figure_of_each_run() -> None:
    assert row(made(), {"a": [10, 11], "b": [19]}).verdict == REPRODUCED
    assert row(made(), {"a": [10, 11], "b": [25]}).verdict == NOT_REPRODUCED
    assert row(made(), {"a": [10], "b": []}).verdict == NO_RESULT


def test_an_open_claim_is_never_called_reproduced() -> None:
    assert row(made(open=True), {"a": [10], "b": [20]}).verdict == OPEN
    assert row(made(open=True), {"a": [10], "b": [90]}).verdict == NOT_REPRODUCED


def test_a_run_that_was_stopped_has_no_figure() -> None:
    claim = made()
    assert claim.figure_of(claim.trials[0], {"outcome": "panic", "n": 4}) == 4
    for outcome in ("interrupted", "failed"):
        assert claim.figure_of(claim.trials[0], {"outcome": outcome, "n": 4}) is None


def test_the_spread_is_in_words() -> None:
    assert judged(made(), {"a": [10, 11], "b": [20, 20]})[0] == "a: 10 to 11; b: 20; a +5 %, b +0 %"
    assert spread(["x", "y", "x"]) == "x (2 of 3), y (1 of 3)"
    assert spread(["x", "x"]) == "x" and spread([]) == "no result" and spread([1234.5]) == "1,234"


def test_summaries_work_with_and_without_results() -> None:
    for claim in CLAIMS.values():
        if claim.summary is not None:
            assert "no result" in claim.summary({})
    size = CLAIMS["S22"]
    figures = {v.label: ["boots, 3.0 MiB of kernel_map left" if "16 MiB of" in v.label else "panic kmem_suballoc"] for v in size.trials}
    found = row(size, figures | {f"forks with {n} MiB": [n] for n in (16, 20, 24)})
    assert found.verdict == REPRODUCED
    assert "256 MiB of RAM: boots up to 16 MiB, 3.0 MiB of kernel_map left, panic kmem_suballoc from 20 MiB on" in found.observed


def test_scenarios_name_the_claims_that_run_them() -> None:
    found = scenarios()
    needed: dict[str, list[str]] = {name: [] for name in found}
    for claim in CLAIMS.values():
        for name in dict.fromkeys(trial.spec.scenario for trial in claim.trials):
            needed[name].append(claim.id)
    assert {name: list(scenario.claims) for name, scenario in found.items()} == needed


def test_each_trial_can_be_run() -> None:
    for trial in (trial for claim in CLAIMS.values() for trial in claim.trials):
        plan = trial.spec.resolve()
        assert (plan.scenario.name, plan.profile.name) == (trial.spec.scenario, trial.spec.profile)
