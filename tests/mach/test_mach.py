"""Whether the modules of the kernel are those of the compiler or the sources."""

import os
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from zoneviz.mach import _outdated


@pytest.mark.parametrize(("in_checkout", "source", "outdated"), [(True, 100, False), (True, 300, True), (False, 300, False)])
def test_extension_modules_older_than_a_source_of_the_checkout_are_not_used(
    tmp_path: Path, in_checkout: bool, source: int, outdated: bool
) -> None:
    folder = tmp_path / "zoneviz" / "mach"
    folder.mkdir(parents=True)
    if in_checkout:
        (tmp_path / "pyproject.toml").touch()
    for name, time in (("a.py", 50), ("b.py", source), (f"a{EXTENSION_SUFFIXES[0]}", 200), (f"b{EXTENSION_SUFFIXES[0]}", 250)):
        (folder / name).touch()
        os.utime(folder / name, (time, time))
    assert _outdated(folder) is outdated


def test_a_kernel_that_was_never_compiled_is_not_outdated(tmp_path: Path) -> None:
    folder = tmp_path / "zoneviz" / "mach"
    folder.mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    (folder / "a.py").touch()
    assert not _outdated(folder)


def test_zoneviz_pure_interprets_the_sources() -> None:
    program = "from zoneviz.mach import kernel, tape; print(kernel.__file__.endswith('.py'), tape.COMPILED)"
    environment = os.environ | {"ZONEVIZ_PURE": "1"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["True", "False"]
