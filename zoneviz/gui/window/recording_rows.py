"""The rows of the list of recordings: what each says, in which order, and which of them a search finds."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from zoneviz import words
from zoneviz.app.heads import Head, title
from zoneviz.app.tags import Tags
from zoneviz.gui.kit import text
from zoneviz.gui.session.heads import Heads
from zoneviz.gui.session.shelf import Item, look
from zoneviz.gui.session.states import in_progress, of_header
from zoneviz.recording.header import LIVE

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole
"""The role of a row's `Row`; None for a heading."""
EXAMPLES = "EXAMPLES"
UNREADABLE = "Cannot be read"


@dataclass(frozen=True, slots=True)
class Row:
    """A recording in words. `also`: what was recorded, if the title does not say it; `note`: size and age; `tone`: of the outcome;
    `about`: the settings that differ from the defaults, and the tags."""

    item: Item
    title: str
    also: str
    note: str
    outcome: str = ""
    tone: str = ""
    about: str = ""
    tags: tuple[str, ...] = ()
    hint: str = ""

    @property
    def sentence(self) -> str:
        """All of it, for a screen reader."""
        return ", ".join(part for part in (self.title, self.also, self.outcome, self.about, self.note) if part)


class Rows(QAbstractListModel):
    """Recordings, then the examples under a heading. Heads are read as rows are painted, and all of them for a search.

    `live`: the recording in progress, `paused` or not; `shown`: the one on show. `found_more`: heads were read during a search.
    """

    found_more = Signal()

    def __init__(self, heads: Heads, tags: Tags | None, parent: QObject) -> None:
        super().__init__(parent)
        self.heads, self.tags = heads, tags
        self.live: Path | None = None
        self.paused = False
        self.shown: Path | None = None
        self.items: list[Item] = []
        self.asked = ""
        self._rows: list[Item | str] = []
        self._found_by: dict[Path, tuple[Head | None, tuple[str, ...], str]] = {}
        """By recording: its head and tags, and the words that a search finds it by."""
        self.heads.arrived.connect(self._arrived)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of rows and headings."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A heading cannot be chosen."""
        if self.item(index) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemNeverHasChildren

    def item(self, index: Index) -> Item | None:
        """The recording in a row; None for a heading."""
        found = self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None
        return found if isinstance(found, Item) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The title, the `Row`, the sentence for screen readers, or the tool tip."""
        item = self.item(index)
        if item is None:
            heading = role == Qt.ItemDataRole.DisplayRole and index.isValid() and index.row() < len(self._rows)
            return self._rows[index.row()] if heading else None
        if role == Qt.ItemDataRole.DisplayRole:
            return words.one_line(title(item.path), 200)
        if role not in (ROW, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return None
        row = self.row(item)
        return row if role == ROW else text.plain(row.hint) if role == Qt.ItemDataRole.ToolTipRole else row.sentence

    def tags_of(self, item: Item) -> tuple[str, ...]:
        """The tags of a recording; they are known once its head has been read."""
        head = self.heads.of(item, item.path == self.live)
        return self.tags.of(item.path.resolve(), head.identity) if self.tags is not None and head is not None else ()

    def row(self, item: Item) -> Row:
        """What a recording's row says as far as its head has been read."""
        live = item.path == self.live
        head = self.heads.of(item, live)
        name = words.one_line(title(item.path), 200)
        note = words.size(item.size) if item.example else f"{words.size(item.size)} · {words.age(max(time.time() - item.made, 0))}"
        if head is None:
            return Row(item, name, "", note, hint=str(item.path))
        if head.problem:
            return Row(item, name, "", note, UNREADABLE, "warning", hint=head.problem)
        state = in_progress(head.header.kind == LIVE, self.paused) if live else of_header(head.header)
        settings = ", ".join(words.one_line(f"{key} {value}", 60) for key, value in head.settings)
        tags = self.tags_of(item)
        about = " · ".join(part for part in (settings, " ".join(f"#{tag}" for tag in tags)) if part)
        return Row(item, name, _also(head, name), note, state.word, state.tone, about, tags, _hint(item, head, state.word, settings, tags))

    def restock(self, items: list[Item]) -> None:
        """List these recordings."""
        self.items = items
        self._filter()

    def search(self, asked: str) -> None:
        """Show only the recordings in whose rows all these words occur."""
        self.asked = asked
        self._filter()

    def _filter(self) -> None:
        asked = self.asked.lower().split()
        found = [item for item in self.items if self._matches(item, asked)]
        own, examples = [item for item in found if not item.example], [item for item in found if item.example]
        rows: list[Item | str] = [*own]
        if examples:
            rows += [EXAMPLES, *examples]
        if [_key(row) for row in rows] == [_key(row) for row in self._rows]:  # keep the current row and the place
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def _matches(self, item: Item, asked: list[str]) -> bool:
        if not asked:
            return True
        head, tags = self.heads.of(item, item.path == self.live), self.tags_of(item)
        known = self._found_by.get(item.path)
        if known is None or known[0] is not head or known[1] != tags:
            row = self.row(item)
            what = row.hint.replace(str(item.path), "")  # its folder says nothing about it
            said = " ".join((row.title, row.also, row.outcome, row.about, item.path.name, what)).lower()
            known = self._found_by[item.path] = head, tags, said
        return all(word in known[2] for word in asked)

    def _arrived(self, paths: set[Path]) -> None:
        if self.asked:
            self._filter()
            self.found_more.emit()
            return
        for number, row in enumerate(self._rows):
            if isinstance(row, Item) and row.path in paths:
                self.dataChanged.emit(self.index(number), self.index(number))

    def refresh_live(self) -> None:
        """Show the size that the recording in progress has now."""
        for number, row in enumerate(self._rows):
            if isinstance(row, Item) and row.path == self.live and (now := look(row.path)) is not None:
                self._rows[number] = now
                self.dataChanged.emit(self.index(number), self.index(number))

    def place(self, path: Path | None) -> QModelIndex:
        """The index of a recording; invalid if it is not listed."""
        for number, row in enumerate(self._rows):
            if isinstance(row, Item) and row.path == path:
                return self.index(number)
        return QModelIndex()

    @property
    def found(self) -> int:
        """Number of recordings shown."""
        return sum(isinstance(row, Item) for row in self._rows)


def _key(row: Item | str) -> Path | str:
    return row.path if isinstance(row, Item) else row


def _also(head: Head, name: str) -> str:
    """What was recorded, if the title does not say it: the experiment, or the system of a real machine."""
    header = head.header
    if header.system:
        return words.one_line(header.system, 60)
    return "" if header.scenario.lower() == name.lower() else words.one_line(header.scenario, 60)


def _hint(item: Item, head: Head, outcome: str, settings: str, tags: tuple[str, ...]) -> str:
    header = head.header
    try:
        made = datetime.fromisoformat(header.created)
        when = f"{header.made} {made.day} {made:%b %Y %H:%M}"
    except ValueError:
        when = header.made
    what = [header.system or f"{header.scenario} on {header.profile}", when]
    lines = [", ".join(part for part in what if part), settings, f"{outcome}: {header.panic_text}" if header.panic_text else outcome]
    lines += [" ".join(f"#{tag}" for tag in tags), str(item.path)]
    return "\n".join(words.one_line(line, 300) for line in lines if line)
