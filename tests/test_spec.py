"""Runs as a user asks for them, and the messages for those that cannot be run."""

import pickle
import shlex
from pathlib import Path
from typing import Any

import pytest

from zoneviz.cli.main import main
from zoneviz.errors import InputError, UsageError
from zoneviz.spec import RunSpec, Settings


def test_names_are_found_and_defaults_filled_in() -> None:
    plan = RunSpec("fork-bomb").resolve()
    assert plan.scenario.name == "fork-bomb"
    assert plan.profile.name == "antrik-2005"
    assert set(plan.params) == {p.name for p in plan.scenario.parameters}
    assert plan.overridden == {} and plan.seed == 1


def test_a_setting_is_the_scenarios_or_the_profiles() -> None:
    plan = RunSpec("kernel-loop", settings=("operation=dead_name", "zone_map_size=4M", "task_max=2000")).resolve()
    assert plan.params["operation"] == "dead_name"
    assert (plan.profile.zone_map_size, plan.profile.task_max) == (4 << 20, 2000)
    assert plan.parameters() == {**plan.params, "zone_map_size": 4 << 20, "task_max": 2000}


@pytest.mark.parametrize("given", [{"zone_map_size": 4194304}, {"zone_map_size": "4M"}, ["zone_map_size=4 MiB"]])
def test_settings_are_typed_values_or_text(given: Any) -> None:
    assert RunSpec("fork-bomb", settings=given).resolve().profile.zone_map_size == 4 << 20


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scenario": "fork-bmb"}, "There is no scenario 'fork-bmb'; there are: boot, "),
        ({"scenario": 3}, "A scenario is a name or the path of a .py file, not 3."),
        ({"profile": "2005"}, "profile='2005' is not one of antrik-2005, "),
        ({"profile": 2005}, "profile=2005 is not one of antrik-2005, "),
        ({"scenario": "kernel-ops", "settings": ("rm=4M",)}, "There is no 'rm' to set; kernel-ops has: nothing; a profile has: ram, "),
        ({"settings": ("ram",)}, "'ram' is not of the form NAME=VALUE."),
        ({"settings": ("=4M",)}, "'=4M' is not of the form NAME=VALUE."),
        ({"settings": (3,)}, "3 is not of the form NAME=VALUE."),
        ({"settings": "ram=4M"}, "Settings are given by name, or as a list of NAME=VALUE, not as 'ram=4M'."),
        ({"settings": 3}, "Settings are given by name, or as a list of NAME=VALUE, not as 3."),
        ({"settings": ("ram=lots",)}, "ram='lots' is not a size from 8 MiB to 4 GiB."),
        ({"settings": {"ram": 1.5e8}}, "ram=150000000.0 is not a size from 8 MiB to 4 GiB."),
        ({"settings": {"ram": [1]}}, "ram=[1] is not a size from 8 MiB to 4 GiB."),
        ({"settings": {"ram": None}}, "ram=None is not a size from 8 MiB to 4 GiB."),
        ({"settings": {3: 4}}, "There is no 3 to set; boot has: "),
        ({"scenario": "kernel-loop", "settings": ("operation=x",)}, "operation='x' is not one of "),
        ({"seed": -1}, "seed=-1 is not a whole number from 0 to 9,223,372,036,854,775,807."),
        ({"seed": 1 << 63}, "is not a whole number from 0 to "),
        ({"seed": 1.5}, "seed=1.5 is not a whole number from 0 to "),
        ({"seed": [1]}, "seed=[1] is not a whole number from 0 to "),
        ({"max_events": 0}, "max_events=0 is not a whole number of at least 1."),
        ({"max_events": "many"}, "max_events='many' is not a whole number of at least 1."),
        ({"output": Path("a.zvz"), "record": False}, "A run that is not recorded has no output file."),
    ],
)
def test_what_cannot_be_run_is_refused_in_one_sentence(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        RunSpec(**{"scenario": "boot", **changes}).resolve()
    assert message in str(caught.value) and str(caught.value).endswith(".")


def test_a_missing_scenario_file_is_an_error_of_input() -> None:
    with pytest.raises(InputError, match=r"There is no scenario file nowhere\.py"):
        RunSpec("nowhere.py").resolve()


def test_a_spec_is_a_value() -> None:
    one = RunSpec("boot", settings={"ram": "64M", "task_max": 2000}, output="a.zvz")
    other = RunSpec("boot", settings=Settings({"task_max": 2000, "ram": "64M"}), output=Path("a.zvz"))
    assert one == other and hash(one) == hash(other) and pickle.loads(pickle.dumps(one)) == one
    assert one != RunSpec("boot", settings={"ram": "64M"}, output="a.zvz")
    with pytest.raises(AttributeError):
        one.seed = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        one.settings["ram"] = "1M"  # type: ignore[index]


def test_equal_runs_are_equal_when_reduced() -> None:
    one = RunSpec("fork-bomb", settings=("zone_map_size=512K", "rate=10", "ram=256M"))
    other = RunSpec("fork-bomb", settings={"zone_map_size": 512 << 10})
    assert one != other and one.reduced() == other.reduced() == other


def test_a_given_value_may_be_zero() -> None:
    """0 never means "default": what is set to 0 is 0."""
    assert RunSpec("fork-bomb", settings={"jitter": 0}).resolve().params["jitter"] == 0
    assert RunSpec("boot", seed=0).resolve().seed == 0


def test_the_command_makes_the_same_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = RunSpec(
        "kernel-loop",
        "upstream-2007",
        {"operation": "dead_name", "zone_map_size": 512 << 10, "ipc_compat": True},
        7,
        tmp_path / "my file.zvz",
        max_events=500,
        force=True,
    )
    words = shlex.split(spec.command().replace("\\\n", " "))
    assert words == ["zoneviz", *spec.arguments()]
    assert words[:4] == ["zoneviz", "run", "kernel-loop", "--profile"] and "zone_map_size=524288" in words and "ipc_compat=yes" in words
    assert main([*words[1:], "--quiet"]) == 0 and (tmp_path / "my file.zvz").exists()
    assert capsys.readouterr().err == ""
    assert "--no-record" in RunSpec("boot", record=False).arguments()
    assert RunSpec("boot", against="a.zvz").arguments()[-2:] == ["--against", "a.zvz"]
