"""The first time of a condition: as the player sees it, and never, already and unknown."""

from pathlib import Path

import pytest

from zoneviz.app.finding import COLUMNS, find, first_time, table
from zoneviz.app.running import run
from zoneviz.app.state import open_recording
from zoneviz.errors import UsageError
from zoneviz.playback import Player
from zoneviz.spec import RunSpec


@pytest.fixture(scope="module")
def bombed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("find") / "bomb.zvz"
    run(RunSpec("fork-bomb", output=path, max_events=40_000))
    return path


def test_the_first_time_is_the_event_that_makes_it_true(bombed: Path) -> None:
    row = first_time(bombed, "ipc ports in use > 300")
    assert set(row) == {column.name for column in COLUMNS} | {"refused"}
    with open_recording(bombed) as recording:
        player = Player(recording)
        ports = next(zone.id for zone in recording.catalog.zones if zone.name == "ipc ports")
        counts = [int(player.seek(seq).totals.zones[ports, 0]) for seq in (row["event"] - 1, row["event"])]
        assert counts == [300, 301] and row["value"] == 301
        assert row["seconds"] == player.moment.time / 1e9 and row["outcome"] == "interrupted"


def test_never_and_from_the_beginning(bombed: Path) -> None:
    never, always = first_time(bombed, "threads > 30000"), first_time(bombed, "threads < 5")
    assert (never["event"], never["seconds"], never["value"], never["why"]) == (None, None, None, "")
    assert (always["event"], always["value"]) == (0, 0)


def test_a_recording_that_cannot_be_searched_has_its_reason(bombed: Path, tmp_path: Path) -> None:
    (tmp_path / "a.zvz").write_text("mine")
    good, damaged, missing = find([bombed, tmp_path / "a.zvz", tmp_path / "no.zvz"], "threads > 10", 1)
    assert good["event"] and not good["why"]
    assert "a.zvz cannot be read as a recording" in damaged["why"] and damaged["event"] is None
    assert "no.zvz" in missing["why"] and "refused" not in missing


def test_processes_find_the_same_in_the_same_order(bombed: Path, tmp_path: Path) -> None:
    other = tmp_path / "boot.zvz"
    run(RunSpec("boot", output=other))
    paths = [other, bombed, other]
    assert find(paths, "threads > 40", 2) == find(paths, "threads > 40", 1)
    assert [row["file"] for row in find(paths, "threads > 40", 1)] == [str(other), str(bombed)]


@pytest.mark.parametrize("condition", ["nonsense", "no such zone > 5"])
def test_a_condition_of_no_recording_is_refused(condition: str, bombed: Path) -> None:
    with pytest.raises(UsageError, match=condition.removesuffix(" > 5")):
        find([bombed], condition, 1)


def test_after_a_stop_the_rest_has_no_row(bombed: Path) -> None:
    assert find([bombed], "threads > 30000", 1, should_stop=lambda: True) == []


def test_the_table_has_a_column_for_each_name(bombed: Path) -> None:
    rows = find([bombed], "threads > 10", 1)
    (batch,) = table(rows).batches
    assert [values[0] for values in batch] == [rows[0][column.name] for column in COLUMNS]
