"""The legend of a stack: complete, at a fixed place, and every band can be selected, isolated and hidden."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from zoneviz.gui.charts.bandlegend import LINES, SHOW_ALL, BandLegend
from zoneviz.gui.session.session import Session

NAMES = ["ipc ports", "non-kernel map entries", "kalloc.1024", "kalloc.16", "threads", "objects", "i386 pcb state", "other zones"]


@pytest.fixture
def legend(session: Session, qtbot: QtBot) -> Iterator[BandLegend]:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = BandLegend(session, "Bands", parent, 60)
    made.resize(600, made.height())
    parent.resize(3000, 100)
    parent.show()
    made.show_bands(NAMES, [QColor("#0072b2")] * len(NAMES))
    yield made


def _click(legend: BandLegend, name: str, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mouseClick(legend, Qt.MouseButton.LeftButton, keys, legend.places()[NAMES.index(name)][1].center().toPoint())


@pytest.mark.parametrize("width", [280, 400, 600, 1000, 3000])
def test_every_band_has_a_place_inside(legend: BandLegend, width: int) -> None:
    legend.resize(width, legend.height())
    places = legend.places()
    assert len(places) == len(NAMES)
    for said, place in places:
        assert said and legend.rect().contains(place.toAlignedRect()), (width, said)
    rooms = [place for _, place in places]
    assert not any(a.intersects(b) for i, a in enumerate(rooms) for b in rooms[i + 1 :])
    assert width < 400 or len({place.top() for place in rooms}) <= LINES


def test_whole_names_matter_more_than_the_edge_of_the_chart(legend: BandLegend) -> None:
    legend.set_left(150)
    legend.resize(1500, legend.height())
    assert legend.places()[0][1].left() == 150
    for width in range(1500, 300, -10):
        legend.resize(width, legend.height())
        if legend.places()[0][1].left() < 150:
            break
    assert [said for said, _ in legend.places()] == NAMES, width


def test_shortened_names_still_differ(legend: BandLegend) -> None:
    legend.resize(380, legend.height())
    assert len({said for said, _ in legend.places()}) == len(NAMES)


def test_a_click_selects_and_a_second_one_clears(legend: BandLegend, qtbot: QtBot) -> None:
    chosen: list[str] = []
    legend.chosen.connect(chosen.append)
    _click(legend, "threads")
    legend.select("threads")
    _click(legend, "threads")
    assert chosen == ["threads", ""]


def test_a_double_click_isolates_and_another_one_shows_all(legend: BandLegend) -> None:
    place = legend.places()[2][1].center().toPoint()
    QTest.mouseDClick(legend, Qt.MouseButton.LeftButton, pos=place)
    assert [name for name in NAMES if legend.visible(name)] == ["kalloc.1024"] and legend.partial
    QTest.mouseDClick(legend, Qt.MouseButton.LeftButton, pos=place)
    assert not legend.partial


def test_hiding_from_an_isolated_band_starts_from_what_is_seen(legend: BandLegend) -> None:
    legend.isolate("threads")
    _click(legend, "objects", Qt.KeyboardModifier.ControlModifier)
    assert [name for name in NAMES if legend.visible(name)] == ["threads", "objects"]
    assert legend.name_at(QPointF(3, 3)) == SHOW_ALL
    QTest.mouseClick(legend, Qt.MouseButton.LeftButton, pos=QPointF(3, 3).toPoint())
    assert not legend.partial and not legend.name_at(QPointF(3, 3))


def test_the_keys_do_what_the_mouse_does(legend: BandLegend) -> None:
    chosen: list[str] = []
    legend.chosen.connect(chosen.append)
    QTest.keyClick(legend, Qt.Key.Key_Right)
    QTest.keyClick(legend, Qt.Key.Key_Return)
    assert chosen == [NAMES[1]]
    QTest.keyClick(legend, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert legend.only == NAMES[1]
    QTest.keyClick(legend, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(legend, Qt.Key.Key_Delete)
    assert legend.hidden == {NAMES[1]}
    assert f"{NAMES[1]}, hidden" in legend.accessibleDescription()


def test_the_menu_offers_what_can_be_done(legend: BandLegend) -> None:
    def offered() -> list[str]:
        return [act.text for act in legend.acts("threads")]

    assert offered() == ["Show only this band", "Hide this band"]
    legend.isolate("threads")
    assert offered() == ["Show all bands", "Hide this band"]
    legend.isolate("objects")
    assert offered() == ["Show only this band", "Show this band", "Show all bands"]
    legend.acts("threads")[2].do()
    assert not legend.partial
