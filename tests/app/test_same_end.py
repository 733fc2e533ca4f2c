"""The leak that a panic line amounts to, checked against the scenario it offers."""

import re
from pathlib import Path

import pytest

from zoneviz.app.captures import import_text
from zoneviz.app.diagnosis import diagnose
from zoneviz.app.info import info
from zoneviz.app.running import run
from zoneviz.app.same_end import ELEMENTS, SCENARIOS
from zoneviz.mach.profile import PROFILES
from zoneviz.spec import RunSpec

LINE = "panic: zalloc: zone ipc ports exhausted\n"


def test_a_line_and_its_hours_are_a_rate_and_a_scenario(tmp_path: Path) -> None:
    import_text(LINE, tmp_path / "a.zvz")
    assert "--hours" in diagnose(tmp_path / "a.zvz").findings[-1].sentence
    *_, rate, scenario = diagnose(tmp_path / "a.zvz", hours=6.6).findings
    assert rate.numbers["rate"] == pytest.approx((12 << 20) / 76 / (6.6 * 3600), rel=1e-3)
    assert "6.97 per second with a zone_map of 12 MiB (upstream-2005) or 9.29 per second with a zone_map of 16 MiB" in rate.sentence
    assert "zoneviz run port-leak --profile upstream-2005 --set rate=6.97" in scenario.sentence


def test_the_scenario_ends_with_the_same_line_after_that_time(tmp_path: Path) -> None:
    """With a small zone_map, so that it is quick: 512 KiB of 76-byte ports at 100 per second."""
    name, parameter = SCENARIOS["ipc ports"]
    settings = (f"{parameter}=100", "zone_map_size=512K")
    run(RunSpec(name, "upstream-2005", settings, output=tmp_path / "a.zvz"))
    result = info(tmp_path / "a.zvz")
    assert result["panic"]["text"] == re.sub("^panic: ", "", LINE.strip())
    assert result["simulated_seconds"] == pytest.approx((512 << 10) / ELEMENTS["ipc ports"] / 100, rel=0.3)
    kinds = [finding.kind for finding in diagnose(tmp_path / "a.zvz").findings]
    assert "rate" in kinds and "scenario" not in kinds, "a run of zoneviz is its own scenario"


def test_package_build_does_not_end_so(tmp_path: Path) -> None:
    run(RunSpec("package-build", "upstream-2005", ("scale=0.1",), output=tmp_path / "a.zvz"))
    assert info(tmp_path / "a.zvz")["outcome"] == "finished"


def test_other_panics_have_no_scenario(tmp_path: Path) -> None:
    import_text('panic: zone "kernel map entries" empty.\nKernel Breakpoint trap\n', tmp_path / "a.zvz")
    assert not [finding for finding in diagnose(tmp_path / "a.zvz", hours=1).findings if finding.kind == "scenario"]
    assert set(SCENARIOS) <= set(ELEMENTS) and all(profile.zone_map_size for profile in PROFILES.values())
