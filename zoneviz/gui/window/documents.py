"""The help pages: the documents that came with the program, shown without a network."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from zoneviz import resources

WIDEST = 480
"""Pixels for the list of titles, at most."""
GLOSSARY = "glossary.md"
CAPTURING = "capturing.md"
FIRST = ("tour.md", "linux.md", "faq.md", CAPTURING, GLOSSARY, "commands.md", "scenarios.md")
"""The pages needed most; the others follow by name."""


def documents() -> dict[str, Path]:
    """The pages by title."""
    found = {path.name: path for path in sorted(resources.folder("docs").glob("*.md"))}
    order = [name for name in FIRST if name in found] + [name for name in found if name not in FIRST]
    return {_title(found[name]): found[name] for name in order}


def _title(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline().lstrip("# ").strip() or path.stem


class Reader(QDialog):
    """A list of pages, and the one being read, at first `page`, a file's name. Not modal."""

    def __init__(self, parent: QWidget, page: str = "") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Help pages")
        self.setModal(False)
        self.resize(1000, 720)
        self.list, self.page = QListWidget(self), QTextBrowser(self)
        self.page.setAccessibleName("The page")
        self.list.setAccessibleName("Help pages")
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page.setOpenLinks(False)
        self.page.anchorClicked.connect(self._follow)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.addWidget(self.list)
        layout.addWidget(self.page, 1)
        for title, path in documents().items():
            item = QListWidgetItem(title, self.list)
            item.setData(Qt.ItemDataRole.UserRole, str(path))
        self.list.setFixedWidth(max(270, min(self.list.sizeHintForColumn(0) + 28, WIDEST)))
        self.list.currentItemChanged.connect(self._show)
        names = self._names()
        self.list.setCurrentRow(names.index(page) if page in names else 0)

    def _names(self) -> list[str]:
        return [Path(self.list.item(row).data(Qt.ItemDataRole.UserRole)).name for row in range(self.list.count())]

    def _show(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            path = Path(item.data(Qt.ItemDataRole.UserRole))
            self.page.setSearchPaths([str(path.parent), str(path.parent.parent)])
            self.page.setSource(QUrl.fromLocalFile(str(path)))

    def _follow(self, link: QUrl) -> None:
        """Open another page here, and a web page in the user's browser."""
        if link.isRelative() or link.isLocalFile():
            names = self._names()
            if link.fileName() in names:
                self.list.setCurrentRow(names.index(link.fileName()))
        elif link.scheme() in ("http", "https"):
            QDesktopServices.openUrl(link)
