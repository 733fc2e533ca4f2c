"""Facts of small runs, as a report has them."""

from pathlib import Path

import pytest

from zoneviz.app.notes import Note
from zoneviz.app.report_facts import Asked, facts
from zoneviz.app.running import run
from zoneviz.exporters.report import Facts
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec


@pytest.fixture(scope="session")
def bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fork bomb that ends in a panic."""
    path = tmp_path_factory.mktemp("bomb") / "bomb.zvz"
    run(RunSpec("fork-bomb", settings=("zone_map_size=64K",), output=path))
    return path


@pytest.fixture(scope="session")
def found(bomb: Path) -> Facts:
    """The facts of its end."""
    with Recording(bomb) as recording:
        return facts(recording, Asked(recording.event_count, "", [Note(3000, "here")], [], {}, []))
