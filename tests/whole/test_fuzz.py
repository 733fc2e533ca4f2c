"""A short, repeatable run of `python -m tests.fuzz`; `make fuzz` runs for an hour."""

import subprocess
import sys
from pathlib import Path

from tests.fuzz.mutations import MUTATIONS, SCHEMA

COUNT = (len(MUTATIONS) + 1) * len(SCHEMA) * 3
"""Three times each change to the schema, some sixty times each other mutation."""


def test_damaged_recordings_do_no_harm(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--count", str(COUNT), "--seed", "1", "--keep", str(tmp_path)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{COUNT} damaged recordings" in done.stdout
