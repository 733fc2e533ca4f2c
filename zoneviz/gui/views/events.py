"""The table of events, all or those that match a filter."""

import shlex

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.errors import UsageError
from zoneviz.events import Kind
from zoneviz.fields import Refers
from zoneviz.gui.charts.event_table import COLUMNS, EventTable, fields
from zoneviz.gui.kit.tables import EndShown, Table
from zoneviz.gui.kit.toggle import Toggle
from zoneviz.gui.session.filtering import Found, filter_work, zone_of
from zoneviz.gui.session.jobs import Job
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Act, Subject
from zoneviz.gui.views.base import View
from zoneviz.playback import Player
from zoneviz.playback.search import parse_filter
from zoneviz.recording import Recording
from zoneviz.recording.header import LIVE
from zoneviz.state.rows import ADDRESS, KIND, PATH, SUBJECT, TASK, THREAD

ZONE = "ipc ports"
"""The zone of the example, where it exists."""
SAMPLES = [
    *("999,999,999", "9,999.999999 s", "OBJECT_TERMINATE", "non-kernel map entries · fresh"),
    *("0x00000000", "9,999,999 B", "9999", "9999", ""),
]
"""Texts as wide as most cells of each column."""
LIVE_SAMPLES = [*SAMPLES[:4], "0xffff999999999999", SAMPLES[5], "some command (99999)", "CPU 99", ""]
"""The same for a recording of a live machine."""
LONG_TIME = "48 d 48 h 48 min 48 s"
"""As wide as any time of a recording of more than two hours, also as that of the moment, which is bold."""


def samples(recording: Recording) -> list[str]:
    """Texts as wide as most cells of each column."""
    fit = list(LIVE_SAMPLES if recording.header.kind == LIVE else SAMPLES)
    if recording.last_time >= words.LONG:
        fit[COLUMNS.index("time")] = LONG_TIME
    return fit


def example(recording: Recording) -> str:
    """A filter of the conditions that this recording has, and a zone that it knows."""
    header = recording.header
    names = [zone.name for zone in recording.catalog.zones if zone.name]
    zone = next((name for name in names if name == ZONE), names[0] if names else "")
    named = f" zone={shlex.quote(words.one_line(zone, 30))}" if zone else ""
    if header.of_readings:
        return f"kind={Kind.ZONE_FIGURE.name}{named} time=1s..2s"
    touched = "port:0xc0001000" if "rights" in header.shows else "address:0xc0001000"
    return f"kind={Kind.ZALLOC.name}{named} task=3 size=64..128 time=1s..2s touches={touched}"


class EventsView(View):
    """The event of the moment is the current row. Enter or a double click goes to the event of a row. Filters run as jobs."""

    title = "Events"
    place = 7

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.model = EventTable(self)
        self.table = Table("Events", self)
        self.setFocusProxy(self.table)
        self.table.setModel(self.model)
        self.table.setSelectionMode(Table.SelectionMode.ExtendedSelection)
        self.table.widths(SAMPLES)
        self.table.setItemDelegateForColumn(COLUMNS.index("call path"), EndShown(self.table))
        self.table.about = self.about
        self.heading = QLabel(self)
        self.heading.setProperty("role", "strong")
        self.words = QLabel(self)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.field = QLineEdit(self)
        self.field.setAccessibleName("Filter events")
        self.field.setToolTip("Press Enter to filter. Right-click a row to filter by its values.")
        self.field.setClearButtonEnabled(True)
        self.chosen = Toggle("only the selection", self)
        self.chosen.setToolTip("Only events of the selected zone, task, thread, port, kind and range")
        self.stop = QPushButton("cancel", self)
        self.stop.setAccessibleName("Cancel filtering")
        self.stop.setProperty("role", "flat")
        self.stop.hide()
        top = QHBoxLayout()
        top.setSpacing(8)
        for widget, stretch in ((self.heading, 0), (self.field, 1), (self.chosen, 0), (self.words, 0), (self.stop, 0)):
            top.addWidget(widget, stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        self._job: Job | None = None
        self._asked = ""
        self._looked = 0
        self.table.doubleClicked.connect(self._go)
        self.table.activated.connect(self._go)
        self.field.returnPressed.connect(self.filter)
        self.field.textChanged.connect(lambda words: None if words else self.filter())
        self.chosen.toggled.connect(self.filter)
        self.stop.clicked.connect(self._cancel)
        session.selection_changed.connect(lambda: self.filter() if self.chosen.isChecked() else None)

    # what is shown

    def _recording(self) -> None:
        super()._recording()
        if self.session.player is None:  # the file is closed, so no row can be read
            self.model.show_recording(None)

    def show_recording(self, player: Player) -> None:
        """Redraw for another recording or theme."""
        self.model.theme = self.session.theme
        self.model.show_recording(player.recording)
        self.field.setPlaceholderText(f"filter: {example(player.recording)}")
        self._fit(player)
        self._asked = ""
        self._say("")
        self._count()
        self.filter()

    def _fit(self, player: Player) -> None:
        """Give the columns their widths where those of the cells are others now."""
        fit = samples(player.recording)
        if [self.table.sample(column) for column in range(len(fit))] != fit:
            self.table.widths(fit)

    def show_growth(self, player: Player) -> None:
        """Append rows, and filter the new events."""
        self.model.grow()
        self._fit(player)
        if self._asked and (self._job is None or not self._job.running):
            self._begin(self._looked + 1)
        self._count()

    def show_moment(self, player: Player) -> None:
        """Scroll to the event of the moment."""
        self.model.grow()
        self.model.show_moment(self.session.moment)
        row = self.model.row_of(self.session.moment)
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
        # Scroll only vertically.
        self.table.horizontalScrollBar().setValue(sideways)

    # the filter

    def expression(self) -> str:
        """The filter: what was typed and, if switched on, the selection."""
        parts = [self.field.text().strip(), self.session.selection.filter_words() if self.chosen.isChecked() else ""]
        return " ".join(part for part in parts if part)

    def filter(self) -> None:
        """Apply the filter. If it is invalid, say so and keep the rows."""
        player, expression = self.session.player, self.expression()
        if player is None or expression == self._asked:
            return
        try:
            parse_filter(expression, player.recording.catalog)
        except UsageError as error:
            self._say(str(error), "danger")
            return
        self._cancel()
        self._asked = expression
        if expression:
            self._begin(1)
        else:
            self._say("")
            self._shown(player)

    def wait(self) -> None:
        """Block until the filter has run."""
        if self._job is not None:
            self._job.wait()

    def _begin(self, first: int) -> None:
        player = self.session.player
        assert player is not None
        self._job = Job(player.recording.path, filter_work(self._asked, first), lambda found: self._take(found, first), self)
        self._job.advanced.connect(self._progress)
        self._job.failed.connect(lambda words: self._end(words, "danger"))

    def _progress(self, done: int, of: int) -> None:
        if self._job is not None and self._job.running and of > 1 << 18:
            self._say(f"filtering… {words.share(done, max(of, 1))}")
            self.stop.show()

    def _take(self, found: Found, first: int) -> None:
        if first == 1:
            self._end("" if len(found.seqs) else "No event matches.")
            self.model.choose(found.seqs)
        else:
            self.model.add(found.seqs)
        self._looked = found.last
        player = self.session.player
        if player is not None and first == 1:
            self._shown(player, chosen=True)
        self._count()

    def _shown(self, player: Player, chosen: bool = False) -> None:
        if not chosen:
            self.model.choose(None)
        self._count()
        self.show_moment(player)

    def _cancel(self) -> None:
        if self._job is not None and self._job.running:
            self._job.cancel()
            self._asked = " "  # differs from every filter, so that the same one can be applied again
            self._end("cancelled")

    def _end(self, words: str, role: str = "muted") -> None:
        self.stop.hide()
        self._say(words, role)

    def _say(self, sentence: str, role: str = "muted") -> None:
        self.words.setText(words.one_line(sentence, 120))
        self.words.setProperty("role", role)
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)

    def _count(self) -> None:
        count, shown = self.model.whole(), self.model.rowCount()
        of = f"{words.number(shown)} of " if self.model.filtered else ""
        self.heading.setText(f"{of}{words.number(count)} events")

    # rows

    def _go(self, index: QModelIndex) -> None:
        self.session.ask_moment(self.model.event_of(index.row()))

    def about(self, row: int) -> Subject:
        """What the event in a row is about, for its menu."""
        event, player = self.model.row(row), self.session.player
        assert player is not None
        kind, path, address, subject = (int(event[column]) for column in (KIND, PATH, ADDRESS, SUBJECT))
        catalog, of = player.recording.catalog, fields(event)
        frames = catalog.paths.frames(path) if 0 < path < len(catalog.paths.rows) else []
        return Subject(
            zone=zone_of(event, catalog),
            task=subject if of.subject.refers is Refers.TASK else int(event[TASK]),
            thread=subject if of.subject.refers is Refers.THREAD else int(event[THREAD]),
            port=address if of.address.refers is Refers.PORT else 0,
            address=address,
            kind=Kind(kind).name if kind in Kind.__members__.values() else "",
            frame=frames[-1] if frames else "",
            seq=self.model.event_of(row),
            acts=(Act("Show all events", self.field.clear),) if self.field.text() else (),
        )

    def filter_by(self, word: str) -> None:
        """Add a term to the filter, replacing one of the same name."""
        name = word.partition("=")[0] + "="
        kept = [shlex.quote(w) if " " in w else w for w in shlex.split(self.field.text()) if not w.startswith(name)]
        self.field.setText(" ".join([*kept, word]))
        self.filter()
