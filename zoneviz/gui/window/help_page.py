"""One help page: pictures fit its width, links to headings work, matches of a search are marked."""

import re
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QImage, QPalette, QResizeEvent, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget

MOST = 2000
"""Matches that are marked on one page, at most."""
TINT, MARGIN = 90, 10


def slug(heading: str) -> str:
    """The name by which links refer to a heading: `the-packed-form` for `The packed form`."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


class Page(QTextBrowser):
    """Shows a Markdown file. It keeps a history by itself: Alt+Left and Alt+Right, the buttons of the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("The page")
        self.setOpenLinks(False)
        self.document().setDocumentMargin(MARGIN)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # or its coming and going would change the pictures' room
        self.found: list[QTextCursor] = []
        """The matches of the search on this page, in order."""
        self._asked = ""
        self._images: dict[str, QImage] = {}
        self._width = 0
        """The room that the pictures were fitted to."""
        self.sourceChanged.connect(self._arrived)

    # places

    def heading(self, fragment: str) -> int | None:
        """The place of the heading that a fragment names, a character's number; None if it is missing."""
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and slug(block.text()) == fragment:
                return block.position()
            block = block.next()
        return None

    def links(self) -> list[str]:
        """The targets of all links, in order, each once."""
        out: dict[str, None] = {}
        block = self.document().begin()
        while block.isValid():
            part = block.begin()
            while not part.atEnd():
                target = part.fragment().charFormat().anchorHref()
                out.update({target: None} if target else {})
                part += 1
            block = block.next()
        return [*out]

    def _arrived(self, url: QUrl) -> None:
        place = self.heading(url.fragment()) if url.hasFragment() else None
        if place is not None:
            self._show(self._cursor(place), top=True)
        self.mark(self._asked)

    def _cursor(self, place: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(place)
        return cursor

    def _show(self, cursor: QTextCursor, top: bool = False) -> None:
        """Scroll to a place; `top`: put it at the upper edge."""
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        if top:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.cursorRect(cursor).top())

    # pictures

    @property
    def room(self) -> int:
        """The width that a picture can have, in pixels."""
        return max(self.viewport().width() - 2 * round(self.document().documentMargin()), 1)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """The file; a picture as wide as it is, at most as wide as the page."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return super().loadResource(kind, name)
        self._width = self.room
        path = self.source().resolved(QUrl(name)).toLocalFile()
        image = self._images.setdefault(path, QImage(path))
        return None if image.isNull() else self._fitted(image)

    def _fitted(self, image: QImage) -> QImage:
        ratio = self.devicePixelRatioF()
        width = min(image.width(), self.room)
        smaller = width * ratio < image.width()
        out = image.scaledToWidth(round(width * ratio), Qt.TransformationMode.SmoothTransformation) if smaller else image.copy()
        out.setDevicePixelRatio(out.width() / width)
        return out

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the pictures to the width."""
        super().resizeEvent(event)
        if self.room != self._width and self._images and not self.source().isEmpty():
            at = self.verticalScrollBar().value() / max(self.verticalScrollBar().maximum(), 1)
            self.reload()
            self.verticalScrollBar().setValue(round(at * self.verticalScrollBar().maximum()))

    # search

    def mark(self, words: str) -> None:
        """Mark every place where the words are, upper and lower case alike; "" marks nothing."""
        self._asked, self.found = words, []
        cursor = self._cursor(0)
        while words and len(self.found) < MOST:
            cursor = self.document().find(words, cursor)
            if cursor.isNull():
                break
            self.found.append(QTextCursor(cursor))
        tint = QColor(self.palette().color(QPalette.ColorRole.Highlight))
        tint.setAlpha(TINT)
        look = QTextCharFormat()
        look.setBackground(tint)
        marks = []
        for cursor in self.found:
            mark = QTextEdit.ExtraSelection()
            mark.cursor, mark.format = cursor, look
            marks.append(mark)
        self.setExtraSelections(marks)

    def step(self, backwards: bool = False) -> bool:
        """Go to the next match, or to the previous one; False if the page has no further one."""
        here = self.textCursor().selectionStart() if backwards else self.textCursor().selectionEnd()
        later = [c for c in self.found if (c.selectionEnd() <= here if backwards else c.selectionStart() >= here)]
        if later:
            self._show(later[-1] if backwards else later[0])
        return bool(later)

    def to_edge(self, end: bool = False) -> None:
        """Put the place from which `step` goes at the start of the page, or at its end."""
        self.setTextCursor(self._cursor(self.document().characterCount() - 1 if end else 0))
