"""The running kernel's tracing, for tests that may use it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tracing_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of tracefs, mounted for these tests alone. Skips where the kernel or the user's rights do not allow it."""
    if sys.platform != "linux":
        pytest.skip("tracefs is part of Linux")
    if os.geteuid() != 0:
        pytest.skip("recording each allocation needs root")
    root = tmp_path_factory.mktemp("tracefs")
    done = subprocess.run(["mount", "-t", "tracefs", "nodev", str(root)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"tracefs cannot be mounted here: {done.stderr.strip()}")
    try:
        if not (root / "events" / "kmem" / "kmalloc").is_dir():
            pytest.skip("this kernel has no kmem tracepoints")
        yield root
    finally:
        subprocess.run(["umount", str(root)], check=True)
