"""The tables of rights as shown, against the state at the moment."""


import pytest
from PySide6.QtCore import QItemSelectionModel
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from zoneviz.gui.kit.theme import DARK, LIGHT
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.ports import PortsView
from zoneviz.playback.servers import tasks


@pytest.fixture
def view(bomb: Session, qtbot: QtBot, settle: Settle) -> PortsView:
    made = PortsView(bomb)
    qtbot.addWidget(made)
    made.resize(1000, 400)
    made.show()
    settle(bomb)
    return made


def test_names_get_the_spare_width_and_figures_do_not(view: PortsView) -> None:
    view.resize(2400, 400)
    header = view.tasks.horizontalHeader()
    assert not header.stretchLastSection(), "the last column is a figure"
    assert view.tasks.columnWidth(0) >= view.tasks.sizeHintForColumn(0)
    assert view.ports.horizontalHeader().stretchLastSection(), "here it is a name"


def test_a_dead_name_has_no_event_of_creation(view: PortsView) -> None:
    made = [str(row[2]) for row in view.ports.rows.rows if not row[4]]
    assert made and set(made) == {"dead name"}
    row = next(i for i, row in enumerate(view.ports.rows.rows) if not row[4])
    assert view.ports.rows.index(row, 4).data() == ""


def test_the_table_has_the_rights_of_every_task(view: PortsView, bomb: Session, settle: Settle) -> None:
    assert bomb.player is not None
    for seq in (5000, bomb.last):
        bomb.ask_moment(seq)
        settle(bomb)
        known = {t.task: t for t in tasks(bomb.player.state)}
        rows = {int(row[1]): row for row in view.tasks.rows.rows}
        assert rows.keys() == known.keys()
        for task, row in rows.items():
            assert row[2:7] == (known[task].bytes, known[task].receive, known[task].send, known[task].send_once, known[task].dead_names)
        sizes = [int(row[2]) for row in view.tasks.rows.rows]
        assert sizes == sorted(sizes, reverse=True)


def choose(view: PortsView, *names: str) -> None:
    chooser = view.tasks.selectionModel()
    chooser.clear()
    for row in range(view.tasks.sorted.rowCount()):
        if view.tasks.sorted.row_at(row)[0] in names:
            chooser.select(
                view.tasks.sorted.index(row, 0), QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            )


def test_one_chosen_task_shows_its_names_and_two_show_shared_ports(view: PortsView, bomb: Session, settle: Settle) -> None:
    assert bomb.player is not None
    ids = {task.name: task.id for task in bomb.player.recording.catalog.tasks}
    rights = bomb.player.state.rights
    choose(view, "proc")
    assert view.ports.rows.rowCount() == len(rights.of(ids["proc"])) and bomb.selection.task == ids["proc"]
    mine = set(rights.of(ids["proc"]).address.tolist()) - {0}
    other = next(task for task in sorted(ids.values()) if task != ids["proc"] and mine & set(rights.of(task).address.tolist()))
    choose(view, "proc", next(name for name, number in ids.items() if number == other))
    assert not view.pair.isHidden() and view.pair.rows.rowCount() > 0
    assert "shared by" in view.ports_heading.text()
    bomb.ask_moment(bomb.last - 50)
    settle(bomb)
    assert len(view.tasks.selectionModel().selectedRows()) == 2


def test_a_chosen_port_shows_its_history(view: PortsView, bomb: Session, settle: Settle) -> None:
    choose(view, "proc")
    row = next(i for i in range(view.ports.sorted.rowCount()) if view.ports.sorted.row_at(i)[5] == "proc")
    view.ports.setCurrentIndex(view.ports.sorted.index(row, 0))
    view.wait()
    settle(bomb)
    found = view.found
    assert found is not None and found.rows is not None and not view.below.isHidden()
    assert bomb.selection.port == found.address and f"{found.address:#x}" in view.story_heading.text()
    assert [r[0] for r in view.story.rows.rows] == found.rows[:, 0].tolist()
    view.story.opened.emit(view.story.rows.rows[0])
    settle(bomb)
    assert bomb.moment == found.rows[0, 0]


def test_a_port_selected_in_another_view_shows_its_history(view: PortsView, bomb: Session, settle: Settle) -> None:
    assert bomb.player is not None
    address = int(bomb.player.state.ports.address[5])
    bomb.select(port=address)
    view.wait()
    assert view.found is not None and view.found.address == address


def test_the_filter_keeps_matching_tasks_in_both_themes(view: PortsView, bomb: Session, settle: Settle) -> None:
    view.filter.setText("pro")
    assert all("pro" in str(view.tasks.sorted.row_at(i)[0]) for i in range(view.tasks.sorted.rowCount()))
    for theme in (DARK, LIGHT):
        bomb.set_theme(theme)
        settle(bomb)
        assert not view.grab().isNull()


def test_there_are_no_tasks_before_the_first_event(view: PortsView, bomb: Session, settle: Settle) -> None:
    bomb.ask_moment(0)
    settle(bomb)
    assert view.tasks.rows.rowCount() == 0 and view.heading.text().startswith("0 tasks")
