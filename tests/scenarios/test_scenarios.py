"""Scenarios: declared parameters, the registry, files of a user."""

import pkgutil
from pathlib import Path

import pytest

import zoneviz.scenarios
from tests.scenarios.running import run
from zoneviz.errors import InputError, UsageError
from zoneviz.scenarios import Parameter, Scenario, find, load, scenarios

INT = Parameter("count", "int", 5, "How many.", low=1, high=1000)
CHOICE = Parameter("how", "choice", "slow", "Which way.", choices=("slow", "fast"))


def test_defaults_and_unknown_names() -> None:
    scenario = Scenario("toy", "A toy.", lambda run: None, (INT, CHOICE))
    assert scenario.parse({}) == {"count": 5, "how": "slow"}
    assert scenario.parse({"count": "7"}) == {"count": 7, "how": "slow"}
    with pytest.raises(UsageError, match=r"^toy has no parameter 'speed'; it has: count, how\.$"):
        scenario.parse({"speed": "1"})
    with pytest.raises(UsageError, match=r"it has: none\.$"):
        Scenario("bare", "", lambda run: None).parse({"speed": "1"})


def test_the_registry_finds_every_file() -> None:
    found = scenarios()
    assert len(found) == len(list(pkgutil.iter_modules(zoneviz.scenarios.__path__)))
    assert list(found) == sorted(found)
    assert {"boot", "fork-bomb", "kernel-loop", "kernel-ops"} <= set(found)
    for name, scenario in found.items():
        assert scenario.name == name
        assert find(name) is scenario
        assert scenario.summary.endswith(".")


@pytest.mark.parametrize("name", scenarios())
def test_parameters_are_declared_in_full(name: str) -> None:
    for parameter in find(name).parameters:
        assert parameter.help.endswith(".")
        assert parameter.kind in ("int", "float", "size", "bool", "choice", "text")
        # The default is a value one could type.
        assert parameter.parse(parameter.text(parameter.default)) == parameter.default
        assert (parameter.kind == "choice") == bool(parameter.choices)


def test_an_unknown_scenario_is_one_sentence() -> None:
    with pytest.raises(UsageError, match=r"^There is no scenario 'fork-bmob'; there are: boot, .*\.$"):
        find("fork-bmob")


OWN = """
from zoneviz.mach import program, traps
from zoneviz.scenarios import Parameter, Run, Scenario


def main(run):
    me = yield from program.prelude()
    for number in range(run.params["count"]):
        yield traps.port_allocate(me)
        run.kernel.operation()
    yield (lambda kernel, thread: kernel.finish("finished"),)


def start(run: Run) -> None:
    program.start(run.kernel, main(run))


SCENARIO = Scenario("mine", "Ports.", start, (Parameter("count", "int", 3, "Ports.", low=0, high=100),))
"""


def test_a_users_file_runs(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(OWN)
    result = run(find(str(path)), count="9")
    assert result.ended.outcome == "finished"
    assert result.kernel.operations == 9


def test_two_files_of_a_user_do_not_mix(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(OWN)
    (tmp_path / "two.py").write_text(OWN.replace("mine", "other"))
    one, two = load(tmp_path / "one.py"), load(tmp_path / "two.py")
    assert (one.name, two.name) == ("mine", "other")
    assert run(one).kernel.operations == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\n", "has no SCENARIO"),
        ("SCENARIO = 3\n", "has no SCENARIO"),
        ("import nothing_of_that_name\n", "ModuleNotFoundError"),
        ("def broken(:\n", "SyntaxError"),
        ("raise SystemExit(3)\n", "SystemExit: 3"),
        ("from zoneviz.scenarios import *\nParameter('n', 'integer', 1, 'How many.')\n", "kind 'integer'"),
        ("raise ValueError('no')\n", "ValueError: no"),
    ],
)
def test_a_file_without_a_scenario_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.py"
    path.write_text(text)
    with pytest.raises(InputError, match=said) as caught:
        find(str(path))
    assert "\n" not in str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no scenario file"):
        find(str(tmp_path / "none.py"))
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(InputError, match="There is no scenario file"):
        find(str(tmp_path / "folder.py"))
