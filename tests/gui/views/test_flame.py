"""Call paths: widths and figures are those of the state, of a stretch and of differences; search, zoom, tables, files and keys."""

import csv
import json
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from zoneviz.gui.charts.icicle import readable
from zoneviz.gui.charts.path_bar import BY_NOW, FUNCTIONS, TREE
from zoneviz.gui.charts.path_files import CSV, SPEEDSCOPE, STACKS
from zoneviz.gui.charts.path_source import MARK, NO_MARK, NO_OTHER, NOTHING, OTHER, STRETCH
from zoneviz.gui.kit.colours import contrast, zone_colour
from zoneviz.gui.kit.theme import DARK, LIGHT
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.kept import Kept
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.flame import FlameView
from zoneviz.playback.costs import ALLOCS, BEFORE, BYTES, CALL_SITE, CHANGED, COSTS, ELEMENTS, FREES, NOW, SURVIVORS


@pytest.fixture
def view(session: Session, qtbot: QtBot, settle: Settle) -> FlameView:
    return shown(session, qtbot, settle)


def shown(session: Session, qtbot: QtBot, settle: Settle) -> FlameView:
    made = FlameView(session)
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    settle(session)
    made.grab()
    return made


def counted(view: FlameView, session: Session, settle: Settle) -> None:
    """Wait until the stretch is counted and shown."""
    settle(session)
    view.wait()
    settle(session)
    view.grab()


def in_use(session: Session) -> int:
    assert session.player is not None
    return sum(z["in_use"] * z["elem_size"] for z in session.player.state.machine()["zones"])


def test_widths_are_in_proportion_to_bytes(view: FlameView, session: Session) -> None:
    assert view.boxes.root.size == in_use(session)
    for area, node in view.boxes.boxes:
        assert area.width() == pytest.approx(node.size / in_use(session) * view.boxes.width(), abs=0.01)


def test_boxes_by_zone_have_the_bytes_and_colours_of_zones(view: FlameView, session: Session, settle: Settle) -> None:
    assert session.player is not None
    view.bar.by.set_value("zone")
    settle(session)
    view.grab()
    drawn = {node.name: node for _, node in view.boxes.boxes if node.depth == 1}
    for zone in session.player.state.machine()["zones"]:
        if zone["in_use"]:
            assert drawn[zone["name"]].size == zone["in_use"] * zone["elem_size"]
            assert view.boxes.colour(drawn[zone["name"]]) == zone_colour(zone["name"])


def test_survivors_of_a_stretch(view: FlameView, session: Session, settle: Settle) -> None:
    assert session.player is not None
    view.bar.cost.set_value(COSTS[SURVIVORS])
    session.set_range(session.series.x_at(3000), session.series.x_at(5000))
    settle(session)
    low, high = (session.series.seq_at(x) for x in session.range)
    made = session.player.state.elements.seq
    assert view.boxes.root.size == ((made > low) & (made <= high)).sum() > 0
    session.select(range=(100, 200))
    settle(session)
    assert view.boxes.root.size == ((made >= 100) & (made <= 200)).sum() > 0


def test_allocations_and_frees_of_a_stretch(view: FlameView, session: Session, settle: Settle) -> None:
    """Whatever was in use before, allocated, and not freed, is in use after."""
    assert session.player is not None
    sizes = {}
    session.select(range=(2000, 4000))
    for cost in (ALLOCS, FREES):
        view.bar.cost.set_value(COSTS[cost])
        counted(view, session, settle)
        sizes[cost] = view.boxes.root.size
    player = session.player
    player.seek(1999)
    before = len(player.state.elements)
    assert len(player.seek(4000).elements) == before + sizes[ALLOCS] - sizes[FREES] and sizes[FREES] > 0


def test_boxes_can_be_chosen_and_zoomed_and_filtered_by_zone(view: FlameView, session: Session, settle: Settle) -> None:
    view.bar.by.set_value("zone")
    settle(session)
    view.grab()
    area, node = next((a, n) for a, n in view.boxes.boxes if n.name == "threads")
    QTest.mouseClick(view.boxes, Qt.MouseButton.LeftButton, pos=area.center().toPoint())
    settle(session)
    assert session.zone == "threads" and view.boxes.trail == ["threads"] and not view.bar.only.isHidden()
    QTest.keyClick(view.boxes, Qt.Key.Key_Plus)
    view.grab()
    wide = next(a for a, n in view.boxes.boxes if n.name == "threads")
    assert wide.width() == pytest.approx(view.boxes.width())
    assert view.bar.crumbs.way == ["threads"] and not view.bar.crumbs.isHidden()
    QTest.keyClick(view.boxes, Qt.Key.Key_Minus)
    assert not view.boxes.zoomed and view.bar.crumbs.isHidden()
    view.bar.only.click()
    settle(session)
    assert view.boxes.root.size == node.size


def test_the_way_leads_back(view: FlameView) -> None:
    deep = next(node for node in view.boxes.root.walk() if node.depth == 3)
    view.boxes.zoom(deep)
    assert view.bar.crumbs.way == deep.trail()
    view.bar.crumbs.chosen.emit(1)
    assert view.boxes.zoomed == deep.trail()[:1]
    view.boxes.zoom(deep)
    QTest.keyClick(view.boxes, Qt.Key.Key_0)
    assert not view.boxes.zoomed


def test_search_by_keys(view: FlameView, session: Session, settle: Settle) -> None:
    """A word, Enter for each match, and Esc; the sum says what is in the matches."""
    view.activateWindow()
    view.start_search()
    assert view.bar.search.hasFocus()
    QTest.keyClicks(view.bar.search, "zalloc")
    settle(session)
    found = view.boxes.found
    assert found and {node.name for node in found} == {"zalloc"}
    assert view.bar.matches.parts[0].startswith(f"{len(found)} match")
    assert view.bar.matches.parts[1] == "100.0 %"
    for node in (*found, found[0]):
        QTest.keyClick(view.bar.search, Qt.Key.Key_Return)
        assert view.boxes.trail == node.trail()
    QTest.keyClick(view.bar.search, Qt.Key.Key_Escape)
    settle(session)
    assert not view.bar.search.text() and not view.boxes.found and not view.bar.matches.parts and view.boxes.hasFocus()
    view.bar.search.setText("no such function")
    settle(session)
    assert view.bar.matches.parts == ["no match"]
    view.boxes.setFocus()
    QTest.keyClick(view.boxes, Qt.Key.Key_Escape)
    assert not view.bar.search.text() and session.selection.range is None


def test_next_and_previous_match(bomb: Session, qtbot: QtBot, settle: Settle) -> None:
    view = shown(bomb, qtbot, settle)
    view.bar.search.setText("ipc_")
    settle(bomb)
    found = view.boxes.found
    assert len(found) > 3
    view.boxes.zoom(found[2])
    for modifier, place in (("NoModifier", 0), ("NoModifier", 1), ("ShiftModifier", 0)):
        QTest.keyClick(view.bar.search, Qt.Key.Key_Return, Qt.KeyboardModifier[modifier])
        assert view.boxes.trail == found[place].trail()
        assert found[place].trail()[: len(view.boxes.zoomed)] == view.boxes.zoomed, "a match is always in view"


def test_keys_move_in_the_boxes_and_open_the_table(view: FlameView, session: Session) -> None:
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Right):
        QTest.keyClick(view.boxes, key)
    assert len(view.boxes.trail) == 1
    QTest.keyClick(view.boxes, Qt.Key.Key_Return)
    twin = view.findChild(Twin)
    assert twin is not None
    own = [column.name for column in twin.table.rows.columns].index("own bytes")
    assert sum(int(row[own]) for row in twin.table.rows.rows) == view.boxes.root.size
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


def test_deep_boxes_can_be_scrolled_to(bomb: Session, qtbot: QtBot, settle: Settle) -> None:
    view = shown(bomb, qtbot, settle)
    view.resize(900, 150)
    settle(bomb)
    view.grab()
    deepest = max(node.depth for node in view.boxes.root.walk() if node.size / view.boxes.root.size * view.boxes.width() >= 2)
    assert max(node.depth for _, node in view.boxes.boxes) >= deepest and view.boxes.height() > view.area.viewport().height()


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


# differences


def differences(view: FlameView) -> dict[tuple[str, ...], int]:
    return {(*s.steps, s.zone): s.values[NOW] - s.values[BEFORE] for s in view.found.stacks if s.values[CHANGED]}


def test_the_growth_of_a_stretch(view: FlameView, session: Session, settle: Settle) -> None:
    """Its total is that of the states at its ends, and backwards it has the other sign."""
    assert session.player is not None
    view.bar.against.set_value(STRETCH)
    session.select(range=(2001, 4000))
    counted(view, session, settle)
    there = differences(view)
    ends = [int(session.player.seek(at).element_sizes().sum()) for at in (2000, 4000)]
    assert sum(there.values()) == ends[1] - ends[0] and view.boxes.root.size >= sum(map(abs, there.values()))
    view.bar.against.set_value(MARK)
    session.notebook.set_mark(4000)
    session.ask_moment(2000)
    counted(view, session, settle)
    assert differences(view) == {key: -value for key, value in there.items()}


def test_a_moment_minus_itself_is_empty(view: FlameView, session: Session, settle: Settle) -> None:
    view.bar.against.set_value(MARK)
    settle(session)
    assert view.bar.sums.parts == [NO_MARK]
    session.notebook.set_mark(session.moment)
    for form in (view.bar.form.value(), TREE, FUNCTIONS):
        view.bar.form.set_value(form)
        counted(view, session, settle)
        assert view.found.stacks and not differences(view)
    assert view.boxes.root.size == 0 and "no difference" in view.boxes.empty
    assert view.tree.paths.rowCount() == 0 and view.functions.all.sorted.rowCount() == 0


def test_widths_by_what_is_now(view: FlameView, session: Session, settle: Settle) -> None:
    view.bar.against.set_value(STRETCH)
    view.bar.widths.set_value(BY_NOW)
    session.select(range=(2001, session.last))
    counted(view, session, settle)
    assert view.boxes.root.size == in_use(session)
    assert "not drawn" in view.legend.words()


def test_recording_b_minus_this_one(view: FlameView, session: Session, recorded: Path, settle: Settle) -> None:
    view.bar.against.set_value(OTHER)
    settle(session)
    assert view.bar.sums.parts == [NO_OTHER]
    view.source.second.open(recorded)
    view.source.second.wait()
    settle(session)
    assert view.found.stacks and not differences(view), "a recording does not differ from itself"
    view.source.second.detach()
    settle(session)
    assert view.bar.sums.parts == [NO_OTHER]


# the tables


def test_the_tree_has_the_boxes_and_all_costs(view: FlameView, session: Session, settle: Settle) -> None:
    session.select(range=(2000, 4000))
    for by in ("call path", CALL_SITE):
        view.bar.by.set_value(by)
        view.bar.form.set_value(TREE)
        counted(view, session, settle)
        model, names = view.tree.paths, [figure.column.name for figure in view.tree.paths.figures]
        assert set(COSTS) < set(names) and ("own bytes" in names) == (by != CALL_SITE)
        column = 1 + names.index("bytes")
        rows = [model.index(row, column) for row in range(model.rowCount())]
        values = [model.value(model.node(index), column) for index in rows]
        assert sum(map(int, values)) == in_use(session) and values == sorted(values, reverse=True)
        QTest.keyClick(view.tree, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert model.order[1] == Qt.SortOrder.AscendingOrder


def test_the_tree_by_keys(view: FlameView, session: Session, settle: Settle) -> None:
    """It unfolds with arrows, stays unfolded when the moment changes, is filtered by the search and copied."""
    view.bar.form.set_value(TREE)
    counted(view, session, settle)
    view.tree.setFocus()
    view.tree.setCurrentIndex(view.tree.paths.index_of(["fork"]))
    QTest.keyClick(view.tree, Qt.Key.Key_Left)
    assert not view.tree.isExpanded(view.tree.currentIndex())
    QTest.keyClick(view.tree, Qt.Key.Key_Right)
    session.ask_moment(session.last - 10)
    counted(view, session, settle)
    index = view.tree.paths.index_of(["fork"])
    assert view.tree.isExpanded(index) and view.tree.currentIndex() == index
    QTest.keyClick(view.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().split("\t")[0] == "fork"
    view.bar.search.setText("no such function")
    settle(session)
    assert view.tree.paths.rowCount() == 0
    view.bar.search.setText("TASK_CREATE")
    settle(session)
    assert view.tree.paths.rowCount() == 1 and view.tree.paths.index_of(["fork", "task_create"]).isValid()


def test_functions_with_callers_and_callees(view: FlameView, session: Session, settle: Settle) -> None:
    view.bar.form.set_value(FUNCTIONS)
    counted(view, session, settle)
    names = [column.name for column in view.functions.all.rows.columns]
    own, all_ = names.index("own bytes"), names.index("bytes")
    rows = {str(row[0]): row for row in view.functions.all.rows.rows}
    assert sum(int(row[own]) for row in rows.values()) == in_use(session)
    chosen = view.functions.all.currentIndex()
    assert chosen.isValid() and view.functions.all.sorted.row_at(chosen.row())[0] == view.functions.name
    view.functions.show_function("task_create")
    assert view.functions.name == "task_create"
    assert [(row[0], row[all_]) for row in view.functions.callers.rows.rows] == [("fork", rows["task_create"][all_])]
    assert [row[0] for row in view.functions.callees.rows.rows] == ["zalloc"]
    view.functions.callees.opened.emit(view.functions.callees.rows.rows[0])
    assert view.functions.name == "zalloc" and view.functions.all.currentIndex().isValid()
    view.bar.search.setText("fork")
    settle(session)
    assert view.functions.all.sorted.rowCount() == 1


# files, and what is kept


def test_files_have_what_is_shown(view: FlameView, session: Session, settle: Settle, tmp_path: Path) -> None:
    whole = in_use(session)
    view.write(STACKS, tmp_path / "a.txt")
    lines = (tmp_path / "a.txt").read_text().splitlines()
    assert sum(int(line.rsplit(" ", 1)[1]) for line in lines) == whole and all("fork;" in line or "no call path" in line for line in lines)
    view.write(SPEEDSCOPE, tmp_path / "a.json")
    found = json.loads((tmp_path / "a.json").read_text())
    assert sum(found["profiles"][0]["weights"]) == found["profiles"][0]["endValue"] == whole
    view.write(CSV, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["own bytes"]) for row in rows) == whole
    view.bar.against.set_value(STRETCH)
    session.select(range=(2001, session.last))
    counted(view, session, settle)
    view.write(STACKS, tmp_path / "d.txt")
    assert sum(int(line.split()[-1]) for line in (tmp_path / "d.txt").read_text().splitlines()) == whole
    view.write(SPEEDSCOPE, tmp_path / "d.json")
    assert [side["name"] for side in json.loads((tmp_path / "d.json").read_text())["profiles"]] == ["before", "now"]


def test_a_file_that_cannot_be_written(view: FlameView, session: Session, tmp_path: Path) -> None:
    said: list[str] = []
    session.problem.connect(said.append)
    view.write(CSV, tmp_path)
    assert len(said) == 1 and str(tmp_path) in said[0]


def test_choices_are_kept(view: FlameView, session: Session, settings: QSettings, qtbot: QtBot) -> None:
    Kept.of(session).keep_in(settings)
    view.bar.cost.set_value(COSTS[ELEMENTS])
    view.bar.by.set_value("owner")
    assert view.bar.against.value() == NOTHING
    other = Session()
    Kept.of(other).keep_in(settings)
    again = FlameView(other)
    qtbot.addWidget(again)
    assert again.bar.cost.value() == COSTS[ELEMENTS] and again.bar.by.value() == "owner"
    settings.setValue("kept/call paths/cost", "beauty")
    Kept.of(other).keep_in(settings)
    assert again.bar.cost.value() == COSTS[ELEMENTS] != COSTS[BYTES]


