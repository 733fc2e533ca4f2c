"""The card of the selected stretch, and what can be done with the stretch."""

from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.gui.conftest import Settle
from tests.gui.whole.fitting import unfit
from zoneviz import resources
from zoneviz.exporters import exporters
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.stretch_acts import offered
from zoneviz.playback import Player
from zoneviz.recording import Recording


def _select(window: MainWindow, first: int, last: int, settle: Settle) -> None:
    window.session.select(range=(first, last))
    settle(window.session)
    window.stretch.wait()


def _charts(window: MainWindow) -> list[QRect]:
    return [QRect(w.mapTo(window, QPoint()), w.size()) for w in (window.overview.strip, window.timeline.chart, window.deck)]


@pytest.mark.parametrize("size", [(900, 600), (1280, 720), (1600, 1000)])
def test_the_card_moves_no_chart_and_covers_none_above_the_views(opened: MainWindow, settle: Settle, size: tuple[int, int]) -> None:
    opened.resize(*size)
    settle(opened.session)
    before = _charts(opened)
    assert not opened.stretch.isVisible()
    _select(opened, 2000, 3000, settle)
    card = opened.stretch.geometry()
    assert opened.stretch.isVisible() and _charts(opened) == before and opened.rect().contains(card)
    assert not any(card.intersects(chart) for chart in before[:2])
    opened.session.clear_one()
    assert not opened.stretch.isVisible() and _charts(opened) == before


@pytest.mark.parametrize("text_size", ["100 %", "130 %"])
@pytest.mark.parametrize("size", [(900, 600), (1280, 720), (1600, 1000)])
@pytest.mark.parametrize("name", ["fork-bomb", "linux-sockets"])
def test_the_card_is_as_large_as_its_figures_and_covers_no_tab(
    window: MainWindow, settle: Settle, name: str, size: tuple[int, int], text_size: str
) -> None:
    window.preferences.choose("text_size", text_size)
    window.resize(*size)
    assert window.open_path(next(path for path in resources.recordings() if path.name.startswith(name)))
    settle(window.session)
    _select(window, window.session.last // 3, window.session.last * 2 // 3, settle)
    settle(window.session)
    card, table, tabs = window.stretch, window.stretch.table, window.deck.tabs
    assert card.geometry().top() >= QRect(tabs.mapTo(window, QPoint()), tabs.size()).bottom()
    columns = [c for c in range(table.model().columnCount()) if not table.isColumnHidden(c)]
    used = table.columnViewportPosition(columns[-1]) + table.columnWidth(columns[-1])
    assert len(columns) == (2 if name == "linux-sockets" else 4)
    assert table.viewport().width() - used < card.fontMetrics().averageCharWidth() * 8
    assert table.viewport().height() >= table.rowHeight(0) and unfit(card, columns=False) == []


def test_the_card_says_how_long_the_stretch_is_and_what_grew(opened: MainWindow, settle: Settle) -> None:
    _select(opened, 2001, 3000, settle)
    card, player = opened.stretch, Player(opened.session.player.recording)  # type: ignore[union-attr]
    assert "events 2,001 to 3,000 · 1,000 events" in card.when.text() and "999 µs long" in card.when.text()
    old, new = ({zone["name"]: zone for zone in player.seek(seq).machine()["zones"]} for seq in (2000, 3000))
    rows = {str(row[0]): row[1:] for row in card.table.rows.rows}
    for name, zone in new.items():
        grown = zone["cur_size"] - old[name]["cur_size"]
        assert rows.get(name, (0,))[0] == grown
        if name in rows:
            assert int(rows[name][1]) - int(rows[name][2]) == zone["in_use"] - old[name]["in_use"]
    assert card.figures is not None and f"{card.figures.allocs:,} allocations" in card.sums.text()
    card.table.selectRow(0)
    assert opened.session.zone == str(card.table.sorted.row_at(0)[0]) and card.isVisible()


def test_dragging_a_selection_reads_the_last_one(opened: MainWindow, settle: Settle) -> None:
    for last in range(2100, 2200, 10):
        opened.session.select(range=(2000, last))
    opened.stretch.wait()
    assert opened.stretch.figures is not None and opened.stretch.figures.last == 2190


def test_a_capture_has_growth_but_no_allocations(window: MainWindow, settle: Settle) -> None:
    assert window.open_path(next(path for path in resources.recordings() if path.name.startswith("linux-sockets")))
    ends = window.session.series.readings.ends.tolist()
    _select(window, ends[5] + 1, ends[40], settle)
    assert window.stretch.table.isColumnHidden(2) and window.stretch.table.isColumnHidden(3)
    assert window.stretch.table.model().headerData(0, Qt.Orientation.Horizontal) == "slab cache"
    assert "reading 7 to 41" in window.stretch.sums.text() and "allocation" not in window.stretch.sums.text()
    assert int({row[0]: row[1] for row in window.stretch.table.rows.rows}["signal_cache"]) > 1 << 20


def test_closing_the_card_keeps_the_selection_and_a_key_brings_it_back(opened: MainWindow, settle: Settle) -> None:
    assert not opened.actions_["stretch"].isEnabled()
    _select(opened, 2000, 3000, settle)
    opened.stretch.close_button.click()
    assert not opened.stretch.isVisible() and opened.session.selection.range == (2000, 3000)
    opened.timeline.chart.setFocus()
    QTest.keyClick(opened.timeline.chart, Qt.Key.Key_I)
    assert opened.stretch.isVisible() and opened.stretch.table.hasFocus()
    QTest.keyClick(opened.stretch.table, Qt.Key.Key_Escape)  # clears the newest level of the selection, as everywhere
    assert not opened.stretch.isVisible() and opened.session.selection.range is None


def test_the_stretch_is_diagnosed_alone(opened: MainWindow, settle: Settle, qapp: QApplication) -> None:
    _select(opened, 2000, 3000, settle)
    opened.stretch.diagnose.click()
    dialog = opened.stretch_acts.dialog
    assert dialog is not None
    dialog.job.wait()
    assert dialog.links and any("event 1,999" in link.sentence or "event 3,000" in link.sentence for link in dialog.links)
    for link in dialog.links:
        link.click()
    assert opened.session.selection.range == (2000, 3000)
    opened.desk.close_recording()
    qapp.processEvents()
    assert not shiboken6.isValid(dialog) or not dialog.isVisible()


def test_the_stretch_becomes_a_recording(opened: MainWindow, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _select(opened, 2000, 3000, settle)
    names: list[str] = []

    def answer(parent: object, title: str, name: str, *rest: object) -> tuple[str, str]:
        names.append(Path(name).name)
        return str(tmp_path / "part.zvz"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    opened.stretch.cut.click()
    assert opened.stretch_acts.task is not None
    opened.stretch_acts.task.wait()
    assert names == ["panic-2000-3000.zvz"] and "1,001 events in part.zvz" in opened.stretch.said.text()
    with Recording(tmp_path / "part.zvz") as part:
        assert (part.first_event, part.event_count) == (2000, 3000)
    assert tmp_path / "part.zvz" in opened.shelf.recent()


def test_every_export_of_a_stretch_is_offered_and_writes_it(
    opened: MainWindow, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _select(opened, 2000, 3000, settle)
    assert {format_ for format_, _, _ in offered()} >= {"csv", "perfetto"} and {f for f, _, _ in offered()} <= set(exporters())
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(tmp_path / "events.csv"), ""))
    menu = opened.stretch.export.menu()
    next(action for action in menu.actions() if action.text() == "csv: events…").trigger()
    assert opened.stretch_acts.task is not None
    opened.stretch_acts.task.wait()
    assert "Wrote events.csv" in opened.stretch.said.text()
    assert len((tmp_path / "events.csv").read_text().splitlines()) == 1002


def test_a_file_that_cannot_be_written_is_one_sentence(
    opened: MainWindow, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _select(opened, 2000, 3000, settle)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(tmp_path / "missing" / "part.zvz"), ""))
    opened.stretch.cut.click()
    assert opened.stretch_acts.task is not None
    opened.stretch_acts.task.wait()
    assert "missing" in opened.stretch.said.text() and opened.stretch.said.property("role") == "danger"
