"""Two thousand damaged recordings, the same each time; `make fuzz` tries for an hour."""

import subprocess
import sys
from pathlib import Path


def test_damaged_recordings_do_no_harm(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--count", "2000", "--seed", "1", "--keep", str(tmp_path)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2000 damaged recordings" in done.stdout
