"""Nothing is cut off or laid over another, whatever the pixels of the screen and the size of the text."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from zoneviz.gui.views import VIEWS

GOLDEN = Path(__file__).parents[2] / "recordings" / "fork-bomb.zvz.zst"


@pytest.mark.parametrize(("scale", "text_size"), [("1", "100 %"), ("1.5", "100 %"), ("2", "100 %"), ("1", "130 %")])
def test_everything_fits(tmp_path: Path, scale: str, text_size: str) -> None:
    """A process each, for Qt reads the scale when it starts."""
    command = [sys.executable, "-m", "tests.gui.fitting", text_size, str(tmp_path), str(GOLDEN)]
    environment = os.environ | {"QT_SCALE_FACTOR": scale}
    done = subprocess.run(command, cwd=GOLDEN.parents[1], env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"looked at {len(VIEWS)} views"] * 2
