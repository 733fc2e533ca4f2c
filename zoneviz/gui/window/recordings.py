"""The recordings in the left column: a list that can be searched, renamed, tagged and tidied up."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.app import tags as tagging
from zoneviz.app.heads import Head
from zoneviz.app.own_files import reproduce
from zoneviz.errors import ZonevizError
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.session.heads import Heads
from zoneviz.gui.session.shelf import Item, Shelf, look
from zoneviz.gui.window import filing
from zoneviz.gui.window.recording_list import NAME, TAGS, RowList
from zoneviz.gui.window.recording_rows import Rows

LIVE_MS = 1000
"""Time between two looks at the size of the recording in progress."""


class Recordings(QWidget):
    """`opened(path)`; `compared(path)`: with the one on show; `asked(name, path)`: an action of the window on another recording.

    `leaving(path)`: its file is about to move: close it; `moved(old, new)`: it has, after that.
    """

    opened = Signal(object)
    compared = Signal(object)
    asked = Signal(str, object)
    leaving = Signal(object)
    moved = Signal(object, object)

    def __init__(self, shelf: Shelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self.shelf = shelf
        self.heads = Heads(self)
        self.gone: filing.Gone | None = None
        self.heading, self.count = QLabel("RECORDINGS", self), QLabel(self)
        self.heading.setProperty("role", "section")
        self.heading.setToolTip(tip("recording"))
        self.count.setProperty("role", "muted")
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("search: name, setting, outcome, #tag")
        self.field.setAccessibleName("Search the recordings")
        self.field.setClearButtonEnabled(True)
        self.none = self._line("muted")
        self.said = self._line("muted")
        self.undo = QPushButton("Undo", self)
        self.undo.setProperty("role", "flat")
        self.undo.setAccessibleName("Put the recording back")
        self.rows = Rows(self.heads, self._tags(), self)
        self.list = RowList(self.rows, self)
        self._lay_out()
        self.said.hide()
        self.undo.hide()
        self._clock = QTimer(self, interval=LIVE_MS)
        self._clock.timeout.connect(self.rows.refresh_live)
        self.field.textChanged.connect(self._search)
        self.list.opened.connect(self.opened)
        self.list.edited.connect(self._edited)
        self.list.deleted.connect(lambda item: self.discard(item.path))
        self.list.menu_asked.connect(lambda item, place: self.menu(item).popup(place))
        self.undo.clicked.connect(self.put_back)
        self.rows.found_more.connect(self._count)

    def _line(self, role: str) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", role)
        label.setWordWrap(True)
        label.setContentsMargins(8, 0, 8, 2)
        return label

    def _tags(self) -> tagging.Tags | None:
        try:
            return tagging.Tags(tagging.file())
        except ZonevizError as error:
            self._say(str(error), wrong=True)
            return None

    def _lay_out(self) -> None:
        top, bottom = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.heading, 1)
        top.addWidget(self.count)
        bottom.addWidget(self.said, 1)
        bottom.addWidget(self.undo)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 8, 4, 6)
        box.setSpacing(3)
        top.setContentsMargins(0, 0, 8, 0)
        bottom.setContentsMargins(0, 0, 8, 0)
        box.addLayout(top)
        box.addWidget(self.field)
        box.addWidget(self.none)
        box.addWidget(self.list, 1)
        box.addLayout(bottom)

    def needed_height(self) -> int:
        """Pixels in which all recordings are visible."""
        layout = self.layout()
        assert layout is not None
        return layout.totalSizeHint().height() - self.list.sizeHint().height() + self.list.content_height() + 2

    # what is listed

    def restock(self, shown: Path | None = None) -> None:
        """List the recordings again; `shown` is on show."""
        self.rows.shown = shown and shown.resolve()
        self.rows.restock(self.shelf.items())
        self._count()
        if self.list.state() != RowList.State.EditingState:
            self.list.setCurrentIndex(self.rows.place(self.rows.shown))

    def set_live(self, path: Path | None, paused: bool = False) -> None:
        """`path`: the recording in progress, or None; `paused`: whether its run is."""
        path = path and path.resolve()
        if (path, paused) != (self.rows.live, self.rows.paused):
            self.rows.live, self.rows.paused = path, paused
            self._clock.start() if path is not None else self._clock.stop()
            self.rows.restock(self.shelf.items())

    def _search(self, asked: str) -> None:
        self.rows.search(asked)
        self._count()

    def _count(self) -> None:
        whole, found = len(self.rows.items), self.rows.found
        reading = "…" if self.rows.asked and self.heads.busy else ""
        self.count.setText(words.number(whole) if found == whole else f"{words.number(found)} of {words.number(whole)}{reading}")
        own = any(not item.example for item in self.rows.items)
        self.none.setText(
            "No match." if whole and not found else "No recordings yet. Run an experiment, or drop a recording or captures here."
        )
        self.none.setVisible(not own or not found)

    def event(self, event: QEvent) -> bool:
        """When the window becomes active, list what other programs have recorded meanwhile."""
        if event.type() == QEvent.Type.WindowActivate and self.list.state() != RowList.State.EditingState:
            self.rows.restock(self.shelf.items())
            self._count()
        return super().event(event)

    def _say(self, sentence: str, wrong: bool = False, undo: bool = False) -> None:
        self.said.setProperty("role", "danger" if wrong else "muted")
        self.said.style().polish(self.said)
        self.said.setText(words.one_line(sentence, 300))
        self.said.setVisible(bool(sentence))
        self.undo.setVisible(undo)

    # what can be done

    def menu(self, item: Item) -> QMenu:
        """What can be done with a recording."""
        menu, path = QMenu(self), item.path
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        head = self.heads.of(item, path == self.rows.live)
        readable, live = head is not None and not head.problem, path == self.rows.live
        menu.addAction("Open", lambda: self.opened.emit(path))
        compare = menu.addAction("Compare with the recording on show", lambda: self.compared.emit(path))
        compare.setEnabled(readable and self.rows.shown not in (None, path) and not live)
        menu.addSeparator()
        rename = menu.addAction("Rename…", lambda: self.rename(path))
        rename.setShortcut(QKeySequence("F2"))
        tag = menu.addAction("Tags…", lambda: self.list.change(item, TAGS))
        tag.setEnabled(readable and self.rows.tags is not None)
        menu.addAction("Show in folder", lambda: filing.show_folder(path))
        menu.addAction("Copy file name", lambda: QGuiApplication.clipboard().setText(str(path)))
        again = reproduce(head.header)[0] if head is not None and not head.problem else ""
        if again:
            menu.addAction("Copy the command that runs it again", lambda: QGuiApplication.clipboard().setText(again))
        menu.addSeparator()
        for name, text in (("verify", "Verify…"), ("export", "Export…")) if readable else (("repair", "Repair…"),):
            menu.addAction(text, partial(self.asked.emit, name, path)).setEnabled(not live)
        menu.addSeparator()
        if not item.example and not self.shelf.in_folder(path):
            menu.addAction("Remove from this list", lambda: self._forget(path))
        delete = menu.addAction("Move to trash", lambda: self.discard(path))
        delete.setShortcut(QKeySequence("Del"))
        for action in (rename, delete):
            action.setEnabled(not live and not item.example)
        return menu

    def _forget(self, path: Path) -> None:
        self.shelf.forget(path)
        self.restock(self.rows.shown)

    def rename(self, path: Path) -> None:
        """Let the user rename a recording in its row."""
        item = self.rows.item(self.rows.place(path.resolve()))
        if item is not None and self._may_move(item):
            self.list.change(item, NAME)

    def tag(self, path: Path) -> None:
        """Let the user change the tags of a recording in its row."""
        item = self.rows.item(self.rows.place(path.resolve()))
        if item is not None and self.rows.tags is not None:
            self.list.change(item, TAGS)

    def may_move(self, path: Path) -> bool:
        """Whether a recording can be renamed or moved to the trash: it is listed, no example and not in progress."""
        item = self.rows.item(self.rows.place(path.resolve()))
        return item is not None and not item.example and item.path != self.rows.live

    def _may_move(self, item: Item) -> bool:
        if item.example:
            self._say("This example came with zoneviz. Save a copy of it to change its name.", wrong=True)
        elif item.path == self.rows.live:
            self._say("This recording is in progress. Stop it first.", wrong=True)
        else:
            return True
        return False

    def _edited(self, item: Item, what: str, text: str) -> None:
        try:
            if what == TAGS:
                self._set_tags(item, text)
            elif self._may_move(item):
                self._move(item.path, filing.renamed(item.path, text))
        except ZonevizError as error:
            self._say(str(error), wrong=True)

    def _set_tags(self, item: Item, text: str) -> None:
        head = self.heads.of(item)
        if self.rows.tags is not None and head is not None and head.identity:
            self.rows.tags.set(item.path.resolve(), head.identity, tagging.parse(text))
            self._say("")
            self.rows.restock(self.rows.items)

    def _move(self, old: Path, new: Path) -> None:
        if new == old:
            return
        item, head = self.rows.item(self.rows.place(old)), None
        tags: tuple[str, ...] = ()
        if item is not None:
            head, tags = self.heads.of(item), self.rows.tags_of(item)
        self.leaving.emit(old)
        try:
            filing.rename(old, new)
        except ZonevizError:
            self.moved.emit(old, old)
            raise
        self._carry(new, head, tags)
        self.shelf.forget(old)
        self.shelf.remember(new)
        self._say("")
        self.moved.emit(old, new)
        self.restock(self.rows.shown)

    def _carry(self, new: Path, head: Head | None, tags: tuple[str, ...]) -> None:
        if tags and head is not None and self.rows.tags is not None:
            self.rows.tags.set(new.resolve(), head.identity, tags)

    def discard(self, path: Path) -> None:
        """Move a recording to the trash; `put_back` undoes it."""
        item = self.rows.item(self.rows.place(path.resolve())) or look(path)
        if item is None or not self._may_move(item):
            return
        self.leaving.emit(path)
        try:
            self.gone = filing.discard(path)
        except ZonevizError as error:
            self.moved.emit(path, path)
            self._say(str(error), wrong=True)
            return
        self._say(f"{path.name} is in the trash.", undo=True)
        self.restock(self.rows.shown)

    def put_back(self) -> None:
        """Undo the last `discard`."""
        gone, self.gone = self.gone, None
        if gone is None:
            return
        try:
            filing.put_back(gone)
            self._say("")
        except ZonevizError as error:
            self.gone = gone
            self._say(str(error), wrong=True, undo=True)
        self.restock(self.rows.shown)

