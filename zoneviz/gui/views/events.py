"""The table of events around the moment."""

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from zoneviz.gui.models.events import EventTable
from zoneviz.gui.session import Session
from zoneviz.gui.views.base import View
from zoneviz.gui.views.tables import Table
from zoneviz.playback import Player

SAMPLES = ["999,999,999", "9,999.999 ms", "TASK_TERMINATE", "non-kernel map entries · fresh", "00000000", "9,999,999", "9999", "9999", ""]
"""As wide as these is wide enough for nearly all."""


class EventsView(View):
    """The moment's event is the chosen row; choosing a row moves the moment."""

    title = "Events"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.model = EventTable(self)
        self.table = Table("Events", self)
        self.table.setModel(self.model)
        self.table.setSelectionMode(Table.SelectionMode.ExtendedSelection)
        self.table.widths(SAMPLES)
        self.heading = QLabel(self)
        self.heading.setProperty("role", "strong")
        hint = QLabel("events after the moment are fainter · Enter or a click goes there", self)
        hint.setProperty("role", "muted")
        top = QHBoxLayout()
        top.addWidget(self.heading)
        top.addWidget(hint)
        top.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        self.table.clicked.connect(self._go)
        self.table.activated.connect(self._go)

    def show_recording(self, player: Player) -> None:
        """New recording or theme."""
        self.model.theme = self.session.theme
        self.model.show_recording(player.recording)
        self.heading.setText(f"{player.recording.event_count:,} events")

    def show_growth(self, player: Player) -> None:
        """More rows."""
        self.model.grow()
        self.heading.setText(f"{player.recording.event_count:,} events")

    def show_moment(self, player: Player) -> None:
        """Scroll so that the moment's event is in sight."""
        self.model.grow()
        self.model.show_moment(self.session.moment)
        row = self.session.moment - 1
        if row < 0:
            self.table.clearSelection()
            self.table.scrollToTop()
            return
        index = self.model.index(row, 0)
        sideways = self.table.horizontalScrollBar().value()
        rows = self.table.selectionModel().selectedRows()
        if not (len(rows) > 1 and index in rows):
            self.table.setCurrentIndex(index)
        visible = self.table.rowAt(0) <= row < self.table.rowAt(self.table.viewport().height() - 1)
        if not visible:
            self.table.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
        # Only the rows move: what the person had in sight of the columns stays.
        self.table.horizontalScrollBar().setValue(sideways)

    def _go(self, index: QModelIndex) -> None:
        self.session.ask_moment(index.row() + 1)
