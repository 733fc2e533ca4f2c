"""The cells of the heatmap, their tool tips and clicks."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from zoneviz.gui.kit.colours import amount_colours
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.heatmap import ROW, TALLER, HeatmapView
from zoneviz.playback.heatmap import METRICS


@pytest.fixture
def view(session: Session, qtbot: QtBot, settle: Settle) -> HeatmapView:
    made = HeatmapView(session)
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    settle(session)
    return made


def test_the_image_shows_the_values(view: HeatmapView) -> None:
    cells = view.cells
    assert cells.map is not None
    assert (cells.image.height(), cells.image.width()) == cells.map.values.shape
    row, column = divmod(int(cells.map.values.argmax()), cells.map.values.shape[1])
    colour = cells.image.pixelColor(column, row)
    assert [colour.red(), colour.green(), colour.blue()] == amount_colours()[255].tolist()


def test_growth_adds_up_to_the_size_of_the_zones(view: HeatmapView, session: Session) -> None:
    assert session.player is not None and view.cells.map is not None
    zones = {z["name"]: z["cur_size"] for z in session.player.state.machine()["zones"]}
    for name, row in zip(view.cells.map.names, view.cells.map.values, strict=True):
        assert row.sum() == zones[name]


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_has_cells_and_a_scale(view: HeatmapView, session: Session, settle: Settle, metric: str) -> None:
    view.chooser.set_value(metric)
    settle(session)
    assert view.cells.map is not None and view.cells.map.metric == metric
    assert view.legend.high
    assert METRICS[metric] in view.cells.words(0, 0)
    assert not view.grab().isNull()


def test_a_click_selects_the_zone_and_moves_the_moment(view: HeatmapView, session: Session, qtbot: QtBot, settle: Settle) -> None:
    assert view.cells.map is not None
    place = QPoint(int(view.cells.area().center().x()), view.cells.row + 5)
    QTest.mouseClick(view.cells, Qt.MouseButton.LeftButton, pos=place)
    settle(session)
    low, high = session.series.extent
    assert session.zone == view.cells.map.names[1]
    assert session.moment_x == pytest.approx((low + high) / 2, rel=0.02)


def test_keys_select_zones(view: HeatmapView, session: Session, qtbot: QtBot) -> None:
    assert view.cells.map is not None
    for _ in range(2):
        QTest.keyClick(view.cells, Qt.Key.Key_Down)
    assert session.zone == view.cells.map.names[1]
    QTest.keyClick(view.cells, Qt.Key.Key_Up)
    assert session.zone == view.cells.map.names[0]


def test_linear_and_logarithmic_colours_differ(view: HeatmapView, session: Session, settle: Settle) -> None:
    before = view.cells.image.copy()
    view.log.click()
    settle(session)
    assert view.cells.image != before


def test_the_axis_labels_the_columns(view: HeatmapView, session: Session, settle: Settle) -> None:
    cells = view.cells
    low, high = session.range
    ticks = cells.ticks()
    assert len(ticks) >= 3
    for place, words in ticks:
        number, unit = words.split()
        x = float(number) * {"s": 1.0, "ms": 1e-3}[unit]
        assert place == pytest.approx(cells.area().left() + (x - low) / (high - low) * cells.area().width(), abs=1)
    assert cells.rows * ROW + cells.axis <= cells.height()
    assert ROW <= cells.row <= TALLER * ROW and cells.area().height() + cells.axis <= cells.height()
    session.set_by_event(True)
    settle(session)
    assert all(words.replace(",", "").isdigit() for _, words in cells.ticks())


def test_the_width_of_a_column_has_three_figures_at_most(view: HeatmapView) -> None:
    number, unit = view.per.text().removeprefix("per ").split()
    assert unit in ("ms", "µs") and len(number.replace(".", "")) <= 3


def test_the_table_has_the_values_of_the_cells(view: HeatmapView, session: Session) -> None:
    assert view.cells.map is not None
    assert sum(row[3] for row in view.rows()) == view.cells.map.values.sum()
    session.select_zone("threads")
    QTest.keyClick(view.cells, Qt.Key.Key_Return)
    twin = view.findChild(Twin)
    assert twin is not None and {row[0] for row in twin.table.rows.rows} == {"threads"}
    assert sum(float(row[3]) for row in twin.table.rows.rows) == view.cells.map.values[view.cells.map.names.index("threads")].sum()
    twin.close()


def test_a_narrow_view_leaves_out_whole_labels(view: HeatmapView, qtbot: QtBot) -> None:
    holder = QWidget()  # a top-level window cannot be narrower than its layout
    qtbot.addWidget(holder)
    view.setParent(holder)
    holder.show()
    view.show()
    seen = set()
    for width in range(1200, 300, -50):
        view.resize(width, 300)
        QApplication.processEvents()
        QApplication.processEvents()  # new texts are laid out with a later event
        shown = [label for label in (view.heading, view.per) if label.isVisible()]
        assert view.width() == width and all(label.width() >= label.sizeHint().width() for label in shown), width
        seen.add(len(shown))
    assert seen == {0, 1, 2}
    view.setParent(None)


def test_the_rows_of_other_zones_are_dimmed_while_one_is_selected(view: HeatmapView, session: Session, settle: Settle) -> None:
    cells = view.cells
    assert cells.map is not None

    def row(name: str) -> list[int]:
        assert cells.map is not None
        image, y = cells.grab().toImage(), cells.map.names.index(name) * cells.row + cells.row // 2
        return [image.pixel(x, y) for x in range(cells.labels + 8, cells.width() - 30, 10)]

    plain = {name: row(name) for name in cells.map.names}
    session.select_zone("threads")
    settle(session)
    assert [name for name in cells.map.names if row(name) == plain[name]] == ["threads"]
    session.select_zone("")
    settle(session)
    assert all(row(name) == plain[name] for name in plain)


def test_the_rows_use_the_room(view: HeatmapView, session: Session, settle: Settle) -> None:
    heights = []
    for height in (130, 2000):
        view.resize(900, height)
        settle(session)
        heights.append(view.cells.row)
        assert view.cells.map is not None and view.cells.cell_at(QPoint(300, view.cells.row + 1)) is not None
        assert view.cells.area().height() == len(view.cells.map.names) * view.cells.row
    assert heights[0] < heights[1] == TALLER * ROW
