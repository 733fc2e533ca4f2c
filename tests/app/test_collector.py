"""The garbage collector's thresholds during runs."""

import gc
from collections.abc import Iterator

import pytest

from zoneviz.app import collector
from zoneviz.app.simulation import Simulation
from zoneviz.spec import RunSpec

USUAL = (700, 10, 10)


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*USUAL)
    yield
    gc.set_threshold(*before)


def boot() -> Simulation:
    return Simulation(RunSpec("boot", record=False))


def test_the_thresholds_are_raised_until_the_run_ends() -> None:
    run = boot()
    if not run.ended:
        assert gc.get_threshold() == collector.THRESHOLDS
        while run.advance(1.0):
            pass
    assert gc.get_threshold() == USUAL


def test_they_stay_raised_during_another_run() -> None:
    first, second = object(), object()
    collector.relax(first)
    collector.relax(second)
    collector.relax(second)
    collector.restore(first)
    assert gc.get_threshold() == collector.THRESHOLDS
    collector.restore(second)
    collector.restore(second)
    assert gc.get_threshold() == USUAL


def test_a_run_that_was_given_up_restores_them() -> None:
    run = Simulation(RunSpec("fork-bomb", record=False))
    assert gc.get_threshold() == collector.THRESHOLDS
    del run
    gc.collect()
    assert gc.get_threshold() == USUAL


def test_a_block_restores_them_also_after_an_error() -> None:
    with pytest.raises(ValueError, match="inside"), collector.relaxed():
        assert gc.get_threshold() == collector.THRESHOLDS
        raise ValueError("inside")
    assert gc.get_threshold() == USUAL
