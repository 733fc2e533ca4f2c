"""The transport bar: its texts are as long as fits, and nothing overlaps as figures grow."""

from itertools import pairwise

from PySide6.QtWidgets import QWidget

from tests.gui.conftest import Settle
from zoneviz import resources
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.transport import TERSEST
from zoneviz.playback.diagnosis import diagnose


def test_the_share_of_zone_map_is_the_diagnosis_s(opened: MainWindow, settle: Settle) -> None:
    session = opened.session
    assert opened.open_path(next(path for path in resources.recordings() if path.name.startswith("fork-bomb")))  # its kernel has booted
    assert session.player is not None
    session.ask_moment(session.last // 2)
    settle(session)
    memory = next(m for m in diagnose(session.player.recording, at=session.moment).memories if m.name == "zone_map")
    assert 0 < memory.full < 1 and f"{100 * memory.full:.1f} % of zone map" in opened.transport.where.text()
    assert "since boot" in opened.transport.where.toolTip()


def test_texts_are_shortened_when_figures_grow(opened: MainWindow, settle: Settle) -> None:
    transport, session = opened.transport, opened.session
    holder = QWidget()  # outside the window, no layout sets its width
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
        session.ask_moment(session.last)  # longer texts than those that were fitted
        session.land()
        session.frames.flush()
        layout = transport.layout()
        assert layout is not None and transport.width() == width
        layout.activate()
        shown = sorted((w.geometry() for w in transport._widgets if not w.isHidden()), key=lambda place: place.left())
        if transport._needed() <= width:
            assert all(one.right() < other.left() for one, other in pairwise(shown)), width
        else:
            assert transport._terse == TERSEST, width
        said.add(transport._terse)
    assert said >= set(range(TERSEST + 1))
    transport.setParent(opened)
    holder.deleteLater()
