"""Two recordings under one moment: what is drawn is what both recordings hold there."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from zoneviz.app.captures import import_text
from zoneviz.app.running import run
from zoneviz.gui.charts.pair_heat import ENDED, MIDDLE
from zoneviz.gui.kit import text
from zoneviz.gui.kit.theme import DARK, LIGHT
from zoneviz.gui.session.second import SecondRecording
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.compare import SHOWN, CompareView
from zoneviz.playback import Player
from zoneviz.playback.compare.verdict import parts, summary
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec


@pytest.fixture(scope="module")
def bombs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A fork bomb on a larger and on a smaller zone map: equal until the smaller one is full."""
    folder = tmp_path_factory.mktemp("bombs")
    for name, size in (("small", "160K"), ("large", "256K")):
        run(RunSpec("fork-bomb", settings={"zone_map_size": size}, output=folder / f"{name}.zvz"))
    return folder / "large.zvz", folder / "small.zvz"


@pytest.fixture
def both(bombs: tuple[Path, Path], qtbot: QtBot, settle: Settle) -> CompareView:
    """The view with the small one beside the large one, at the end of the large one."""
    session = Session()
    session.show(Player(Recording(bombs[0])))
    view = CompareView(session)
    qtbot.addWidget(view)
    view.resize(1000, 400)
    view.show()
    SecondRecording.of(session).open(bombs[1])
    arrived(view, settle)
    return view


def arrived(view: CompareView, settle: Settle) -> None:
    view.wait()
    settle(view.session)


def size_in(path: Path, seq: int, zone: str) -> int:
    """Bytes of a zone by SQL, at the last sample up to an event."""
    with Recording(path) as recording:
        sql = (
            "SELECT s.cur_size AS size FROM zone_samples AS s JOIN zones AS z ON z.id = s.zone "
            "WHERE z.name = ? AND s.seq <= ? ORDER BY s.seq DESC LIMIT 1"
        )
        return int(recording.query(sql, (zone, seq))[0]["size"])


def test_curves_show_both_recordings(both: CompareView, bombs: tuple[Path, Path], settle: Settle) -> None:
    session = both.session
    session.select_zone("ipc ports")
    settle(session)
    found = both.curves.pair
    assert found is not None
    a, b = found.zone("ipc ports")
    x, drawn = both.curves.lines[0].getData()
    assert (drawn == a).all() and (x == found.x).all()
    assert both.what.text() == "bytes of ipc ports"
    session.select_zone("")
    settle(session)
    assert both.what.text() == "bytes of all zones"
    end = session.last
    assert a[-1] == size_in(bombs[0], end, "ipc ports")
    with Recording(bombs[1]) as small:
        last = small.event_count
    place = np.flatnonzero(np.isnan(b))
    assert len(place), "after its end B is not drawn"
    assert b[place[0] - 1] == pytest.approx(size_in(bombs[1], last, "ipc ports"), abs=8 * 76)
    assert (a[: place[0] - 2] == b[: place[0] - 2]).all()


def test_no_difference_has_the_middle_colour_and_after_the_end_the_background(both: CompareView, settle: Settle) -> None:
    both.align.set_value("time")
    both.shown.set_value("heatmap")
    arrived(both, settle)
    cells = both.cells
    assert cells.most > 0 and cells.names
    indices = [cells.image.pixelIndex(x, 0) for x in range(cells.image.width())]
    for index, value in zip(indices, cells.values[0].tolist(), strict=True):
        assert index == ENDED if np.isnan(value) else (index == MIDDLE) == (abs(value) < cells.most / (2 * 2 * MIDDLE) ** 2)
    assert "B - A" in cells.words(0, 1) and "B has ended" in cells.words(0, len(indices) - 1)


@pytest.mark.parametrize(("shown", "way"), [("zones", "zone"), ("tasks", "task"), ("call paths", "call path")])
def test_tables_show_the_figures_of_both(both: CompareView, bombs: tuple[Path, Path], settle: Settle, shown: str, way: str) -> None:
    both.shown.set_value(shown)
    both.session.ask_moment(30_000)
    both.session.land()
    settle(both.session)
    rows = both.breakdown.tables[way].rows.rows
    assert rows and all(row[3] == int(row[2]) - int(row[1]) and row[6] == int(row[5]) - int(row[4]) for row in rows)
    if shown == "zones":
        with Recording(bombs[0]) as recording:
            zones = {z["name"]: z["cur_size"] for z in Player(recording).seek(30_000).machine()["zones"]}
        assert {str(row[0]): row[4] for row in rows} == zones
        assert all(row[6] == 0 for row in rows), "they are equal there"


def test_both_page_maps_have_the_same_scale(both: CompareView, settle: Settle) -> None:
    both.shown.set_value("pages")
    settle(both.session)
    one, other = both.maps.cells
    assert one.map is not None and other.map is not None
    assert len(one.map) - one.map.boot == 64 and len(other.map) - other.map.boot == 40
    assert one.side == other.side
    assert "ended" in both.maps.titles[1].text()


def test_the_first_difference_is_shown_and_can_be_gone_to(both: CompareView, settle: Settle) -> None:
    session, found = both.session, both.second.comparison
    assert found is not None and found.divergence is not None
    assert both.verdict.text() == summary(found) != found.verdict and both.verdict.toolTip() == text.plain(found.verdict)
    said = " ".join(both.words.toPlainText().split())
    assert all(part in (said if 0 < i < len(parts(found)) - 1 else summary(found)) for i, part in enumerate(parts(found)))
    assert f"{found.divergence.seqs[0]:,}" in both.words.toPlainText()
    session.ask_moment(1)
    session.land()
    QTest.mouseClick(both.buttons["next"], Qt.MouseButton.LeftButton)
    session.land()
    assert session.moment == found.divergence.seqs[0]
    problems: list[str] = []
    session.problem.connect(problems.append)
    QTest.mouseClick(both.buttons["before"], Qt.MouseButton.LeftButton)
    assert problems == ["The two recordings do not differ before this moment."]


def test_equal_recordings_offer_no_step_to_a_difference(both: CompareView, bombs: tuple[Path, Path], settle: Settle) -> None:
    steps = [both.buttons[name] for name in ("before", "next")]
    assert all(button.isEnabled() for button in steps)
    both.second.open(bombs[0])
    arrived(both, settle)
    assert both.second.comparison is not None and both.buttons["swap"].isEnabled()
    assert not any(button.isEnabled() for button in steps)


def test_old_results_are_hidden_while_it_compares(both: CompareView, settle: Settle) -> None:
    both.align.set_value("fill")
    assert both.body.currentWidget() is both.nothing and both.stop.isVisible() and both.stop.text() == "cancel"
    assert not both.buttons["next"].isEnabled() and not both.buttons["swap"].isEnabled()
    QTest.mouseClick(both.stop, Qt.MouseButton.LeftButton)
    assert both.body.currentWidget() is both.nothing and both.stop.text() == "compare"
    QTest.mouseClick(both.stop, Qt.MouseButton.LeftButton)
    arrived(both, settle)
    assert both.body.currentWidget() is both.curves and not both.stop.isVisible()
    assert all(button.isEnabled() for button in both.buttons.values())


def test_swap_note_and_detach(both: CompareView, bombs: tuple[Path, Path], settle: Settle) -> None:
    session, second = both.session, both.second
    second.swapped.connect(lambda path: session.show(Player(Recording(path))))
    QTest.mouseClick(both.buttons["note"], Qt.MouseButton.LeftButton)
    assert [note.seq for note in session.notebook.notes] == [session.last]
    QTest.mouseClick(both.buttons["swap"], Qt.MouseButton.LeftButton)
    arrived(both, settle)
    assert session.player is not None and session.player.recording.path == bombs[1]
    assert second.player is not None and second.player.recording.path == bombs[0]
    assert SecondRecording.of(session).comparison is not None
    QTest.mouseClick(both.buttons["detach"], Qt.MouseButton.LeftButton)
    assert SecondRecording.of(session).player is None and both.one.isVisible() and not both.two.isVisible()


def test_labels_name_the_settings_that_differ(both: CompareView) -> None:
    assert "160 KiB" in both.names.words() and "256 KiB" in both.names.words()
    assert "rate" not in both.names.words()


def test_an_invalid_file_is_reported(both: CompareView, tmp_path: Path) -> None:
    both.second.open(tmp_path / "none.zvz")
    assert not both.choose.isVisible() and both.give_up.isVisible()
    both.wait()
    assert both.choose.isVisible() and not both.give_up.isVisible()
    assert both.one.isVisible() and "none.zvz" in both.empty.text()


def test_a_recording_does_not_differ_from_itself(both: CompareView, bombs: tuple[Path, Path], settle: Settle) -> None:
    both.second.open(bombs[0])
    both.shown.set_value("heatmap")
    arrived(both, settle)
    assert both.verdict.text().startswith("The same: all")
    assert both.cells.image.isNull() and both.words.toPlainText().startswith("Addresses within their maps are equal")


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("shown", list(SHOWN))
def test_every_part_paints_in_both_themes(both: CompareView, settle: Settle, shown: str, theme: object) -> None:
    both.session.theme = theme  # type: ignore[assignment]
    both.shown.set_value(shown)
    settle(both.session)
    assert not both.grab().isNull()


def test_a_real_recording_is_compared_with_a_simulated_one(both: CompareView, settle: Settle) -> None:
    """Different zones, other kinds of event: what both have is compared."""
    both.second.open(Path(__file__).parents[3] / "recordings" / "real-messages.zvz.zst")
    both.shown.set_value("tasks")
    arrived(both, settle)
    assert both.second.comparison is not None and both.second.comparison.mixed
    assert both.breakdown.tables["task"].rows.rows


def test_both_labels_fit_however_long_they_are(both: CompareView) -> None:
    both.names.show_entries(
        [("A", both.curves.colours()[0], "x" * 180 + ".zvz · rate 5"), ("- - B", both.curves.colours()[1], "b.zvz · rate 6")]
    )
    long, short = both.names.fitted()
    assert short == "b.zvz · rate 6" and long.startswith("xx") and "…" in long and long.endswith("rate 5")
    both.names.resize(200, both.names.height())
    assert all("…" in name and len(name) > 3 for name in both.names.fitted())


def test_readings_are_compared_zone_by_zone(tmp_path: Path, qtbot: QtBot, settle: Settle) -> None:
    for name, step in (("a", 10), ("b", 15)):
        rows = "".join(f"{100 + i},leaky,{step * i}\n{100 + i},quiet,7\n" for i in range(4))
        import_text("time,zone,elements\n" + rows + ("103,new,5\n" if name == "b" else ""), tmp_path / f"{name}.zvz")
    session = Session()
    session.show(Player(Recording(tmp_path / "a.zvz")))
    view = CompareView(session)
    qtbot.addWidget(view)
    view.resize(1000, 400)
    view.show()
    SecondRecording.of(session).open(tmp_path / "b.zvz")
    arrived(view, settle)
    assert view.verdict.text() == "Largest differences B - A at reading 4: leaky +15 elements."
    table = view.breakdown.tables["zone"]
    assert view.shown.value() == "zones" and table.isVisible()
    texts = [[str(table.rows.data(table.rows.index(row, column))) for column in range(7)] for row in range(3)]
    assert texts == [["leaky", "30", "45", "+15", "", "", ""], ["new", "", "5", "", "", "", ""], ["quiet", "7", "7", "0", "", "", ""]]
    session.ask_moment(session.series.readings.step(session.moment, -1))
    settle(session)
    assert [str(table.rows.data(table.rows.index(0, column))) for column in range(4)] == ["leaky", "20", "30", "+10"]
    session.show(None)


@pytest.mark.parametrize("part", ["curves", "heatmap"])
def test_the_pointer_does_what_it_does_in_other_charts(both: CompareView, settle: Settle, part: str) -> None:
    both.shown.set_value(part)
    arrived(both, settle)
    chart = both.curves.pointer if part == "curves" else both.cells.pointer
    area = chart.area()
    at = QPointF(round(area.left() + area.width() / 4), area.top() + 5)
    said = chart.words(at).split("\n")
    x = chart.to_axis(at.x())
    assert len(said) >= 2 and " in A" in " ".join(said), said
    QTest.mouseClick(chart.widget, Qt.MouseButton.LeftButton, pos=at.toPoint())
    settle(both.session)
    assert both.session.moment_x == pytest.approx(x)
    spot = QPointF(chart.widget.mapToGlobal(at))
    none, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    QApplication.sendEvent(chart.widget, QWheelEvent(at, spot, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, none, phase, False))
    low, high = both.session.range
    assert high - low < both.session.series.extent[1] - both.session.series.extent[0] and low <= x <= high
