"""The chart of a sweep: places, lines, what ended the points, and the figures of the original report."""

from typing import Any

import pytest

from zoneviz.app.grid import Grid
from zoneviz.app.sweep_chart import chart_of, figure_text, heat_of, marks_of
from zoneviz.spec import RunSpec

VARY = ["zone_map_size=1M..16M:x2", "session=console,ssh"]


def found(vary: list[str] = VARY, figure: str = "forks") -> dict[str, Any]:
    """A summary in which the figure is the number of the point, and every third point ended otherwise."""
    grid = Grid.of(RunSpec("fork-bomb"), vary, 2)
    points = [
        {"point": i, "settings": grid.values(i), "runs": 2, "failed": 0, "ended_by": {"ipc_spaces" if i % 3 == 2 else "zone_map": 2},
         "low": i - 1, "median": float(i), "high": i + 2}
        for i in range(grid.points)
    ]  # fmt: skip
    return {"figure": figure, "points": points}


def test_lines_are_over_the_setting_with_the_most_numbers() -> None:
    chart = chart_of(found())
    assert chart.axis == "zone_map_size" and [line.label for line in chart.lines] == ["console", "ssh"]
    assert chart.places == [(0.0, "1 MiB"), (0.25, "2 MiB"), (0.5, "4 MiB"), (0.75, "8 MiB"), (1.0, "16 MiB")]
    dot = chart.lines[1].dots[2]
    assert (dot.point, dot.at, dot.low, dot.median, dot.high, dot.ended) == (5, 0.5, 4, 5.0, 7, "ipc_spaces")
    assert chart.ends == ["zone_map", "ipc_spaces"]


@pytest.mark.parametrize(
    ("vary", "places"),
    [
        ("rate=2,4,32", [0.0, 0.25, 1.0]), ("zone_map_size=1M..4M:1M", [0, 1 / 3, 2 / 3, 1]), ("session=ssh,screen", [0.0, 1.0]),
        ("rate=5", [0.5]),
    ],
)  # fmt: skip
def test_values_are_at_their_size_or_in_even_steps(vary: str, places: list[float]) -> None:
    assert [at for at, _ in chart_of(found([vary])).places] == pytest.approx(places)


def test_numbers_are_written_without_needless_digits() -> None:
    assert [label for _, label in chart_of(found(["rate=2,2.5"])).places] == ["2", "2.5"]


def test_failed_points_have_no_dot_and_an_empty_sweep_no_line() -> None:
    some = found()
    some["points"][0] |= {"low": None, "median": None, "high": None, "ended_by": {"failed": 2}}
    assert [dot.point for dot in chart_of(some).lines[0].dots] == [2, 4, 6, 8] and (0, 0) not in heat_of(some).cells  # type: ignore[union-attr]
    assert chart_of({"figure": "forks", "points": []}).lines == [] and heat_of({"figure": "forks", "points": []}) is None


def test_a_heatmap_is_of_two_settings() -> None:
    heat = heat_of(found())
    assert heat is not None and heat.across[0] == "zone_map_size" and heat.down == ("session", ["console", "ssh"])
    assert heat.cells[1, 4].point == 9
    assert heat_of(found(VARY[:1])) is None


def test_the_original_report_is_marked_where_its_runs_are_part_of_the_grid() -> None:
    grid = Grid.of(RunSpec("fork-bomb"), VARY, 1)
    marks = {(mark.label, mark.at): (mark.value, mark.claim) for mark in marks_of(grid, chart_of(found()))}
    assert marks == {
        ("console", 1.0): (1040, "S14"), ("ssh", 1.0): (940, "S14"), ("console", 0.75): (800, "S21"), ("ssh", 0.75): (500, "S21"),
        ("console", 0.5): (400, "S21"), ("ssh", 0.5): (250, "S21"),
    }  # fmt: skip
    assert marks_of(grid, chart_of(found(figure="ports"))) == []
    other = Grid.of(RunSpec("fork-bomb", settings={"rate": 1}), VARY, 1)
    assert marks_of(other, chart_of(found())) == []


def test_figures_have_their_units() -> None:
    assert [figure_text(*pair) for pair in (("forks", 1040.0), ("forks", 2.5), ("zone_map_used", 1 << 20), ("wall_seconds", 2.0))] == [
        "1,040", "2.5", "1 MiB", "2 s",
    ]  # fmt: skip
