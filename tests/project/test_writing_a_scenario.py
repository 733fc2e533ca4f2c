"""docs/writing-a-scenario.md: its example runs, and its table of traps is whole."""

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scenarios.running import Result, run
from zoneviz.mach import traps
from zoneviz.mach.kernel import Kernel
from zoneviz.scenarios import Scenario, load

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "writing-a-scenario.md").read_text()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    out = tmp_path / "mailboxes.py"
    out.write_text(example)
    return out


@pytest.fixture
def example(path: Path) -> Scenario:
    return load(path)


def test_the_example_ends_after_the_given_number_of_calls(example: Scenario) -> None:
    result = run(example, calls="200", clients="3")
    assert result.ended.outcome == "finished"
    assert result.kernel.operations == 200
    # The server, its clients, the kernel; each call left a port and a name.
    assert len(result.kernel.tasks) == 5
    assert [result.kernel.tasks[n].name for n in sorted(result.kernel.tasks)][2:] == ["client 0", "client 1", "client 2"]
    server = result.kernel.first_user.task
    assert len(server.space.entries) >= 200


def test_the_example_leaks_until_the_panic(example: Scenario) -> None:
    result = run(example, "antrik-2005", kernel={"zone_map_size": "512K"})
    assert result.ended.outcome == "panic"
    assert result.ended.panic is not None
    assert result.ended.panic.memory == "zone_map"


def test_the_example_is_determined_by_its_seed(example: Scenario) -> None:
    def events(seed: int) -> Result:
        return run(example, seed=seed, calls="100")

    assert events(1).events == events(1).events
    assert events(1).events != events(3).events


def test_the_example_runs_from_the_command_line(path: Path) -> None:
    command = [sys.executable, "-m", "zoneviz", "run", str(path), "--set", "calls=50", "--no-record", "--json", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, cwd=ROOT)
    told = json.loads(done.stdout)
    assert (told["outcome"], told["counts"]["operations"], told["parameters"]) == ("finished", 50, {"clients": 3, "calls": 50})


def test_every_trap_is_in_the_table() -> None:
    public = [name for name, item in inspect.getmembers(traps, inspect.isroutine) if item.__module__ == traps.__name__ and name[0] != "_"]
    assert len(public) > 30
    assert [name for name in public if f"`{name}(" not in TEXT] == []


def test_what_the_table_calls_exists_with_these_parameters() -> None:
    for name, arguments in re.findall(r"`(\w+)\(([^)`]*(?:\(\)[^)`]*)*)\)`", TEXT.split("## The traps")[1]):
        parameters = list(inspect.signature(getattr(traps, name)).parameters)
        wanted = [part.split("=")[0].strip() for part in arguments.split(",") if part.strip() and part.strip() != ")"]
        assert parameters[: len(wanted)] == wanted, name


def test_what_it_says_of_the_kernel_exists() -> None:
    kernel_part = TEXT.split("### On `run.kernel`")[1].split("##")[0]
    names = re.findall(r"^\| `(\w+)", kernel_part, re.MULTILINE)
    assert {"operation", "mark", "finish", "time", "machine", "extra"} <= set(names)
    attributes = set(vars(Kernel)) | {"time", "extra"}
    assert set(names) <= attributes
