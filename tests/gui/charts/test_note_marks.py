"""Ticks of notes and marks: each at its event's own time, in every chart and picture, however uneven the events are."""

from pathlib import Path
from random import Random

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from tests.playback.test_places import uneven
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.overview import Overview
from zoneviz.gui.views.timeline import Timeline
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.playback import Player
from zoneviz.recording import Recording
from zoneviz.state.rows import SEQ, TIME


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


@pytest.mark.parametrize("seed", range(3))
def test_marks_are_at_their_own_time(session: Session, qtbot: QtBot, settle: Settle, tmp_path: Path, seed: int) -> None:
    session.show(Player(Recording(uneven(tmp_path / "a.zvz", seed))))
    timeline, overview = Timeline(session), Overview(session)
    for view in (timeline, overview):
        qtbot.addWidget(view)
        view.resize(1200, 400)
        view.show()
    settle(session)
    assert session.player is not None
    rows = Random(seed).sample(session.player.recording.events().tolist(), 12)
    for row in rows[1:]:
        session.notebook.put(row[SEQ], "")
    session.notebook.set_mark(rows[0][SEQ])
    first, last = session.series.extent
    for low, high in ((first, last), (first + (last - first) * 0.2, first + (last - first) * 0.7)):
        session.set_range(low, high)
        settle(session)
        box = timeline.chart.box.sceneBoundingRect()
        drawn = sorted(low + (x - box.left()) / box.width() * (high - low) for x, _ in timeline.marks.places())
        assert drawn == pytest.approx(sorted(row[TIME] / 1e9 for row in rows if low <= row[TIME] / 1e9 <= high), abs=1e-6)
    strip = overview.strip
    drawn = sorted(strip._to_axis(x) for x in strip.marks())
    assert drawn == pytest.approx(sorted(row[TIME] / 1e9 for row in rows), abs=1e-6)


def test_a_picture_has_the_mark_at_its_own_time(session: Session, qtbot: QtBot, settle: Settle, tmp_path: Path) -> None:
    session.show(Player(Recording(uneven(tmp_path / "a.zvz", 5))))
    timeline = Timeline(session)
    qtbot.addWidget(timeline)
    timeline.resize(1200, 400)
    timeline.show()
    assert session.player is not None
    rows = session.player.recording.events()
    quiet = rows[int((rows[1:, TIME] - rows[:-1, TIME]).argmax())]
    session.notebook.put(int(quiet[SEQ]), "")
    settle(session)
    picture = timeline.grab().toImage()
    box = timeline.chart.box.sceneBoundingRect()
    low, high = session.range
    colour = QColor(session.theme.warning)
    row = timeline.chart.y() + 3
    tick = [x for x in range(picture.width()) if picture.pixelColor(x, row) == colour]
    assert sum(tick) / len(tick) == pytest.approx(box.left() + (quiet[TIME] / 1e9 - low) / (high - low) * box.width(), abs=1)
