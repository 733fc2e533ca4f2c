"""The documents inside the window: those that came with the program, without a network."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from zoneviz import resources

WIDEST = 480
"""Pixels for the titles: the rest is for the page."""
FIRST = ("tour.md", "faq.md", "commands.md", "scenarios.md")
"""The documents that people ask for first; the others follow by name."""


def documents() -> dict[str, Path]:
    """By title, the documents that are here."""
    found = {path.name: path for path in sorted(resources.folder("docs").glob("*.md"))}
    order = [name for name in FIRST if name in found] + [name for name in found if name not in FIRST]
    return {_title(found[name]): found[name] for name in order}


def _title(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline().lstrip("# ").strip() or path.stem


class Reader(QDialog):
    """A list of documents, and the one that is read. It does not hold up the window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Documents")
        self.setModal(False)
        self.resize(1000, 720)
        self.list, self.page = QListWidget(self), QTextBrowser(self)
        self.page.setAccessibleName("The document")
        self.list.setAccessibleName("Documents")
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
        self.list.setCurrentRow(0)

    def _show(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            path = Path(item.data(Qt.ItemDataRole.UserRole))
            self.page.setSearchPaths([str(path.parent), str(path.parent.parent)])
            self.page.setSource(QUrl.fromLocalFile(str(path)))

    def _follow(self, link: QUrl) -> None:
        """Another document is shown here; what is elsewhere, by the person's browser."""
        if link.isRelative() or link.isLocalFile():
            names = [Path(self.list.item(row).data(Qt.ItemDataRole.UserRole)).name for row in range(self.list.count())]
            if link.fileName() in names:
                self.list.setCurrentRow(names.index(link.fileName()))
        elif link.scheme() in ("http", "https"):
            QDesktopServices.openUrl(link)
