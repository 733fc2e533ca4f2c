"""Frames: one call for any number of requests, all in one frame."""

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from zoneviz.gui.session.frames import Frames


def test_many_requests_are_drawn_once_in_the_next_frame(qapp: QApplication) -> None:
    frames, drawn = Frames(), list[str]()

    def chart() -> None:
        drawn.append("chart")

    def table() -> None:
        drawn.append("table")

    for draw in (chart, table, chart):
        frames.ask(draw)
    assert frames.pending and drawn == []
    frames.flush()
    assert drawn == ["chart", "table"] and not frames.pending
    frames.flush()
    assert drawn == ["chart", "table"]


def test_a_request_made_while_drawing_waits_for_the_frame_after(qtbot: QtBot) -> None:
    frames, drawn = Frames(), list[int]()

    def draw() -> None:
        drawn.append(len(drawn))
        if len(drawn) < 3:
            frames.ask(draw)

    frames.ask(draw)
    frames.flush()
    assert drawn == [0] and frames.pending
    qtbot.waitUntil(lambda: drawn == [0, 1, 2])


def test_cleared_requests_are_not_drawn(qapp: QApplication) -> None:
    frames, drawn = Frames(), list[int]()
    frames.ask(lambda: drawn.append(1))
    frames.clear()
    frames.flush()
    assert drawn == []
