"""The legend of the timeline and the card of a stretch show their texts whole, in every mode and at every size of the window."""

from collections.abc import Callable

import pytest

from tests.gui.conftest import Settle
from tests.gui.painted import cut, met, painted
from zoneviz import resources
from zoneviz.gui.window.main_window import MainWindow

MODES: dict[str, Callable[[MainWindow], None]] = {
    "growth": lambda window: window.timeline.show_growing(True),
    "only": lambda window: window.timeline.legend.isolate(window.timeline.legend.names[3]),
    "hidden": lambda window: window.timeline.legend.hide_band(window.timeline.legend.names[0]),
    "selected": lambda window: window.session.select_zone(window.timeline.legend.names[1]),
}


@pytest.mark.parametrize("name", ["fork-bomb", "linux-sockets"])
@pytest.mark.parametrize("size", [(900, 600), (1280, 720)])
def test_legend_and_card_fit(window: MainWindow, settle: Settle, name: str, size: tuple[int, int]) -> None:
    assert window.open_path(next(path for path in resources.recordings() if path.name.startswith(name)))
    window.resize(*size)
    settle(window.session)
    for mode, act in MODES.items():
        act(window)
        settle(window.session)
        found = painted(window.timeline)
        assert cut(found) == met(found) == [], mode
        window.timeline.show_growing(False)
        window.timeline.legend.show_all()
        window.session.clear_all()
    last = window.session.last
    window.session.select(range=(last // 4, last // 2))
    window.stretch.wait()
    settle(window.session)
    found = painted(window.stretch)
    assert found and cut(found) == met(found) == []
