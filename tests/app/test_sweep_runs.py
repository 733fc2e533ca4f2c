"""From the results of a sweep back to its grid and to one of its runs."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from zoneviz.app.grid import Grid
from zoneviz.app.running import run
from zoneviz.app.sweep_runs import grid_of, run_of
from zoneviz.app.sweeping import sweep
from zoneviz.errors import InputError, UsageError
from zoneviz.recording.results import Found
from zoneviz.spec import RunSpec

GRID = Grid.of(RunSpec("fork-bomb", settings={"rate": 5}, max_events=3000), ["zone_map_size=128K,512K", "session=ssh,console"], 2)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sweep") / "a.zvs"
    sweep(GRID, path, 1)
    return path


def test_the_grid_is_read_back_so_that_the_sweep_continues(file: Path) -> None:
    assert grid_of(file) == GRID
    assert sweep(grid_of(file), file, 1).done == 0


def test_a_point_is_recorded_with_the_digest_of_its_row(file: Path, tmp_path: Path) -> None:
    row = next(row for row in Found(file).rows() if (row["point"], row["seed"]) == (2, 2))
    spec = run_of(file, 2, 2)
    assert spec.record and (spec.settings["zone_map_size"], spec.settings["session"]) == (524288, "ssh")
    result, _ = run(RunSpec(spec.scenario, spec.profile, spec.settings, spec.seed, tmp_path / "a.zvz", max_events=spec.max_events))
    assert result["digest"] == row["digest"]
    with pytest.raises(UsageError, match="has no point 4; its points are 0 to 3"):
        run_of(file, 4, 1)


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"scenario": "evil.py"}, UsageError, "not part of zoneviz"),
        ({"profile": "mine"}, InputError, "its definition is not one of a sweep"),
        ({"vary": []}, InputError, "its definition is not one of a sweep"),
        ({"vary": {"session": ["by mail"]}}, InputError, "its definition is not one of a sweep"),
        ({"settings": 7}, InputError, "its definition is not one of a sweep"),
        ({"vary": {}}, InputError, "nothing varies"),
    ],
)
def test_a_damaged_definition_is_refused(
    change: dict[str, object], error: type[Exception], sentence: str, file: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.zvs"
    bad.write_bytes(file.read_bytes())
    with closing(sqlite3.connect(bad, isolation_level=None)) as db:
        db.execute("UPDATE sweep SET value = ? WHERE name = 'definition'", (json.dumps(GRID.definition() | change),))
    with pytest.raises(error, match=sentence):
        grid_of(bad)
