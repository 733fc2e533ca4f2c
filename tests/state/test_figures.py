"""The columns of sums match the names of the figures."""

from tests.recording import toy
from zoneviz.events import Kind
from zoneviz.fields import FIELDS
from zoneviz.state import figures
from zoneviz.state.totals import Totals


def test_indices_and_names_agree() -> None:
    for index, name in enumerate(figures.ZONE_FIGURES):
        assert getattr(figures, name.upper()) == index
    totals = Totals(toy.catalog())
    assert totals.zones.shape[1] == len(figures.ZONE_FIGURES) and len(totals.machine) == figures.MESSAGES + 1


def test_each_level_is_a_multiple_of_the_finer_one() -> None:
    assert all(coarse % fine == 0 for fine, coarse in zip(figures.LEVELS, figures.LEVELS[1:], strict=False))
    assert figures.TASK_STEP % figures.SAMPLE_STEP == 0


def test_a_reading_can_set_all_columns_of_a_sample_that_are_not_counts_of_elements() -> None:
    assert set(figures.MAPS_SET) | set(figures.MACHINE_SET) == set(figures.MACHINE_FIGURES) - {"tasks", "threads", "ports"}
    assert sorted(figures.MACHINE_SET.values()) == list(range(figures.MESSAGES + 1))
    words = FIELDS[Kind.ZONE_FIGURE].extra.words
    assert words.endswith(", ".join(f"{i} {name}" for i, name in enumerate(figures.ZONE_FIGURES)))
