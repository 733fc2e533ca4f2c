"""The columns of sums match the names of the figures."""

from tests.recording import toy
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
