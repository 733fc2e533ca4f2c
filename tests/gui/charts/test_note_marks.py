"""Ticks of notes over the timeline."""

from tests.gui.conftest import Settle
from zoneviz.gui.window.main_window import MainWindow


def test_ticks_are_at_the_notes(opened: MainWindow, settle: Settle) -> None:
    opened.session.notebook.put(4000, "here")
    opened.session.ask_moment(4000)
    settle(opened.session)
    marks = opened.timeline.marks
    [(x, words)] = marks.places()
    line = opened.timeline.chart.moment_line
    scene = opened.timeline.chart.box.mapViewToScene(line.pos())
    assert words == "here" and abs(x - scene.x()) < 1
    opened.session.set_range(0, opened.session.series.x_at(100))
    assert marks.places() == []
