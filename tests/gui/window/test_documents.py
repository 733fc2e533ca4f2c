"""The help pages: every link of every page leads somewhere, pictures fit, Back works, the search finds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from zoneviz.gui.window.documents import Reader, documents, searched
from zoneviz.gui.window.help_page import slug

ROOT = Path(__file__).parents[3]


@pytest.fixture
def reader(qapp: QApplication) -> Iterator[Reader]:
    """The help pages in a window of their usual size."""
    parent = QWidget()
    made = Reader(parent)
    made.show()
    qapp.processEvents()
    yield made
    if isValid(made):
        made.close()
    parent.deleteLater()
    qapp.processEvents()


def now(reader: Reader) -> str:
    """The file on show."""
    return Path(reader.page.source().toLocalFile()).name


def rows(reader: Reader) -> list[str]:
    """The titles that are listed."""
    return [reader.list.item(row).text() for row in range(reader.list.count()) if not reader.list.item(row).isHidden()]


def test_the_pages_are_those_of_the_folder_of_documents(reader: Reader) -> None:
    assert {path.name for path in documents().values()} == {path.name for path in (ROOT / "docs").glob("*.md")}
    assert rows(reader) == list(documents()) and now(reader) == "tour.md"


def test_every_link_of_every_page_leads_somewhere(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    followed = 0
    for path in documents().values():
        page = QUrl.fromLocalFile(str(path))
        reader.page.setSource(page)
        for link in reader.page.links():
            reader.page.setSource(page)
            reader.page.anchorClicked.emit(QUrl(link))
            followed += 1
            if QUrl(link).scheme():
                assert opened[-1] == link
                continue
            target = reader.page.source()
            assert target == page.resolved(QUrl(link)) and reader.page.toPlainText(), (path.name, link)
            if target.hasFragment():
                assert reader.page.heading(target.fragment()) == reader.page.textCursor().position(), (path.name, link)
    assert followed > 20


def test_a_link_to_a_heading_scrolls_to_it(reader: Reader) -> None:
    reader.follow(QUrl("commands.md#zoneviz-slice"))
    page = reader.page
    assert page.textCursor().block().text() == "zoneviz slice" and 0 <= page.cursorRect().top() < 40
    assert slug("The packed form") == "the-packed-form" and slug("What is a `zone`?") == "what-is-a-zone"


def test_back_and_forward_go_through_the_pages_read(reader: Reader) -> None:
    assert not reader.back.isEnabled()
    reader.follow(QUrl("compare.md"))
    reader.list.setCurrentRow(list(documents().values()).index(ROOT / "docs" / "faq.md"))
    assert now(reader) == "faq.md"
    reader.back.click()
    assert now(reader) == "compare.md" and reader.list.currentItem().text() == rows(reader)[reader.list.currentRow()]
    QTest.keyClick(reader.page, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert now(reader) == "tour.md" and not reader.back.isEnabled() and reader.forward.isEnabled()
    reader.forward.click()
    assert now(reader) == "compare.md"


@pytest.mark.parametrize("width", [600, 1000, 1800])
def test_pictures_are_whole(reader: Reader, qapp: QApplication, width: int) -> None:
    reader.resize(width, 700)
    qapp.processEvents()
    page = reader.page
    for name in ("tour.md", "linux.md", "compare.md"):
        reader.follow(QUrl(name))
        for file in [path.name for path in (ROOT / "docs").glob("*.png") if path.name in (ROOT / "docs" / name).read_text()]:
            image = page.document().resource(QTextDocument.ResourceType.ImageResource, QUrl(file))
            assert isinstance(image, QImage)
            shown = image.deviceIndependentSize()
            whole = QImage(str(ROOT / "docs" / file))
            assert shown.width() == min(whole.width(), page.room) and page.room < page.viewport().width()
            assert shown.height() / shown.width() == pytest.approx(whole.height() / whole.width(), rel=0.01)


def test_the_search_lists_pages_and_marks_matches(reader: Reader) -> None:
    reader.field.setText("free list")
    titles = rows(reader)
    assert 1 < len(titles) < reader.list.count()
    assert reader.list.currentItem().text() in titles and reader.page.found
    assert reader.page.textCursor().selectedText().lower() == "free list"
    assert reader.said.text().endswith(f"here; {len(titles)} pages in all") and len(reader.page.extraSelections()) == len(reader.page.found)
    seen = set()
    for _ in range(60):
        seen.add(now(reader))
        QTest.keyClick(reader.field, Qt.Key.Key_Return)
        assert reader.page.textCursor().selectedText().lower() in ("free list", "")
    assert len(seen) >= 2  # after the last match of a page, the next page
    here, place = now(reader), reader.page.textCursor().selectionStart()
    reader.step()
    reader.step(backwards=True)
    assert (now(reader), reader.page.textCursor().selectionStart()) == (here, place)
    reader.field.setText("no page has these words")
    assert rows(reader) == [] and reader.said.text() == "No match."
    QTest.keyClick(reader.field, Qt.Key.Key_Escape)
    assert rows(reader) == list(documents()) and not reader.page.extraSelections() and reader.isVisible()
    QTest.keyClick(reader.field, Qt.Key.Key_Escape)
    assert not reader.isVisible()


def test_the_search_ignores_markup_and_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# Title\n\nA **free\nlist** and `x` [of it](b.md).\n")
    assert searched(path) == "# title a free list and x of it."
