"""All events as a table model that reads only the pages on show."""

from collections import OrderedDict
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from zoneviz import words
from zoneviz.errors import InputError
from zoneviz.events import Catalog, Kind
from zoneviz.fields import FIELDS, Field, Fields, Refers, Unit
from zoneviz.gui.charts.zone_words import zone_words
from zoneviz.gui.kit import text
from zoneviz.gui.kit.theme import LIGHT, Theme
from zoneviz.recording import Recording
from zoneviz.recording.header import LIVE
from zoneviz.state.figures import CUR_SIZE, MAX_SIZE, ZONE_FIGURES
from zoneviz.state.rows import ADDRESS, EXTRA, FIGURE_KINDS, KIND, PATH, SEQ, SIZE, SUBJECT, TASK, THREAD, TIME, Ints

PAGE = 256
PAGES = 24
NEAR = 64
"""Largest gap, in events, that is read along when chosen events are fetched."""
COLUMNS = ("event", "time", "kind", "what", "address", "size", "task", "thread", "call path")
MEANINGS = (
    "Its number in the recording",
    "Simulated time, to the microsecond",
    "What happened",
    "What it happened to: a zone, map, task, thread or message",
    "The address it concerns; the tool tip of each cell says of what",
    "A size in bytes (B), the name of a right or a priority; the tool tip of each cell says which",
    "The task that was running",
    "The thread that was running",
    "The kernel functions that were active, outermost first",
)
LIVE_COLUMNS = {6: "process", 7: "CPU"}
LIVE_MEANINGS = {
    1: "Time since the start of the recording, to the microsecond", 6: "The process that ran, with its id", 7: "The processor",
    8: "The call site, or the call stack, outermost first",
}  # fmt: skip
RIGHT = (0, 1, 4, 5, 6, 7)
MARKED = 3
"""The first columns of the event of the moment are bold; the others would not fit."""
_UNKNOWN = Fields(Field(), Field(), Field(), Field())
Index = QModelIndex | QPersistentModelIndex
_BAD = (Kind.PANIC, Kind.ZREFUSE, Kind.KMEM_FAIL, Kind.ZEMPTY, Kind.HANG, Kind.PAGE_WAIT, Kind.LOST)


def kind_name(number: int) -> str:
    """`ZALLOC`; `kind 99` for a kind that this version does not know."""
    try:
        return Kind(number).name
    except ValueError:
        return f"kind {number}"


def string(catalog: Catalog, number: int) -> str:
    """An interned text; `name 12` if the number is unknown."""
    strings = catalog.names.strings
    return strings[number] if 0 <= number < len(strings) else f"name {number}"


def what(row: Ints, catalog: Catalog, tasks: dict[int, str]) -> str:
    """The subject of an event in words: a zone, a map, a figure, a task, a text."""
    kind, subject, extra = int(row[KIND]), int(row[SUBJECT]), int(row[EXTRA])
    field = fields(row).subject
    match field.refers:
        case Refers.ZONE:
            shown = catalog.zones[subject - 1].name if 0 < subject <= len(catalog.zones) else f"zone {subject}"
            if kind == Kind.ZONE_FIGURE and 0 <= extra < len(ZONE_FIGURES):
                return f"{shown} · {ZONE_FIGURES[extra]}"
            return shown + (" · fresh" if kind == Kind.ZALLOC and extra & 1 else "")
        case Refers.MAP:
            return catalog.maps[subject - 1].name if 0 < subject <= len(catalog.maps) else f"map {subject}"
        case Refers.FIGURE:
            return catalog.figures[subject - 1].name if 0 < subject <= len(catalog.figures) else f"figure {subject}"
        case Refers.TEXT:
            return string(catalog, subject)
        case Refers.TASK:
            return words.task(subject, tasks)
        case Refers.THREAD:
            return f"thread {subject}"
    if kind == Kind.LOST:
        lost = words.count(int(row[SIZE]), "event") if row[SIZE] else "events"
        return f"{lost} lost" + (f" on CPU {subject - 1}" if subject else "")
    if kind == Kind.READING:
        return f"reading {words.number(subject)}"
    number = words.number(subject) if field.unit is Unit.COUNT else str(subject)
    return f"{field.words} {number}" if field.words else ""


def fields(row: Ints) -> Fields:
    """The meaning of an event's free columns; without words if this program does not know its kind."""
    kind = int(row[KIND])
    return FIELDS.get(Kind(kind), _UNKNOWN) if kind in Kind.__members__.values() else _UNKNOWN


def amount(row: Ints) -> str:
    """The size of an event with its unit: `4,096 B`, `name 0x2e`, `priority 12`; empty for 0, except for a figure that was set."""
    value, field = int(row[SIZE]), fields(row).size
    if row[KIND] in FIGURE_KINDS:
        return f"{words.number(value)} B" if row[KIND] == Kind.ZONE_FIGURE and row[EXTRA] in (CUR_SIZE, MAX_SIZE) else words.number(value)
    if not value:
        return ""
    if field.unit is Unit.BYTES:
        return f"{words.number(value)} B"
    if field.refers is Refers.NAME:
        return f"name {value:#x}"
    return f"priority {words.number(value)}" if field.unit is Unit.PRIORITY else words.number(value)


class EventTable(QAbstractTableModel):
    """One row per event, all or only the chosen ones. Caches at most PAGES pages of PAGE events."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.moment = 0
        self.reads = 0
        self._recording: Recording | None = None
        self._first = 1
        """The event of row 0 while all events are shown: an excerpt does not start at 1."""
        self._count = 0
        self._chosen: Ints | None = None
        self._pages: OrderedDict[int, Ints] = OrderedDict()
        self._bold = QFont()
        self._bold.setBold(True)

    def show_recording(self, recording: Recording | None) -> None:
        """Show all events of a recording; None empties the table."""
        self.beginResetModel()
        self._recording = recording
        self._first = recording.first_event if recording else 1
        self._count = self.whole()
        self._chosen = None
        self._pages.clear()
        self.endResetModel()

    @property
    def live(self) -> bool:
        """Whether the events are of a live machine: tasks are processes, threads are processors."""
        return self._recording is not None and self._recording.header.kind == LIVE

    @property
    def filtered(self) -> bool:
        """Whether the table shows only chosen events."""
        return self._chosen is not None

    def choose(self, seqs: Ints | None) -> None:
        """Show only these events, ascending by number (n,); None shows all."""
        self.beginResetModel()
        self._chosen = seqs
        self._count = len(seqs) if seqs is not None else self.whole()
        self._pages.clear()
        self.endResetModel()

    def add(self, seqs: Ints) -> None:
        """Append chosen events (n,); they must follow those already shown."""
        if self._chosen is not None and len(seqs):
            self._pages.pop((self._count - 1) // PAGE, None)
            self.beginInsertRows(QModelIndex(), self._count, self._count + len(seqs) - 1)
            self._chosen = np.concatenate([self._chosen, seqs])
            self._count = len(self._chosen)
            self.endInsertRows()

    def event_of(self, row: int) -> int:
        """The number of the event in a row."""
        return row + self._first if self._chosen is None else int(self._chosen[row])

    def row_of(self, seq: int) -> int:
        """The row of the last shown event at or before event `seq`; -1 if all shown events come later."""
        if self._chosen is None:
            return max(min(seq - self._first, self._count - 1), -1)
        return int(np.searchsorted(self._chosen, seq, side="right")) - 1

    def grow(self) -> None:
        """Append the events that the recording has gained."""
        if self._recording is not None and self._chosen is None and self.whole() > self._count:
            self._pages.pop((self._count - 1) // PAGE, None)
            self.beginInsertRows(QModelIndex(), self._count, self.whole() - 1)
            self._count = self.whole()
            self.endInsertRows()

    def whole(self) -> int:
        """The number of events in the recording."""
        return self._recording.event_count - self._first + 1 if self._recording is not None else 0

    def show_moment(self, moment: int) -> None:
        """Mark the event of the moment, and dim those after it: they have not happened yet."""
        old, self.moment = self.row_of(self.moment), moment
        if self._count:
            low, high = sorted((max(old, 0), max(self.row_of(moment), 0)))
            last = self.index(min(high, self._count - 1), len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(low, 0), last, [Qt.ItemDataRole.ForegroundRole, Qt.ItemDataRole.FontRole])

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        """One row per event."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The columns of COLUMNS."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of the columns; their meanings as tool tips."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return LIVE_COLUMNS.get(section, COLUMNS[section]) if self.live else COLUMNS[section]
            if role == Qt.ItemDataRole.ToolTipRole:
                return LIVE_MEANINGS.get(section, MEANINGS[section]) if self.live else MEANINGS[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _aligned(section)
        return None

    def row(self, number: int) -> Ints:
        """The event in a row, (10,), read with its page."""
        assert self._recording is not None
        page = number // PAGE
        if page not in self._pages:
            first, last = page * PAGE, min((page + 1) * PAGE, self._count)
            try:
                self._pages[page] = self._read(first, last)
            except InputError:
                # The banner reports the damage; empty rows leave the rest of the table readable.
                self._pages[page] = np.zeros((last - first, 10), np.int64)
            self.reads += 1
            while len(self._pages) > PAGES:
                self._pages.popitem(last=False)
        self._pages.move_to_end(page)
        found: Ints = self._pages[page][number % PAGE]
        return found

    def _read(self, first: int, past: int) -> Ints:
        """The events in rows `first` to `past` - 1. Chosen events may be far apart, so each group of neighbours is one read."""
        assert self._recording is not None
        if self._chosen is None:
            return self._recording.events(self._first + first, self._first + past - 1)
        seqs = self._chosen[first:past]
        runs = np.split(seqs, np.flatnonzero(np.diff(seqs) > NEAR) + 1)
        parts = []
        for run in runs:
            rows = self._recording.events(int(run[0]), int(run[-1]))
            parts.append(rows[run - run[0]])
        return np.concatenate(parts)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment, tool tip, colour and weight of a cell: the event of the moment is bold, also while another row is chosen."""
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.shown(self.row(index.row()), column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.meaning(self.row(index.row()), column)
        if role == Qt.ItemDataRole.ForegroundRole:
            if self.event_of(index.row()) > self.moment:
                return QColor(self.theme.muted)
            return QColor(self.theme.danger) if int(self.row(index.row())[KIND]) in _BAD else None
        if role == Qt.ItemDataRole.FontRole and column < MARKED and index.row() == self.row_of(self.moment):
            return self._bold
        return None

    def shown(self, row: Ints, column: int) -> str:
        """The text of a cell."""
        assert self._recording is not None
        catalog = self._recording.catalog
        if column == 0:
            return words.number(int(row[SEQ]))
        if column == 1:
            return words.fine_time(int(row[TIME]))
        if column == 2:
            return kind_name(int(row[KIND]))
        if column == 3:
            return words.one_line(what(row, catalog, catalog.task_names))
        if column == 4:
            return words.address(int(row[ADDRESS])) if row[ADDRESS] else ""
        if column == 5:
            return amount(row)
        if column in (6, 7) and self.live:
            number = int(row[TASK if column == 6 else THREAD])
            names = catalog.task_names if column == 6 else catalog.thread_names
            return words.one_line(names.get(number, str(number)), 30) if number else ""
        if column in (6, 7):
            return str(int(row[TASK if column == 6 else THREAD])) if row[TASK] or row[THREAD] else ""
        path = int(row[PATH])
        return words.one_line(catalog.paths.text(path)) if 0 <= path < len(catalog.paths.rows) else f"path {path}"

    def meaning(self, row: Ints, column: int) -> str:
        """The tool tip of a cell: what an address or size refers to, or the whole text of a subject or call path."""
        if column == 4 and row[ADDRESS]:
            of = fields(row).address.words
            return text.plain(f"address {of}" if of.startswith("of ") else of)
        if column == 5 and row[SIZE]:
            return text.plain(fields(row).size.words)
        said = self.shown(row, column) if column in (3, 8) else ""
        if said and column == 3 and self._recording is not None and fields(row).subject.refers is Refers.ZONE:
            zone = said.split(" · ")[0]
            said = "\n".join(filter(None, (said, zone_words(zone, self._recording.header.system))))
        return text.plain(said) if said else ""


def _aligned(column: int) -> Qt.AlignmentFlag:
    return (Qt.AlignmentFlag.AlignRight if column in RIGHT else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter
