"""Runs with the ends a diagnosis must distinguish, each recorded once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.closing import recordings_closed
from zoneviz.app.running import run
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec

__all__ = ["recordings_closed"]

Recorded = Callable[..., Recording]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Record a scenario with settings, each combination once, by default with 512 KiB of zone_map."""
    folder, known = tmp_path_factory.mktemp("diagnosis"), dict[tuple[str, ...], Path]()

    def make(scenario: str, *settings: str) -> Path:
        key = (scenario, *settings)
        if key not in known:
            known[key] = folder / f"{len(known)}.zvz"
            run(RunSpec(scenario, settings=("zone_map_size=512K", *settings), output=known[key]))
        return known[key]

    return make


@pytest.fixture
def recorded(made: Callable[..., Path]) -> Recorded:
    """The same, opened."""
    return lambda scenario, *settings: Recording(made(scenario, *settings))
