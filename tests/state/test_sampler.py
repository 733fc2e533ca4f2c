"""Samples do not depend on how events are batched, and their figures are those of the totals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.recording import toy
from zoneviz.state.figures import MACHINE_FIGURES, SAMPLE_STEP
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import Rows
from zoneviz.state.sampler import Sampler, machine_figures

COUNT = 2000
ROWS = toy.as_rows(toy.run(COUNT))


def sample(sizes: list[int], sampler: Sampler, first: int = 0) -> tuple[Rows, Rows]:
    """All rows of samples and zone samples, fed `sizes` events at a time, in turn."""
    machines, zones = list[list[int]](), list[list[int]]()
    turn = 0
    while first < COUNT:
        more = sampler.feed(ROWS[first : first + sizes[turn % len(sizes)]])
        first, turn = first + sizes[turn % len(sizes)], turn + 1
        machines, zones = machines + more.samples.tolist(), zones + more.zone_samples.tolist()
    return machines, zones


@given(st.lists(st.integers(1, 700), min_size=1, max_size=4))
def test_samples_do_not_depend_on_batches(sizes: list[int]) -> None:
    assert sample(sizes, Sampler(toy.catalog())) == sample([COUNT], Sampler(toy.catalog()))


def test_figures_are_those_of_the_machine() -> None:
    machines, _ = sample([COUNT], Sampler(toy.catalog()))
    state = MachineState(toy.catalog())
    for row in machines:
        state.apply(ROWS[state.seq : row[0]])
        figures = dict(zip(MACHINE_FIGURES, row[2:], strict=True))
        machine = state.machine()
        assert row[0] % SAMPLE_STEP == 0 and row[1] == state.time
        assert figures["zone_map_used"] == machine["zone_map"]["used"] and figures["physical_free"] == machine["physical"]["free"]
        assert all(figures[name] == machine["counts"][name] for name in ("tasks", "threads", "ports", "messages", "operations"))


@pytest.mark.parametrize("begin", [100, 256, 1000])
def test_sampling_from_a_base_gives_the_same_samples(begin: int) -> None:
    base = MachineState(toy.catalog())
    base.apply(ROWS[:begin])
    sampler = Sampler(toy.catalog(), base)
    assert sampler.last().samples[:, :2].tolist() == [[base.seq, base.time]]
    machines, _ = sample([300], sampler, begin)
    assert machines == [row for row in sample([COUNT], Sampler(toy.catalog()))[0] if row[0] > begin]


def test_figures_of_differences_are_differences_of_figures() -> None:
    catalog, chance = toy.catalog(), np.random.default_rng(1)
    a, b = ((chance.integers(0, 99, (3, 7, 7)), chance.integers(0, 99, (3, 4)), chance.integers(0, 99, (3, 8))) for _ in range(2))
    parts = [one - other for one, other in zip(a, b, strict=True)]
    assert (machine_figures(catalog, *parts) == machine_figures(catalog, *a) - machine_figures(catalog, *b)).all()
