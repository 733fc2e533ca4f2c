"""What a person may ask for, and what is told when it cannot be."""

from datetime import datetime
from pathlib import Path

import pytest

from zoneviz.app import RunSpec, default_output
from zoneviz.errors import EnvironmentProblem, InputError, UsageError


def test_names_are_found_and_defaults_filled_in() -> None:
    plan = RunSpec("fork-bomb").resolve()
    assert plan.scenario.name == "fork-bomb"
    assert plan.profile.name == "antrik-2005"
    assert set(plan.params) == {p.name for p in plan.scenario.parameters}
    assert plan.overridden == {}


def test_a_setting_is_the_scenarios_or_the_profiles() -> None:
    plan = RunSpec("kernel-loop", settings=("operation=dead_name", "zone_map_size=4M", "task_max=2000")).resolve()
    assert plan.params["operation"] == "dead_name"
    assert (plan.profile.zone_map_size, plan.profile.task_max) == (4 << 20, 2000)
    assert plan.parameters() == {**plan.params, "zone_map_size": 4 << 20, "task_max": 2000}


def test_settings_may_be_given_by_name() -> None:
    assert RunSpec("kernel-loop", settings={"ram": "64M"}).resolve().profile.ram == 64 << 20


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (RunSpec("fork-bmb"), "There is no scenario 'fork-bmb'; there are: boot, "),
        (RunSpec("boot", profile="2005"), "There is no profile '2005'; there are: antrik-2005, "),
        (RunSpec("kernel-ops", settings=("rm=4M",)), "There is no 'rm' to set; kernel-ops has: nothing; a profile has: ram, "),
        (RunSpec("boot", settings=("ram",)), "'ram' is not of the form NAME=VALUE."),
        (RunSpec("boot", settings=("=4M",)), "'=4M' is not of the form NAME=VALUE."),
        (RunSpec("boot", settings=("ram=lots",)), "ram='lots' is not a size from 16 MiB to 4 GiB."),
        (RunSpec("kernel-loop", settings=("operation=x",)), "operation='x' is not one of "),
        (RunSpec("boot", seed=-1), "seed=-1 is not a whole number from 0 to 9,223,372,036,854,775,807."),
        (RunSpec("boot", seed=1 << 63), "is not a whole number from 0 to "),
        (RunSpec("boot", max_events=0), "The maximum of 0 events is not at least 1."),
        (RunSpec("boot", output=Path("a.zvz"), record=False), "A run that is not recorded has no output file."),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_sentence(spec: RunSpec, words: str) -> None:
    with pytest.raises(UsageError) as told:
        spec.resolve()
    assert words in str(told.value) and str(told.value).endswith(".")


def test_a_missing_scenario_file_is_an_error_of_input() -> None:
    with pytest.raises(InputError, match=r"There is no scenario file nowhere\.py"):
        RunSpec("nowhere.py").resolve()


def test_default_recordings_never_collide(tmp_path: Path) -> None:
    now = datetime(2026, 1, 2, 3, 4, 5)
    first = default_output("my own/bomb", 7, now, tmp_path / "new")
    assert first == tmp_path / "new" / "my-own-bomb-7-20260102-030405.zvz"
    first.touch()
    assert default_output("my own/bomb", 7, now, tmp_path / "new").name == "my-own-bomb-7-20260102-030405-2.zvz"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentProblem, match=r"cannot be made.*-o"):
        default_output("boot", 1, datetime(2026, 1, 1), tmp_path / "file" / "recordings")
