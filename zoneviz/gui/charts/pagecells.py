"""The pages of zone memory as a scrolling, zooming grid of cells. The keyboard moves from page to page."""

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from zoneviz.gui.charts.page_colours import Colouring, Pixels, bands, bytewise, framed
from zoneviz.gui.charts.page_words import page_subject, page_words
from zoneviz.gui.kit import text
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject
from zoneviz.playback.pagemap import PageMap
from zoneviz.state.machine import MachineState
from zoneviz.state.pages import PAGE
from zoneviz.state.rows import Ints

SMALLEST, LARGEST, BYTEWISE = 3, 320, 28
"""Side of a cell in pixels; from BYTEWISE up, single elements are drawn."""
BOOT, MAP = "boot memory", "zone map"
"""Headings of the two parts."""
MARGIN = 3
"""Pixels left of a heading, which keep it clear of the focus ring."""


class PageCells(QAbstractScrollArea):
    """Shows a page map. `opened`: Enter or a double click. `chosen`: the framed page, -1 for none."""

    opened = Signal()
    own_keys = ("slower", "faster")

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.map: PageMap | None = None
        self.colours: Colouring | None = None
        self.state: MachineState | None = None
        self.glow = np.zeros(0)
        self.cell = 0
        """Side of a cell in pixels, including the gap; 0: as large as all pages fit."""
        self.chosen = -1
        self._image: tuple[tuple[int, ...], QImage] | None = None
        self._fitting: tuple[tuple[int, ...], int] = ((), SMALLEST)
        """The side at which all pages fit, and what it depends on."""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Pages of the zone map in address order")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumSize(160, 80)
        self.viewport().setAutoFillBackground(False)

    def sizeHint(self) -> QSize:
        """The size of a view."""
        return QSize(400, 300)

    def show_map(self, found: PageMap, colours: Colouring, glow: np.ndarray, state: MachineState) -> None:
        """Show the pages at a moment. `glow` (p,): how recently each page changed, 0 to 1."""
        self.map, self.colours, self.glow, self.state = found, colours, glow, state
        self._image = None
        self._lay_out()
        self.viewport().update()

    # geometry

    @property
    def side(self) -> int:
        """Side of a cell in pixels."""
        if self.cell or self.map is None or not len(self.map):
            return self.cell or 12
        key = self.width(), self.height(), len(self.map), self.map.boot, self.head
        if self._fitting[0] != key:
            fits = (s for s in range(48, SMALLEST, -1) if self._height(s, key[0] // s) <= key[1])
            self._fitting = key, next(fits, SMALLEST)
        return self._fitting[1]

    @property
    def columns(self) -> int:
        """Cells in a row."""
        return max(self.viewport().width() // self.side, 1)

    def _height(self, side: int, columns: int) -> int:
        assert self.map is not None
        rows = self._boot_rows(columns) - (self.map.boot - len(self.map)) // max(columns, 1)
        return rows * side + (2 * self.head if self.map.boot else 0)

    @property
    def head(self) -> int:
        """Height of a heading in pixels. Without boot memory there is one part and no heading."""
        return QFontMetrics(self.font()).height() + 3

    def _tops(self, columns: int) -> tuple[int, int]:
        """y of the first cells of boot memory and of the zone map, in pixels from the top of the content."""
        if self.map is None or not self.map.boot:
            return 0, 0
        return self.head, 2 * self.head + self._boot_rows(columns) * self.side

    def _boot_rows(self, columns: int) -> int:
        return -(-self.map.boot // max(columns, 1)) if self.map else 0

    def _lay_out(self) -> None:
        if self.map is None:
            return
        most = max(self._height(self.side, self.columns) - self.viewport().height(), 0)
        bar = self.verticalScrollBar()
        bar.setSingleStep(self.side)
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, most)

    def place_of(self, page: int) -> QRectF:
        """The rectangle of a page, in the viewport."""
        assert self.map is not None
        boot, side, columns = self.map.boot, self.side, self.columns
        row, column = divmod(page if page < boot else page - boot, columns)
        top = row * side + self._tops(columns)[page >= boot]
        return QRectF(column * side, top - self.verticalScrollBar().value(), side, side)

    def page_at(self, place: QPoint) -> int:
        """The page at a place of the viewport, -1 for none."""
        if self.map is None or not 0 <= place.x() < self.columns * self.side:
            return -1
        column, y = place.x() // self.side, place.y() + self.verticalScrollBar().value()
        boot, rest = self._tops(self.columns)
        if y < rest:
            page = (y - boot) // self.side * self.columns + column
            return page if y >= boot and page < self.map.boot else -1
        page = self.map.boot + (y - rest) // self.side * self.columns + column
        return page if page < len(self.map) else -1

    # painting

    def _visible(self) -> Ints:
        """The pages in the viewport, ascending."""
        assert self.map is not None
        boot, columns, side = self.map.boot, self.columns, self.side
        low, high = self.verticalScrollBar().value(), self.verticalScrollBar().value() + self.viewport().height()
        above, shift = self._tops(columns)
        out = []
        for first, past, top in ((0, boot, above), (boot, len(self.map), shift)):
            rows = max((low - top) // side, 0), max(-(-(high - top) // side), 0)
            out.append(np.arange(min(first + rows[0] * columns, past), min(first + rows[1] * columns, past)))
        return np.concatenate(out)

    def _cells(self, pages: Ints, size: int, scale: float) -> Pixels:
        """The pixels of pages (n,): (n, size, size), with frames around changed and returnable pages."""
        assert self.map is not None and self.colours is not None
        if self.side >= BYTEWISE:
            cells = bytewise(self.map, self.colours, pages, size)
        else:
            rows = bands(self.map, self.colours, size, pages)
            cells = np.repeat(rows[:, :, np.newaxis], size, axis=2)
        theme = self.session.theme
        framed(cells, self.glow[pages] * 0.9, QColor(theme.strong))
        framed(cells, self.map.collectable[pages].astype(float), QColor(theme.warning), dotted=True)
        return cells

    def picture(self) -> QImage:
        """The visible pages as an image in physical pixels, without the frame of the chosen page. Cached."""
        assert self.map is not None
        scale = self.devicePixelRatioF()
        view = self.viewport()
        offset, side = self.verticalScrollBar().value(), self.side
        key = (offset, side, view.width(), view.height(), round(scale * 100))
        if self._image is not None and self._image[0] == key:
            return self._image[1]
        step = max(round(side * scale), 2)
        gap = max(round(scale), 1)
        pages = self._visible()
        cells = self._cells(pages, step - gap, scale) if len(pages) else np.zeros((0, 1, 1), np.uint32)
        width, height = max(round(view.width() * scale), 1), max(round(view.height() * scale), 1)
        out = np.full((height + 2 * step, width + step), 0xFF000000 | QColor(self.session.theme.ground).rgb(), np.uint32)
        columns, boot = self.columns, self.map.boot
        above, shift = self._tops(columns)
        for part, first, top in ((pages < boot, 0, above), (pages >= boot, boot, shift)):
            chosen = pages[part] - first
            if not len(chosen):
                continue
            row, column = np.divmod(chosen, columns)
            y = np.round((row * side + top - offset) * scale).astype(np.int64) + step
            x = np.round(column * side * scale).astype(np.int64)
            inner = np.arange(step - gap)
            # One assignment for all cells: for 4,096 pages much faster than a loop.
            out[(y[:, None, None] + inner[None, :, None]), (x[:, None, None] + inner[None, None, :])] = cells[part]
        cut = np.ascontiguousarray(out[step : step + height, :width])
        image = QImage(cut.tobytes(), width, height, width * 4, QImage.Format.Format_RGB32).copy()
        image.setDevicePixelRatio(scale)
        self._image = (key, image)
        return image

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the image, the headings and the chosen page, or say why there are no pages."""
        painter = QPainter(self.viewport())
        theme = self.session.theme
        painter.fillRect(self.viewport().rect(), QColor(theme.ground))
        if self.map is None or not len(self.map):
            painter.setPen(QColor(theme.muted))
            words = (
                "The zone map does not exist yet at this moment."
                if self._ever()
                else "This recording has no data on the zone map, so there are no pages to show."
            )
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            if self.isEnabled():  # else the view says why, over all of it
                painter.drawText(self.viewport().rect(), int(flags), words)
            painter.end()
            return
        painter.drawImage(0, 0, self.picture())
        painter.setPen(QColor(theme.muted))
        for top, words in self.headings():
            painter.drawText(QPoint(MARGIN, top - 4), words)
        if 0 <= self.chosen < len(self.map):
            area = self.place_of(self.chosen).adjusted(-1, -1, 0, 0)
            painter.setPen(QPen(QColor(theme.ground), 4))
            painter.drawRect(area)
            painter.setPen(QPen(QColor(theme.accent if not self.hasFocus() else theme.strong), 2))
            painter.drawRect(area)
        painter.end()

    def headings(self) -> list[tuple[int, str]]:
        """(y, heading) of the first cells of each part, in the viewport."""
        if self.map is None or not self.map.boot:
            return []
        at = self.verticalScrollBar().value()
        return [(top - at, words) for top, words in zip(self._tops(self.columns), (BOOT, MAP), strict=True)]

    def _ever(self) -> bool:
        player = self.session.player
        return player is not None and any(m.name == "zone_map" for m in player.recording.catalog.maps)

    # words

    def piece_at(self, place: QPoint) -> int | None:
        """The index of the element at a place, in the map's pieces; None if elements are not drawn or none is there."""
        page = self.page_at(place)
        if page < 0 or self.side < BYTEWISE or self.map is None:
            return None
        area, inner = self.place_of(page), self.side - 1
        column, row = (place.x() - area.left()) / inner, (place.y() - area.top()) / inner
        if not (column < 1 and row < 1):
            return None
        address = int(self.map.address[page]) + int((int(row * inner) + column) / inner * PAGE)
        pieces = self.map.pieces
        at = int(np.searchsorted(pieces.address, address, side="right")) - 1
        return at if at >= 0 and address < pieces.address[at] + pieces.size[at] else None

    def words(self, page: int, piece: int | None = None) -> str:
        """The text of a page, and of one element of it: owner, bytes, elements by zone."""
        assert self.map is not None and self.state is not None
        return page_words(self.map, self.state.catalog, page, piece, bool(self.glow[page] > 0))

    def subject_at(self, place: QPoint) -> Subject | None:
        """What the page at a place is about, for its menu; if elements are drawn, the element there."""
        page, piece = self.page_at(place), self.piece_at(place)
        if page < 0 or self.map is None or self.state is None:
            return None
        return page_subject(self.map, self.state.catalog, page, piece, self.words(page, piece))

    def current_place(self) -> QPoint | None:
        """The middle of the chosen page, None without one."""
        chosen = self.map is not None and 0 <= self.chosen < len(self.map)
        return self.place_of(self.chosen).center().toPoint() if chosen else None

    # mouse and keys

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the page under the pointer as a tool tip."""
        if isinstance(event, QHelpEvent):
            page = self.page_at(event.pos())
            if page < 0:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), text.plain(self.words(page, self.piece_at(event.pos()))), self)
            return True
        return super().viewportEvent(event)

    def choose(self, page: int) -> None:
        """Frame a page and scroll to it."""
        self.chosen = page
        if self.map is not None and 0 <= page < len(self.map):
            area, bar = self.place_of(page), self.verticalScrollBar()
            if area.top() < 0:
                bar.setValue(bar.value() + int(area.top()))
            elif area.bottom() > self.viewport().height():
                bar.setValue(bar.value() + int(area.bottom()) - self.viewport().height())
            self.setAccessibleDescription(self.words(page))
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the page, and select the zone of the element there, except with the right button."""
        place = event.position().toPoint()
        self.choose(self.page_at(place))
        piece = self.piece_at(place) if event.button() != Qt.MouseButton.RightButton else None
        if piece is not None and self.map is not None and self.state is not None and self.map.pieces.zone[piece]:
            self.session.select_zone(self.state.catalog.zones[int(self.map.pieces.zone[piece]) - 1].name)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go to the moment the element was allocated, or open the table of the page's elements."""
        piece = self.piece_at(event.position().toPoint())
        if piece is not None and self.map is not None and self.map.pieces.seq[piece]:
            self.session.ask_moment(int(self.map.pieces.seq[piece]))
        else:
            self.opened.emit()

    def zoom(self, factor: float, around: QPoint | None = None) -> None:
        """Scale the cells, keeping the page at `around` in place."""
        page = self.page_at(around) if around is not None else self.chosen
        before = self.place_of(page).top() if page >= 0 else 0.0
        fitted, self.cell = self.cell, 0
        whole = self.side
        self.cell = fitted or whole
        new = min(max(round(self.cell * factor), self.cell + 1 if factor > 1 else 1), LARGEST)
        self.cell = 0 if new <= whole else new
        self._image = None
        self._lay_out()
        if page >= 0:
            self.verticalScrollBar().setValue(int(self.verticalScrollBar().value() + self.place_of(page).top() - before))
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; with Ctrl or Shift, scroll."""
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier):
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - (event.angleDelta().y() or event.angleDelta().x()))
        elif event.angleDelta().y():
            self.zoom(1.25 if event.angleDelta().y() > 0 else 0.8, event.position().toPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows: move from page to page; + and -: zoom; 0: fit; Enter: open the table."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self.columns, Qt.Key.Key_Down: self.columns}
        key = Qt.Key(event.key())
        if key in steps and self.map is not None and len(self.map):
            self.choose(min(max(self.chosen + steps[key], 0), len(self.map) - 1))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom(0.8 if key == Qt.Key.Key_Minus else 1.25)
        elif key == Qt.Key.Key_0:
            self.cell = 0
            self.zoom(0.5)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Repaint: the image covers only the viewport."""
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the number of columns."""
        self._lay_out()
