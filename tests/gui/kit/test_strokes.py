"""How thick lines are."""

from zoneviz.gui.kit.strokes import choose, thick


def test_lines_grow_by_the_chosen_factor() -> None:
    choose(1.8)
    assert thick(2.0) == 3.6
    choose(1.0)
    assert thick(2.0) == 2.0
