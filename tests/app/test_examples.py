"""Example recordings and experiments to begin with."""

from zoneviz import resources
from zoneviz.app.examples import EXPERIMENTS, SENTENCES, TOUR, examples, for_tour
from zoneviz.app.heads import stem
from zoneviz.scenarios import scenarios


def test_each_example_has_a_sentence() -> None:
    assert {stem(path) for path in resources.recordings()} == set(SENTENCES)
    assert [stem(path) for path in examples()] == list(SENTENCES) and all(examples().values())


def test_experiments_and_the_tour_exist() -> None:
    assert set(EXPERIMENTS) <= set(scenarios())
    found = for_tour()
    assert found is not None and found.is_file() and stem(found) == TOUR
