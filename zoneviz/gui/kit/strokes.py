"""How thick lines are drawn in charts: more so in presentation size."""

_factor = [1.0]


def choose(factor: float) -> None:
    """Draw lines `factor` times as thick from now on, in the whole program."""
    _factor[0] = factor


def thick(width: float) -> float:
    """The width at which a line of `width` points is drawn."""
    return width * _factor[0]
