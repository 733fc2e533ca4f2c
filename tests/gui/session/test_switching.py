"""The switch interval is short while any run is in progress, in whatever order runs end."""

import sys

from zoneviz.gui.session import switching


def test_the_last_run_restores_it() -> None:
    before, first, second = sys.getswitchinterval(), object(), object()
    switching.quicken(first)
    switching.quicken(second)
    switching.restore(first)
    switching.restore(first)
    assert sys.getswitchinterval() < before
    switching.restore(second)
    assert sys.getswitchinterval() == before
