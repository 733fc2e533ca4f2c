"""Data that an excerpt or an imported recording lacks is reported missing, not shown as 0."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from tests.gui.painted import painted
from zoneviz import resources
from zoneviz.gui.kit.rows import Column
from zoneviz.gui.kit.twin import RowTable
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.ports import RIGHTS, TASKS, PortsView
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.playback import Player
from zoneviz.recording import Recording


def golden(name: str) -> Path:
    return next(path for path in resources.recordings() if path.name.startswith(name))


@pytest.fixture
def imported(qapp: QApplication) -> Iterator[Session]:
    """The messages of the real kernel: no data on rights, and no events for most of the first half."""
    made = Session()
    made.show(Player(Recording(golden("real-messages"))))
    yield made
    made.show(None)
    made.deleteLater()


def test_missing_rights_are_not_shown_as_zeros(imported: Session, qtbot: QtBot, settle: Settle) -> None:
    view = PortsView(imported)
    qtbot.addWidget(view)
    view.resize(1000, 300)
    view.show()
    settle(imported)
    assert view.heading.text() == "2 tasks" and "has no data on rights" in view.ports_heading.text()
    assert [view.tasks.isColumnHidden(column) for column in range(len(TASKS))] == [column >= RIGHTS for column in range(len(TASKS))]
    assert view.ports.isHidden() and view.pair.isHidden()


def test_figures_are_0_before_the_first_sample(imported: Session) -> None:
    series, (low, high) = imported.series, imported.series.extent
    edges, figures = series.at_columns(low, high, 200)
    first = float(series.axis(series.points)[0])
    assert first - low > 0.3 * (high - low)
    assert not figures[edges < first].any()
    assert np.allclose(figures[-1], series.points.zones[-1])


def test_an_excerpt_is_called_one(window: MainWindow, settle: Settle) -> None:
    path = golden("dev-null-storm")
    window.open_path(path)
    settle(window.session)
    assert window.session.player is not None
    recording = window.session.player.recording
    assert recording.first_event > 1
    assert "this excerpt" in window.overview.heading.text()
    assert window.status.left.text().startswith(f"events {recording.first_event:,} to {recording.event_count:,} · ")
    window.open_path(golden("fork-bomb"))
    settle(window.session)
    assert "whole run" in window.overview.heading.text()


def test_a_number_is_never_cut_at_the_edge(qtbot: QtBot) -> None:
    """At the right edge a number ends in an ellipsis or is missing: 123,456 must not read 123."""
    table = RowTable("numbers", [Column("one"), Column("two")])
    qtbot.addWidget(table)
    table.rows.show_rows([(123456, 123456)] * 3)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    whole = table.columnWidth(0) + table.columnWidth(1)
    table.show()
    for width in range(table.columnWidth(0) + 4, whole + 4, 3):
        table.resize(width, 200)
        QApplication.processEvents()
        said = {one.words for one in painted(table) if one.widget is table.viewport()}
        assert "123,456" in said and all(words == "123,456" or words.endswith("…") for words in said)
        clear = {one.words for one in painted(table) if one.widget is table.viewport() and one.seen.right() < one.ink.right() - 2}
        assert clear <= {"…"}
