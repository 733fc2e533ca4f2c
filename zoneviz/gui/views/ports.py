"""Ports: the rights of each task, the ports that two tasks share, and the history of one port."""

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QSplitter, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.rows import Column, text_column
from zoneviz.gui.kit.twin import RowTable
from zoneviz.gui.session.jobs import Job
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject
from zoneviz.gui.views.base import View
from zoneviz.playback import Player
from zoneviz.playback.portstory import MOST_PORTS, MOST_ROWS, Story, between, ports_of, rights_words, story, story_line
from zoneviz.playback.servers import tasks
from zoneviz.recording import Recording
from zoneviz.state.rows import KIND, SEQ, TASK, TIME

TASKS = (
    text_column("task", tip("task"), "other servers"),
    Column("id", "Number of the task", str, "9,999"),
    Column("bytes", tip("owner", "Bytes of elements in use that were allocated while the task ran"), words.size_cell, "999.99 KiB"),
    Column("receive", tip("right", "Names with a receive right"), words.number, "99,999"),
    Column("send", tip("right", "Names with a send right"), words.number, "99,999"),
    Column("once", tip("right", "Names with a send-once right"), words.number, "99,999"),
    Column("dead", tip("dead name"), words.number, "99,999"),
    Column("queued", tip("message", "Messages queued at ports the task receives from"), words.number, "99,999"),
    Column("table", "Memory of the table of port names", words.size_cell, "999.99 KiB"),
)
RIGHTS = 3
"""The first of the columns that need events about rights; an imported recording may lack them."""
ADDRESS = Column("port", tip("port", "Address of the port"), lambda value: f"{value:#x}" if value else "none", "0x99999999")
NAME = Column("name", tip("right", "The task's name for the port"), lambda value: f"{value:#x}" if value else "", "0x99999")
RECEIVER = text_column("receiver", "The task with the receive right", "other servers")
QUEUED = Column("queued", tip("message", "Messages queued at the port"), words.number, "99,999")
CREATED = Column("created at event", "", lambda value: words.number(value) if value else "", "99,999,999")
ONE = (ADDRESS, NAME, text_column("rights", tip("right"), "receive, send"), QUEUED, CREATED, RECEIVER)
FIRST = text_column("first has", tip("right", "Rights of the task chosen first"), "receive, send")
SECOND = text_column("second has", tip("right", "Rights of the other task"), "receive, send")
TWO = (ADDRESS, FIRST, SECOND, QUEUED, CREATED, RECEIVER)
HISTORY = (
    Column("event", tip("event"), words.number, "99,999,999"),
    Column("time", "Simulated time", words.time, "9,999.999 ms"),
    text_column("while", "The task that was running", "some server"),
    text_column("what", "What happened to the port", "some server gets send as 0x12, and so on"),
)


class PortsView(View):
    """Left: tasks. Right: the port names of the chosen task, or the ports two tasks share; below, the history of one port."""

    title = "Ports"
    place = 5
    needs = frozenset({"rights"})
    weight = 1700

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.tasks = RowTable("Tasks and their rights", TASKS, self)
        self.setFocusProxy(self.tasks)
        self.ports = RowTable("Port names of the chosen task", ONE, self)
        self.pair = RowTable("Ports shared by two tasks", TWO, self)
        self.story = RowTable("History of the chosen port", HISTORY, self)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("filter tasks")
        self.filter.setAccessibleName("filter tasks by name")
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(150)
        self.filter.textChanged.connect(self._filtered)
        self.tasks.sorted.setFilterKeyColumn(0)
        self.tasks.sorted.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.tasks.grows = 0
        self.tasks.rows.modelReset.connect(self.tasks.give_room)
        self.labels: list[QLabel] = []
        self.below = self._part(self.story)
        right = QSplitter(Qt.Orientation.Vertical, self)
        right.setHandleWidth(8)
        right.setChildrenCollapsible(False)
        right.addWidget(self._part(self.ports, self.pair))
        right.addWidget(self.below)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setHandleWidth(12)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self._part(self.filter, self.tasks))
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(0, 5)
        self.splitter.setStretchFactor(1, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.splitter)
        self.story_heading, self.ports_heading, self.heading = self.labels
        self.heading.setProperty("role", "strong")
        self.heading.setToolTip(tip("port"))
        self.ports_heading.setText("Choose a task to see its port names. Ctrl+click a second one to see the ports they share.")
        self.below.hide()
        self.pair.hide()
        self.found: Story | None = None
        self._job: Job | None = None
        self._ids: list[int] = []
        self._of: Recording | None = None
        self.tasks.selectionModel().selectionChanged.connect(lambda *_: self._chosen())
        for table in (self.ports, self.pair):
            table.setSelectionMode(RowTable.SelectionMode.SingleSelection)
            table.chosen.connect(lambda row: self._open(int(row[0])))
            table.opened.connect(lambda row: self._open(int(row[0])))
        self.story.opened.connect(lambda row: session.ask_moment(int(row[0])))
        self.tasks.about_values(lambda row: Subject(task=int(row[1])))
        self.ports.about_values(lambda row: Subject(port=int(row[0]), seq=int(row[4]) or None))
        self.pair.about_values(lambda row: Subject(port=int(row[0]), seq=int(row[4]) or None))
        self.story.about_values(lambda row: Subject(port=self.found.address if self.found is not None else 0, seq=int(row[0])))
        session.selection_changed.connect(self._selected)
        self.destroyed.connect(self._cancel)

    def _part(self, *widgets: QWidget) -> QWidget:
        part = QWidget(self)
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        label = QLabel(part)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", "muted")
        label.setMinimumWidth(60)
        label.setWordWrap(True)
        self.labels.append(label)
        column.addWidget(label)
        for widget in widgets:
            column.addWidget(widget, 0 if isinstance(widget, QLineEdit) else 1)
        return part

    def _filtered(self, words_: str) -> None:
        self.tasks.sorted.setFilterFixedString(words_)

    def wait(self) -> None:
        """Block until the history of the port is shown."""
        if self._job is not None:
            self._job.wait()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    # the moment

    def show_recording(self, player: Player) -> None:
        """Forget the chosen tasks and port of another recording."""
        if self._of is not player.recording:
            self._of, self._ids = player.recording, []
        if self.found is not None and self.session.selection.port != self.found.address:
            self._cancel()
            self.found = None
            self.below.hide()

    def show_moment(self, player: Player) -> None:
        """Show the tasks at the moment, largest first, and the rights of the chosen ones."""
        state = player.state
        waiting: dict[int, int] = {}
        at = state.ports.queued.nonzero()[0]
        for receiver, queued in zip(state.ports.receiver[at].tolist(), state.ports.queued[at].tolist(), strict=True):
            waiting[receiver] = waiting.get(receiver, 0) + queued
        rows = []
        entry = state.catalog.machine.table_entry_size
        for t in sorted(tasks(state), key=lambda task: (-task.bytes, task.task)):
            rights = (t.receive, t.send, t.send_once, t.dead_names)
            rows.append((words.named_task(t.task, t.name), t.task, t.bytes, *rights, waiting.get(t.task, 0), t.table_entries * entry))
        self.tasks.rows.show_rows(rows)
        if rows and not self._ids:
            self._ids = [int(rows[0][1])]
        self._choose(self._ids)
        known = len(state.rights)
        missing = bool(rows) and not known and not player.recording.header.can_run_again
        ports = f" · {words.number(known)} names · {words.number(len(state.ports))} ports of tasks"
        self.heading.setText(f"{words.number(len(rows))} tasks" + ("" if missing else ports))
        for column in range(RIGHTS, len(TASKS)):
            self.tasks.setColumnHidden(column, missing)  # unknown is not 0
        if missing:
            self.ports.hide()
            self.pair.hide()
            self.ports_heading.setText("This recording has no data on rights, so the rights of tasks cannot be shown.")
        else:
            self._show_rights(player)

    def _choose(self, ids: list[int]) -> None:
        """Select the rows of these tasks; they may have moved."""
        chooser, source = self.tasks.selectionModel(), self.tasks.rows
        chooser.blockSignals(True)
        chooser.clearSelection()
        for row, values in enumerate(source.rows):
            if values[1] in ids:
                index = self.tasks.sorted.mapFromSource(source.index(row, 0))
                chooser.select(index, QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows)
        chooser.blockSignals(False)
        self.tasks.viewport().update()

    def _chosen(self) -> None:
        """Keep at most two chosen tasks, in the order in which they were chosen."""
        now = [int(self.tasks.sorted.row_at(index.row())[1]) for index in self.tasks.selectionModel().selectedRows()]
        self._ids = ([i for i in self._ids if i in now] + [i for i in now if i not in self._ids])[-2:]
        player = self.session.player
        if player is not None and now:
            self.session.select(task=self._ids[-1])
            self._show_rights(player)

    def _selected(self) -> None:
        selection = self.session.selection
        if selection.task and selection.task not in self._ids:
            self._ids = [selection.task]
            self._mark("moment")
        if selection.port and (self.found is None or self.found.address != selection.port) and self.isVisible():
            self._open(selection.port)

    def _show_rights(self, player: Player) -> None:
        state = player.state
        names = state.catalog.task_names
        two = len(self._ids) == 2
        self.pair.setVisible(two)
        self.ports.setVisible(not two)

        def who(task: int) -> str:
            return words.task_name(task, names)

        if two:
            one, other = self._ids
            shared = between(state, one, other)
            rows = [(h.address, rights_words(h.bits), rights_words(h.other_bits), h.queued, h.made, who(h.receiver)) for h in shared]
            self.pair.rows.show_rows(rows)
            called = f"{words.one_line(who(one), 24)} and {words.one_line(who(other), 24)}"
            self.ports_heading.setText(f"{_counted(len(rows), len(rows))} ports shared by {called}")
        elif self._ids:
            mine = ports_of(state, self._ids[0])
            # Port sets and dead names are not ports and have no receiver.
            rows_ = [(h.address, h.name, rights_words(h.bits), h.queued, h.made, who(h.receiver) if h.made else "") for h in mine]
            self.ports.rows.show_rows(rows_)
            whole = len(state.rights.of(self._ids[0]))
            self.ports_heading.setText(f"{_counted(len(mine), whole)} port names of {words.one_line(who(self._ids[0]), 40)}")

    # the history of one port

    def _open(self, address: int) -> None:
        """Read the history of a port in a job."""
        player = self.session.player
        if player is None or not address:
            return
        ports = player.state.ports
        at = int(ports.address.searchsorted(address))
        if at >= len(ports) or int(ports.address[at]) != address:
            return
        born = int(ports.seq[at])
        if self.found is not None and (self.found.address, self.found.born) == (address, born):
            return
        self._cancel()
        self.found = Story(address, born)
        self.session.select(port=address)
        self.story.rows.show_rows([])
        self.story_heading.setText(f"Port {address:#x}: reading its history…")
        self.below.show()
        self._job = Job(player.recording.path, lambda own: story(own, address, born), self._take, self)
        self._job.failed.connect(self.session.problem)

    def _take(self, found: Story) -> None:
        player = self.session.player
        if player is None:
            return
        self.found = found
        names = player.recording.catalog.task_names

        def who(task: int) -> str:
            return words.one_line(words.task_name(task, names), 30)

        rows = [(int(r[SEQ]), int(r[TIME]), who(int(r[TASK])), story_line(r, found.address, names)) for r in found.rows if r[KIND] > 0]
        self.story.rows.show_rows(rows)
        end = f"destroyed at event {words.number(found.died)}" if found.died else "still exists at the end"
        more = f" · first {words.number(MOST_ROWS)} of {words.number(found.events)} events" if found.events > MOST_ROWS else ""
        self.story_heading.setText(
            f"Port {found.address:#x}: created by {who(found.maker)} at event {words.number(found.born)} · "
            f"{words.number(found.sent)} messages sent · "
            f"at most {words.number(found.most)} queued · {end}{more}"
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the two halves side by side, or one above the other where the view is narrow."""
        super().resizeEvent(event)
        wide = self.width() >= 700
        orientation = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self.splitter.orientation() != orientation:
            self.splitter.setOrientation(orientation)
            self.splitter.setSizes([5, 4])


def _counted(shown: int, whole: int) -> str:
    """`1,000`, `first 1,000 of 4,000` or `1,000 or more`."""
    if shown < whole:
        return f"first {words.number(shown)} of {words.number(whole)}"
    return words.number(shown) + (" or more" if shown == MOST_PORTS else "")
