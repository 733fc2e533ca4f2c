"""Grids: values of lists and ranges, combinations, and refusals."""

import pytest

from zoneviz.app.grid import Grid
from zoneviz.errors import UsageError
from zoneviz.spec import RunSpec

BOMB = RunSpec("fork-bomb", settings=("ram=128M",))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("zone_map_size=1M..4M:1M", [1 << 20, 2 << 20, 3 << 20, 4 << 20]),
        ("zone_map_size=1M..4M:1500K", [1 << 20, (1 << 20) + (1500 << 10), (1 << 20) + (3000 << 10)]),
        ("zone_map_size=1M..16M:x2", [1 << 20, 2 << 20, 4 << 20, 8 << 20, 16 << 20]),
        ("zone_map_size=1M..1M:1M", [1 << 20]),
        ("max_processes=16..54:x1.5", [16, 24, 36, 54]),
        ("rate=0.1..0.5:0.1", [0.1, 0.2, 0.3, 0.4, 0.5]),
        ("session=console,ssh", ["console", "ssh"]),
        ("collect_zones=no,yes", [False, True]),
        ("leaks=none;2005", ["none", "2005"]),
    ],
)
def test_values_of_lists_and_ranges(text: str, values: list[object]) -> None:
    (found,) = Grid.of(BOMB, [text], 1).axes.values()
    assert list(found) == values


def test_every_combination_runs_with_each_seed_and_first_seeds_run_first() -> None:
    grid = Grid.of(BOMB, ["zone_map_size=1M,2M", "session=console,ssh,screen"], 2)
    jobs = list(grid.jobs())
    assert len(grid) == len(jobs) == 12 and grid.points == 6
    assert [job.seed for job in jobs] == [1] * 6 + [2] * 6
    assert grid.values(4) == {"zone_map_size": 2 << 20, "session": "ssh"}
    assert list(grid.values(4)) == ["zone_map_size", "session"]
    spec = jobs[10].spec
    assert (spec.seed, spec.record, dict(spec.settings)) == (2, False, {"ram": 128 << 20, "zone_map_size": 2 << 20, "session": "ssh"})
    assert len({job.spec for job in jobs}) == 12


def test_the_definition_does_not_depend_on_how_values_are_written_or_on_seeds() -> None:
    one = Grid.of(BOMB, ["zone_map_size=1M..2M:1M"], 1).definition()
    assert one == Grid.of(RunSpec("fork-bomb", settings={"ram": 128 << 20}), ["zone_map_size=1024K,2048K"], 9).definition()
    assert one != Grid.of(BOMB, ["zone_map_size=1M,3M"], 1).definition()


@pytest.mark.parametrize(
    ("vary", "sentence"),
    [
        (["no_such=1,2"], "There is no 'no_such' to vary; fork-bomb and its profile have: ram, "),
        (["zone_map_size"], "--vary 'zone_map_size' is not of the form NAME=VALUES"),
        (["zone_map_size=1M..4M"], "is not a range such as"),
        (["zone_map_size=4M..1M:1M"], "is not a range such as"),
        (["zone_map_size=1M..4M:0"], "is not a range such as"),
        (["zone_map_size=1M..4M:x1"], "is not a range such as"),
        (["zone_map_size=1M..4M:xNaN"], "is not a range such as"),
        (["rate=0..10:x2"], "is not a range such as"),
        (["zone_map_size=64K..1G:1"], "has about 1,073,676,288 values"),
        (["zone_map_size=1M,1024K"], "has a value twice"),
        (["zone_map_size=1M,3"], "zone_map_size='3' is not a size"),
        (["session=console..ssh:1"], "session='console..ssh:1' is not one of"),
        (["rate=1,2", "rate=3"], "rate is given twice"),
        (["ram=64M,128M"], "ram is given twice"),
        (["seed=1..5:1"], "--seeds N"),
        ([], "Name at least one setting"),
    ],
)
def test_what_is_not_a_grid_is_refused_in_one_sentence(vary: list[str], sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        Grid.of(BOMB, vary, 1)
    assert sentence in str(refused.value) and "\n" not in str(refused.value)
