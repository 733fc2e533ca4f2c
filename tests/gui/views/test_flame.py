"""The widths of the painted boxes are in proportion to bytes."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from zoneviz.gui.charts.icicle import readable
from zoneviz.gui.kit.colours import contrast, zone_colour
from zoneviz.gui.kit.theme import DARK, LIGHT
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.flame import LEFT, FlameView
from zoneviz.playback.costs import SURVIVORS


@pytest.fixture
def view(session: Session, qtbot: QtBot, settle: Settle) -> FlameView:
    made = FlameView(session)
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    settle(session)
    made.grab()
    return made


def test_widths_are_in_proportion_to_bytes(view: FlameView, session: Session) -> None:
    assert session.player is not None
    zones = session.player.state.machine()["zones"]
    whole = sum(z["in_use"] * z["elem_size"] for z in zones)
    assert view.boxes.root.size == whole
    for area, node in view.boxes.boxes:
        assert area.width() == pytest.approx(node.size / whole * view.boxes.width(), abs=0.01)


def test_boxes_by_zone_have_the_bytes_and_colours_of_zones(view: FlameView, session: Session, settle: Settle) -> None:
    assert session.player is not None
    view.by.set_value("zone")
    settle(session)
    view.grab()
    drawn = {node.name: node for _, node in view.boxes.boxes if node.depth == 1}
    for zone in session.player.state.machine()["zones"]:
        if zone["in_use"]:
            assert drawn[zone["name"]].size == zone["in_use"] * zone["elem_size"]
            assert view.boxes.colour(drawn[zone["name"]]) == zone_colour(zone["name"])


def test_elements_left_by_a_range(view: FlameView, session: Session, settle: Settle) -> None:
    assert session.player is not None
    view.what.set_value(LEFT)
    session.set_range(session.series.x_at(3000), session.series.x_at(5000))
    settle(session)
    low, high = (session.series.seq_at(x) for x in session.range)
    made = session.player.state.elements.seq
    assert view.boxes.root.sums[SURVIVORS] == ((made > low) & (made <= high)).sum() > 0
    session.select(range=(100, 200))
    settle(session)
    assert view.boxes.root.sums[SURVIVORS] == ((made >= 100) & (made <= 200)).sum() > 0


def test_boxes_can_be_chosen_and_zoomed_and_filtered_by_zone(view: FlameView, session: Session, settle: Settle) -> None:
    view.by.set_value("zone")
    settle(session)
    view.grab()
    area, node = next((a, n) for a, n in view.boxes.boxes if n.name == "threads")
    QTest.mouseClick(view.boxes, Qt.MouseButton.LeftButton, pos=area.center().toPoint())
    settle(session)
    assert session.zone == "threads" and view.boxes.trail == ["threads"] and not view.only.isHidden()
    QTest.keyClick(view.boxes, Qt.Key.Key_Plus)
    view.grab()
    wide = next(a for a, n in view.boxes.boxes if n.name == "threads")
    assert wide.width() == pytest.approx(view.boxes.width())
    QTest.keyClick(view.boxes, Qt.Key.Key_Minus)
    assert not view.boxes.zoomed
    view.only.click()
    settle(session)
    assert view.boxes.root.size == node.size


def test_keys_move_in_the_tree_and_open_the_table(view: FlameView, session: Session) -> None:
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Right):
        QTest.keyClick(view.boxes, key)
    assert len(view.boxes.trail) == 1
    QTest.keyClick(view.boxes, Qt.Key.Key_Return)
    twin = view.findChild(Twin)
    assert twin is not None and sum(int(row[2]) for row in twin.table.rows.rows) == view.boxes.root.size
    twin.close()


def test_narrow_boxes_are_drawn_as_one(view: FlameView, session: Session, settle: Settle) -> None:
    """Every painted box can be clicked, however narrow, and zooming out restores the whole tree."""
    view.resize(60, 300)
    settle(session)
    view.grab()
    for _, node in list(view.boxes.boxes):
        view.boxes.choose(node)
        view.boxes.zoom(node)
        view.boxes.zoom(view.boxes.root)
    view.grab()
    assert view.boxes.boxes and view.boxes.boxes[0][1] is view.boxes.root


def test_it_is_empty_before_the_first_event_and_paints_in_both_themes(view: FlameView, session: Session, settle: Settle) -> None:
    session.ask_moment(0)
    for theme in (DARK, LIGHT):
        session.set_theme(theme)
        settle(session)
        assert not view.grab().isNull()
    assert view.boxes.root.size == 0 and not view.boxes.boxes and "No element" in view.boxes.empty


def test_names_have_contrast_on_every_colour() -> None:
    for name in ("ipc ports", "threads", "kalloc.256", "objects", "some zone"):
        for dark in (False, True):
            ground = zone_colour(name, dark)
            assert contrast(readable(ground), ground) >= 4.5
