"""Mouse, wheel and touchpad do the same over every chart with an axis of time; all of them have the same edges and range."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import Settle
from zoneviz import resources
from zoneviz.gui.charts.hover import Hover
from zoneviz.gui.charts.pointer import NEAR, Pointer
from zoneviz.gui.session import jobs
from zoneviz.gui.views.heatmap import HeatmapView
from zoneviz.gui.views.threads import ThreadsView
from zoneviz.gui.window.main_window import MainWindow

CHARTS: dict[str, Callable[[MainWindow], Pointer]] = {
    "overview": lambda w: w.overview.strip.pointer,
    "timeline": lambda w: w.timeline.chart.pointer,
    "lanes": lambda w: w.timeline.lanes.pointer,
    "heatmap": lambda w: w.deck.of(HeatmapView).cells.pointer,
    "threads": lambda w: w.deck.of(ThreadsView).chart.pointer,
}
TABS = {"heatmap": HeatmapView.title, "threads": ThreadsView.title}
MIDDLE, LEFT, SHIFT, NONE = Qt.MouseButton.MiddleButton, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, QPoint()


@pytest.fixture(params=CHARTS)
def chart(request: pytest.FixtureRequest, bombed: MainWindow, settle: Settle) -> Pointer:
    """The pointer of a visible chart; half of the recording is visible."""
    bombed.deck.show_only(TABS.get(request.param, HeatmapView.title))
    low, high = bombed.session.series.extent
    bombed.session.set_range(low + (high - low) * 0.42, low + (high - low) * 0.82)
    waited(bombed, settle)
    return CHARTS[request.param](bombed)


@pytest.fixture
def bombed(viewed: MainWindow, settle: Settle) -> MainWindow:
    """The window with the golden fork bomb, which has data for every chart."""
    if viewed.session.header.scenario != "fork-bomb" or viewed.session.last < 20_000:
        assert viewed.open_path(next(path for path in resources.recordings() if path.name.startswith("fork-bomb")))
    waited(viewed, settle)
    return viewed


def waited(window: MainWindow, settle: Settle) -> None:
    settle(window.session)
    jobs.wait_all()
    settle(window.session)


def place(chart: Pointer, share: float) -> QPointF:
    """A place in the chart, `share` of its width from its left edge."""
    area = chart.area()
    return QPointF(round(area.left() + area.width() * share), min(area.center().y(), chart.widget.height() / 2))


def wheel(chart: Pointer, at: QPointF, angle: QPoint, pixels: QPoint = NONE, keys: Qt.KeyboardModifier | None = None) -> None:
    spot = QPointF(chart.widget.mapToGlobal(at))
    phase, held = Qt.ScrollPhase.NoScrollPhase, keys or Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(chart.widget, QWheelEvent(at, spot, pixels, angle, Qt.MouseButton.NoButton, held, phase, False))


def drag(chart: Pointer, start: QPointF, end: QPointF, button: Qt.MouseButton, keys: Qt.KeyboardModifier | None = None) -> None:
    held, kinds = keys or Qt.KeyboardModifier.NoModifier, QMouseEvent.Type
    middle = (start + end) / 2
    for kind, at, pressed in (
        (kinds.MouseButtonPress, start, button), (kinds.MouseMove, middle, button), (kinds.MouseMove, end, button),
        (kinds.MouseButtonRelease, end, Qt.MouseButton.NoButton),
    ):  # fmt: skip
        changed = Qt.MouseButton.NoButton if kind == kinds.MouseMove else button
        spot = QPointF(chart.widget.mapToGlobal(at))
        QApplication.sendEvent(chart.widget, QMouseEvent(kind, at, spot, changed, pressed, held))


class TestEveryChart:
    """One window serves all of these."""

    def test_the_wheel_zooms_at_the_pointer(self, chart: Pointer) -> None:
        low, high = chart.axis.range
        at = place(chart, 0.5)
        x = chart.to_axis(at.x())
        wheel(chart, at, QPoint(0, 120))
        after = chart.axis.range
        assert after[1] - after[0] == pytest.approx((high - low) * 0.998**120)
        assert (x - after[0]) / (after[1] - after[0]) == pytest.approx((x - low) / (high - low)), "the place under the pointer stays"
        wheel(chart, at, QPoint(0, -120))
        assert chart.axis.range == pytest.approx((low, high))

    @pytest.mark.parametrize(("angle", "keys"), [(QPoint(-120, 0), None), (QPoint(0, -120), SHIFT), (QPoint(-120, -10), None)])
    def test_a_sideways_wheel_pans(self, chart: Pointer, angle: QPoint, keys: Qt.KeyboardModifier | None) -> None:
        low, high = chart.axis.range
        wheel(chart, place(chart, 0.5), angle, keys=keys)
        assert chart.axis.range == pytest.approx((low + (high - low) * 0.1, high + (high - low) * 0.1))

    def test_two_fingers_pan_by_pixels_and_zoom(self, chart: Pointer) -> None:
        low, high = chart.axis.range
        at = place(chart, 0.5)
        first, last = chart.shown()
        wheel(chart, at, QPoint(40, 0), QPoint(20, 3))
        moved = 20 * (last - first) / chart.area().width()
        assert chart.axis.range == pytest.approx((low - moved, high - moved))
        wheel(chart, at, QPoint(0, 40), QPoint(0, 20))
        assert chart.axis.range[1] - chart.axis.range[0] < high - low

    def test_a_pinch_zooms(self, chart: Pointer) -> None:
        low, high = chart.axis.range
        at = place(chart, 0.5)
        spot = QPointF(chart.widget.mapToGlobal(at))
        device = QPointingDevice.primaryPointingDevice()
        kind = Qt.NativeGestureType.ZoomNativeGesture
        QApplication.sendEvent(chart.widget, QNativeGestureEvent(kind, device, 2, at, at, spot, 1.0, QPointF()))
        assert chart.axis.range[1] - chart.axis.range[0] == pytest.approx((high - low) / 2)

    def test_a_middle_drag_pans(self, chart: Pointer) -> None:
        low, high = chart.axis.range
        moment = chart.session.moment
        start, end = place(chart, 0.6), place(chart, 0.5)
        drag(chart, start, end, MIDDLE)
        shown = chart.shown()
        moved = (start.x() - end.x()) * (shown[1] - shown[0]) / chart.area().width() * (1 if chart.drags else -1)
        assert chart.axis.range == pytest.approx((low + moved, high + moved))
        assert chart.session.moment == moment, "the cursor stays"

    def test_a_drag_moves_the_cursor_exactly(self, chart: Pointer, settle: Settle) -> None:
        if not chart.drags:
            pytest.skip("a drag in the overview moves the visible range")
        end = place(chart, 0.4)
        drag(chart, place(chart, 0.7), end, LEFT)
        settle(chart.session)
        assert chart.session.moment_x == chart.to_axis(end.x())
        assert chart.to_pixel(chart.session.moment_x) == pytest.approx(end.x())

    def test_shift_or_the_labels_of_the_axis_select_a_stretch(self, chart: Pointer, settle: Settle) -> None:
        if not chart.drags:
            pytest.skip("a drag in the overview moves the visible range")
        start, end = place(chart, 0.5), place(chart, 0.9)
        wanted = chart.to_axis(start.x()), chart.to_axis(end.x())
        drag(chart, end, start, LEFT, SHIFT)
        assert chart.session.stretch == pytest.approx(wanted)
        chart.session.clear_all()
        moment = chart.session.moment
        below = QPointF(0, chart.area().bottom() + 5)
        ruler = [QPointF(at.x(), below.y()) for at in (start, end)]
        if chart.on_ruler(ruler[0]) and below.y() < chart.widget.height():
            drag(chart, ruler[0], ruler[1], LEFT)
            assert chart.session.stretch == pytest.approx(wanted) and chart.session.moment == moment
            drag(chart, ruler[1], ruler[1] + QPointF(NEAR / 2, 0), LEFT)
            assert chart.session.moment_x == pytest.approx(chart.to_axis(end.x() + NEAR / 2)), "a click there moves the cursor"

    def test_a_double_click_shows_the_whole_run(self, chart: Pointer) -> None:
        QTest.mouseDClick(chart.widget, LEFT, pos=place(chart, 0.5).toPoint())
        assert chart.axis.range == chart.session.series.extent

    def test_hovering_names_what_is_there_and_draws_a_line_in_every_chart(
        self, chart: Pointer, bombed: MainWindow, settle: Settle
    ) -> None:
        moment, at = chart.session.moment, place(chart, 0.5)
        high = chart.area().top() + 12 if chart.widget is bombed.deck.of(ThreadsView).chart else at.y()
        at = QPointF(at.x(), high if chart.widget is not bombed.timeline.chart.viewport() else chart.area().bottom() - 3)
        drag(chart, at, at, Qt.MouseButton.NoButton)
        settle(chart.session)
        x = chart.to_axis(at.x())
        assert Hover.of(chart.session).x == x and chart.session.moment == moment, "nothing is sought"
        said = "\n".join(chart.tip.lines)
        assert chart.tip.isVisible() and ":" in said and any(unit in said for unit in (" s", " ms")), said
        for name, other in CHARTS.items():
            pointer = other(bombed)
            if pointer.widget.isVisible():
                low, high = pointer.shown()
                there = low <= x <= high
                assert pointer.line.isVisible() == there, name
                assert not there or abs(pointer.line.geometry().center().x() - pointer.to_pixel(x)) <= 2, name
        chart._leave()
        settle(chart.session)
        assert not chart.tip.isVisible() and not any(CHARTS[name](bombed).line.isVisible() for name in CHARTS)


@pytest.mark.parametrize("size", [(1600, 1000), (1280, 720), (900, 600)])
def test_all_charts_have_the_same_edges(bombed: MainWindow, settle: Settle, size: tuple[int, int]) -> None:
    bombed.resize(*size)
    for title in (HeatmapView.title, ThreadsView.title):
        bombed.deck.show_only(title)
        waited(bombed, settle)
        edges = {}
        for name, found in CHARTS.items():
            pointer = found(bombed)
            if pointer.widget.isVisible():
                area = pointer.area()
                corner = pointer.widget.mapTo(bombed, QPoint(0, 0))
                edges[name] = corner.x() + round(area.left()), corner.x() + int(area.right())
        assert {"overview", "timeline", "heatmap" if title == HeatmapView.title else "threads"} <= set(edges)
        assert len(set(edges.values())) == 1, edges
