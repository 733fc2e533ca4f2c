"""For all tests: offscreen, with the user's folders replaced by temporary ones, and compiled modules kept."""

import gc
import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# Before Qt is imported, and for subprocesses too.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
# Some machines forbid bytecode files. Tests start about a hundred processes; each would compile the whole package again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A simulated kernel keeps hundreds of thousands of live objects. At Python's own thresholds the garbage collector walks them
# so often that tests of long runs take 1.4 times as long.
gc.set_threshold(100_000, 50, 100)

# The same examples in every run; a test that needs more of them says so.
settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Default recordings and settings go to a temporary folder of this test."""
    home = tmp_path_factory.mktemp("home")
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    return home
