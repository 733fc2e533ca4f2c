"""Recordings that tests of several verbs look at; no test may change them."""

from pathlib import Path

import pytest

from zoneviz.app.running import run
from zoneviz.spec import RunSpec


@pytest.fixture(scope="session")
def booted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of `boot`."""
    path = tmp_path_factory.mktemp("cli") / "boot.zvz"
    run(RunSpec("boot", output=path))
    return path


@pytest.fixture(scope="session")
def bombed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fork bomb that ends in a panic."""
    path = tmp_path_factory.mktemp("cli") / "bomb.zvz"
    run(RunSpec("fork-bomb", settings=("zone_map_size=256K",), output=path))
    return path
