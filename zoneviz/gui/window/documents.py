"""The help pages: the documents that came with the program, shown without a network."""

import re
from functools import cache
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from zoneviz import resources, words
from zoneviz.gui.kit.glossary import meaning
from zoneviz.gui.kit.line import Line
from zoneviz.gui.window.help_page import Page

WIDEST = 480
"""Pixels for the list of titles, at most."""
GLOSSARY = "glossary.md"
CAPTURING = "capturing.md"
FIRST = ("tour.md", "linux.md", "faq.md", CAPTURING, GLOSSARY, "zones.md", "commands.md", "scenarios.md")
"""The pages needed most; the others follow by name."""
_MARKUP = re.compile(r"\]\([^)]*\)|[*`\[\]|]")


def documents() -> dict[str, Path]:
    """The pages by title."""
    found = {path.name: path for path in sorted(resources.folder("docs").glob("*.md"))}
    order = [name for name in FIRST if name in found] + [name for name in found if name not in FIRST]
    return {_title(found[name]): found[name] for name in order}


def _title(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline().lstrip("# ").strip() or path.stem


@cache
def searched(path: Path) -> str:
    """The text of a page in lower case, without markup and line breaks, for the search."""
    return " ".join(_MARKUP.sub("", path.read_text(encoding="utf-8")).lower().split())


class Reader(QDialog):
    """A list of pages, and the one being read, at first `page`, a file's name. Not modal."""

    def __init__(self, parent: QWidget, page: str = "") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Help pages")
        self.setModal(False)
        self.resize(1000, 720)
        self.list, self.page = QListWidget(self), Page(self)
        self.list.setAccessibleName("Help pages")
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.back, self.forward = self._button("◂ Back", "Alt+Left"), self._button("Forward ▸", "Alt+Right")
        self.field, self.said = Line(self), QLabel(self)
        self.field.setAccessibleName("Search the help pages")
        self.field.setPlaceholderText("search all pages")
        self.field.setToolTip("Enter: next match; Shift+Enter: previous match (Ctrl+F)")
        self.field.setClearButtonEnabled(True)
        self.said.setProperty("role", "muted")
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self._lay_out()
        for title, path in documents().items():
            item = QListWidgetItem(title, self.list)
            item.setData(Qt.ItemDataRole.UserRole, str(path))
        self.list.setFixedWidth(max(270, min(self.list.sizeHintForColumn(0) + 28, WIDEST)))
        self.list.currentItemChanged.connect(self._chosen)
        self.page.anchorClicked.connect(self.follow)
        self.page.sourceChanged.connect(self._arrived)
        self.page.backwardAvailable.connect(self.back.setEnabled)
        self.page.forwardAvailable.connect(self.forward.setEnabled)
        self.back.clicked.connect(self.page.backward)
        self.forward.clicked.connect(self.page.forward)
        self.field.textChanged.connect(self._search)
        self.field.returnPressed.connect(self._entered)
        self.field.left.connect(self._leave_search)
        QShortcut(QKeySequence.StandardKey.Find, self, self.field.setFocus)
        self.list.setCurrentRow(max(self._row(page), 0))
        self.list.setFocus()

    def _button(self, text: str, keys: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(f"{text.strip('◂▸ ')} ({keys})")
        button.setAutoDefault(False)
        button.setEnabled(False)
        return button

    def _lay_out(self) -> None:
        top, below, outer = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        for widget in (self.back, self.forward, self.field):
            top.addWidget(widget, 1 if widget is self.field else 0)
        top.addWidget(self.said)
        below.addWidget(self.list)
        below.addWidget(self.page, 1)
        outer.setContentsMargins(12, 12, 12, 12)
        outer.addLayout(top)
        outer.addLayout(below, 1)

    # pages

    def _path(self, row: int) -> Path:
        return Path(self.list.item(row).data(Qt.ItemDataRole.UserRole))

    def _row(self, name: str) -> int:
        """The row of the page in a file, -1 if it is none of the pages."""
        return next((row for row in range(self.list.count()) if self._path(row).name == name), -1)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            path = str(item.data(Qt.ItemDataRole.UserRole))
            if self.page.source().toLocalFile() != path:
                self.page.setSource(QUrl.fromLocalFile(path))

    def follow(self, link: QUrl) -> None:
        """Open another page or file here, at its heading, and a web page in the user's browser."""
        target = self.page.source().resolved(link)
        if target.isLocalFile():
            if Path(target.toLocalFile()).is_file():
                self.page.setSource(target)
        elif target.scheme() in ("http", "https"):
            QDesktopServices.openUrl(target)

    def _arrived(self, url: QUrl) -> None:
        self.list.blockSignals(True)
        self.list.setCurrentRow(self._row(url.fileName()))
        self.list.blockSignals(False)
        self._say()

    def show_term(self, term: str) -> None:
        """Mark a term of the glossary and its meaning on the page."""
        self.page.mark(f"{term} {meaning(term)}")
        self.page.to_edge()
        self.page.step()

    # search

    def _search(self, asked: str) -> None:
        """List the pages with matches only, and mark those on the page; if it has none, open the first page that has."""
        plain = " ".join(asked.lower().split())
        for row in range(self.list.count()):
            self.list.item(row).setHidden(bool(plain) and plain not in searched(self._path(row)))
        self.page.mark(asked.strip())
        shown = self._shown()
        if plain and shown and self.list.currentRow() not in shown:
            self.list.setCurrentRow(shown[0])
        self.page.to_edge()
        self.page.step()
        self._say()

    def _shown(self) -> list[int]:
        return [row for row in range(self.list.count()) if not self.list.item(row).isHidden()]

    def _say(self) -> None:
        asked, shown = self.field.text().strip(), len(self._shown())
        here = words.count(len(self.page.found), "match", "matches")
        self.said.setText("" if not asked else f"{here} here; {words.count(shown, 'page')} in all" if shown else "No match.")

    def _entered(self) -> None:
        self.step(bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier))

    def step(self, backwards: bool = False) -> None:
        """Go to the next or previous match; after the last one of a page, to the next page with matches, and around."""
        if self.page.step(backwards) or not self.field.text().strip():
            return
        shown = self._shown()
        if shown:
            at = shown.index(self.list.currentRow()) if self.list.currentRow() in shown else -1
            self.list.setCurrentRow(shown[(at + (-1 if backwards else 1)) % len(shown)])
            self.page.to_edge(end=backwards)
            self.page.step(backwards)

    def _leave_search(self) -> None:
        """Esc clears the search; without one it closes the window."""
        if self.field.text():
            self.field.clear()
        else:
            self.close()
