"""Every scenario has the events it had before: digests.txt holds one run a line, the arguments of `zoneviz run`, then what it gave.

After a change of the model, `python -m tests.whole.test_digests` writes the file again; the change says why the events moved.
The interpreted and the compiled kernel are tested against the same file.
"""

import contextlib
import io
import json
from pathlib import Path

import pytest

from zoneviz.cli.main import main
from zoneviz.scenarios import scenarios

FILE = Path(__file__).with_name("digests.txt")
RUNS = dict(line.rsplit(": ", 1) for line in FILE.read_text().splitlines())


def result(run: str) -> str:
    """Number of events, outcome and digest of a run."""
    with contextlib.redirect_stdout(io.StringIO()) as text:
        assert main(["run", *run.split(), "--no-record", "--json", "--quiet"]) == 0
    found = json.loads(text.getvalue())
    return f"{found['events']} {found['outcome']} {found['digest']}"


@pytest.mark.parametrize("run", RUNS)
def test_a_run_has_the_events_it_had(run: str) -> None:
    assert result(run) == RUNS[run]


def test_every_scenario_has_a_run() -> None:
    assert {run.split()[0] for run in RUNS} == set(scenarios())


if __name__ == "__main__":
    FILE.write_text("".join(f"{run}: {result(run)}\n" for run in RUNS))
