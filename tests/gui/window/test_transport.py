"""The row of the moment: it says as much as there is room for, and nothing is laid over anything as figures grow."""

from itertools import pairwise

from PySide6.QtWidgets import QWidget

from tests.gui.conftest import Settle
from zoneviz.gui.window.main_window import MainWindow


def test_words_give_way_when_figures_grow(opened: MainWindow, settle: Settle) -> None:
    transport, session = opened.transport, opened.session
    holder = QWidget()  # neither the window's layout nor its own says how wide it is there
    transport.setParent(holder)
    holder.show()
    transport.show()
    session.ask_moment(1)
    settle(session)
    said = set()
    for width in range(1600, 700, -20):
        session.ask_moment(1)
        session.land()
        transport.resize(width, transport.height())
        transport._fit()
        session.ask_moment(session.last)  # longer words than those that were fitted
        session.land()
        session.flush()
        layout = transport.layout()
        assert layout is not None and transport.width() == width
        layout.activate()
        shown = sorted((w.geometry() for w in transport._widgets if not w.isHidden()), key=lambda place: place.left())
        if transport._needed() <= width:
            assert all(one.right() < other.left() for one, other in pairwise(shown)), width
        else:
            assert transport._terse == 3, width
        said.add(transport._terse)
    assert said >= {0, 1, 2, 3}
    transport.setParent(opened)
    holder.deleteLater()
