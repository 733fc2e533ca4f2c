"""A short, repeatable run of `python -m tests.fuzz`; `make fuzz` runs for an hour."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.mutations import SCHEMA
from tests.fuzz.recordings import MUTATIONS

COUNT = (len(MUTATIONS) + 1) * len(SCHEMA) * 3
"""Three times each change to the schema, some sixty times each other mutation."""


CAPTURES = 2000


@pytest.mark.parametrize(("kind", "count"), [("recordings", COUNT), ("captures", CAPTURES)])
def test_damaged_files_do_no_harm(kind: str, count: int, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--of", kind, "--count", str(count), "--seed", "1", "--keep", str(tmp_path)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{count} damaged {kind}" in done.stdout
