"""A tree as boxes from the top down: widths in proportion to their sizes. Boxes can be searched, zoomed and chosen."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import replace
from weakref import ref

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from zoneviz import words
from zoneviz.gui.kit import text
from zoneviz.gui.kit.canvas import Canvas
from zoneviz.gui.kit.colours import blend, contrast
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Act, Subject
from zoneviz.playback.callpaths import ALL, Node, matching

HIGHEST, LOWEST = 24, 15
SAYING = 4
"""Shortest readable name, in characters."""
FADED = 0.78
"""How far the boxes that a search did not find fade into the background, 0 to 1."""
NARROWEST = 0.7
"""Width in pixels below which boxes are drawn together."""


class Icicle(Canvas):
    """Click or arrow key: choose a box, `chosen(node)`. Double click or +: make the chosen box as wide as the widget, `zoomed_to()`."""

    chosen = Signal(object)
    zoomed_to = Signal()
    own_keys = ("slower", "faster")

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Call paths as boxes", parent, 0.87)
        self.session = session
        self.root = Node(ALL, 0)
        self.trail: list[str] = []
        self.zoomed: list[str] = []
        self.empty = ""
        self.colour: Callable[[Node], QColor] = lambda node: QColor(session.theme.fill)
        self.label: Callable[[Node], str] = lambda node: words.size(node.size)
        """The figure beside a name."""
        self.words: Callable[[Node], str] = lambda node: node.name
        """All about a box, for its tool tip and for screen readers."""
        self.wanted = ""
        self.found: list[Node] = []
        """The boxes that match `wanted`, from left to right."""
        self._hits: set[int] = set()
        self.about: Callable[[Node], Subject] = lambda node: Subject()
        """What a box is about, for its menu."""
        self.boxes: list[tuple[QRectF, Node]] = []
        """The boxes as last painted."""
        self.setMinimumHeight(4 * LOWEST)

    def show_tree(self, root: Node, colour: Callable[[Node], QColor], empty: str = "") -> None:
        """Show another tree. The chosen and the zoomed box stay, by name, as far as the new tree has them.

        `empty`: the sentence to show for a tree of 0 bytes.
        """
        self.root, self.colour, self.empty = root, colour, empty
        self.trail, zoomed = self._known(self.trail), self._known(self.zoomed)
        if zoomed != self.zoomed:
            self.zoomed = zoomed
            self.zoomed_to.emit()
        self.search(self.wanted)
        self._give_height()

    def search(self, text: str) -> None:
        """Highlight the boxes whose name has `text`; "" ends the search."""
        self.wanted = text
        self.found = matching(self.root, text)
        self._hits = {id(node) for node in self.found}
        self.update()

    def to_match(self, step: int = 1) -> None:
        """Choose the next match, or with -1 the previous one; from the last it goes to the first. Zooms out if it is not in view."""
        if not self.found:
            return
        order = {id(node): i for i, node in enumerate(self.root.walk())}
        here = order[id(self.node_of(self.trail))] if self.trail else -1
        places = [order[id(node)] for node in self.found]
        at = bisect_right(places, here) if step > 0 else bisect_left(places, here) - 1
        node = self.found[at % len(self.found)]
        if node.trail()[: len(self.zoomed)] != self.zoomed:
            self.zoom(self.root)
        self.choose(node)

    def _give_height(self) -> None:
        """Be as high as the boxes need, for the area that scrolls; less than that only hides the deepest."""
        needed = max(4 * LOWEST, self._depths() * self._lowest())
        if needed != self.minimumHeight():
            self.setMinimumHeight(needed)

    def _lowest(self) -> int:
        return max(LOWEST, QFontMetrics(self.font()).height())  # or the box below would cover part of a name

    def _depths(self) -> int:
        """How many rows of boxes are wide enough to be seen."""
        top = self.node_of(self.zoomed)
        if not top.size:
            return 0
        return 1 + max((node.depth for node in top.walk() if node.size / top.size * self.width() >= 2), default=0)

    def _known(self, trail: list[str]) -> list[str]:
        node, out = self.root, []
        for name in trail:
            if name not in node.children:
                break
            node = node.children[name]
            out.append(name)
        return out

    def node_of(self, trail: list[str]) -> Node:
        """The node at the end of a trail of names."""
        node = self.root
        for name in trail:
            node = node.children[name]
        return node

    def _place(self) -> list[tuple[QRectF, Node]]:
        """The visible boxes; siblings too narrow to see are one box."""
        top = self.node_of(self.zoomed)
        if not top.size:
            return []
        depths, lowest = self._depths(), self._lowest()
        height = min(max(self.height() / max(depths, 1), lowest), max(lowest, HIGHEST))
        out, todo = [], [self.root]
        scale = self.width() / top.size
        while todo:
            node = todo.pop()
            if node.start + node.size <= top.start or node.start >= top.start + top.size:
                continue
            left = max((node.start - top.start) * scale, 0)
            right = min((node.start + node.size - top.start) * scale, self.width())
            if right - left < NARROWEST or node.depth * height >= self.height():
                continue
            out.append((QRectF(left, node.depth * height, right - left, height), node))
            seen = [child for child in node.children.values() if child.size * scale >= NARROWEST]
            todo += reversed(seen)
            if len(seen) < len(node.children):
                todo.append(_together(node, seen))
        return out

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the boxes, with names where they fit."""
        painter = QPainter(self)
        theme, metrics = self.session.theme, QFontMetrics(self.font())
        self.boxes = self._place()
        if not self.boxes:
            painter.setPen(QColor(theme.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(12, 0, -12, 0), int(flags), self.empty)
            painter.end()
            return
        chosen = self.node_of(self.trail) if self.trail else None
        for area, node in self.boxes:
            colour = self.colour(node)
            if self.wanted and id(node) not in self._hits:
                colour = blend(colour, QColor(theme.ground), FADED)
            painter.fillRect(area.adjusted(0, 0, -1 if area.width() > 3 else 0, -1), colour)
            if area.width() > 24:
                painter.setPen(readable(colour) if not self.wanted or id(node) in self._hits else QColor(theme.muted))
                inside = area.adjusted(5, 0, -5, -1)
                name = words.one_line(node.name, 120) if node is not self.root else self.title()
                figure = self.label(node)
                both = f"{name}   {figure}"
                label = both if metrics.horizontalAdvance(both) <= inside.width() else name
                fitting = metrics.elidedText(label, Qt.TextElideMode.ElideRight, int(inside.width()))
                # Leave out names of a single letter and an ellipsis, and lines that the edge would cut.
                if (fitting == label or len(fitting) > SAYING) and inside.bottom() <= self.height():
                    painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, fitting)
        for area, node in self.boxes:
            if node is chosen:
                painter.setPen(QPen(QColor(theme.ground), 4))
                painter.drawRect(area.adjusted(1, 1, -2, -2))
                painter.setPen(QPen(QColor(theme.strong), 2))
                painter.drawRect(area.adjusted(1, 1, -2, -2))
        painter.end()

    def title(self) -> str:
        """The text of the root's box."""
        return "everything" if not self.zoomed else "everything (click to zoom out)"

    def node_at(self, place: QPoint) -> Node | None:
        """The box at a place, None outside of all boxes."""
        return next((node for area, node in self.boxes if area.contains(place)), None)

    def subject_at(self, place: QPoint) -> Subject | None:
        """What the box at a place is about, for its menu."""
        node = self.node_at(place)
        if node is None:
            return None
        whole = node.depth == len(self.zoomed) and node.trail() == self.zoomed
        zoom = Act("Zoom out", lambda: self.zoom(self.root)) if whole else Act("Zoom in to this box", lambda: self.zoom(node))
        return replace(self.about(node), text=self.words(node), acts=(zoom,))

    def current_place(self) -> QPoint | None:
        """The middle of the chosen box, None if it is not visible."""
        chosen = self.node_of(self.trail) if self.trail else None
        return next((area.center().toPoint() for area, node in self.boxes if node is chosen), None)

    def event(self, event: QEvent) -> bool:
        """Show the box under the pointer as a tool tip."""
        if isinstance(event, QHelpEvent):
            node = self.node_at(event.pos())
            if node is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), text.plain(self.words(node)), self)
            return True
        return super().event(event)

    def choose(self, node: Node) -> None:
        """Choose a box; the box of many siblings stands for their parent."""
        above = node.parent
        if above is not None and node.name not in above.children:
            node = above
        self.trail = node.trail()
        self.setAccessibleDescription(self.words(node))
        self.chosen.emit(node)
        self.update()

    def zoom(self, node: Node) -> None:
        """Make a box as wide as the widget."""
        self.zoomed = self._known(node.trail())
        self._give_height()
        self.zoomed_to.emit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the height to what can be seen at this width."""
        super().resizeEvent(event)
        self._give_height()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the box; if it is above the zoomed one, zoom out to it."""
        node = self.node_at(event.position().toPoint())
        if node is not None and event.button() != Qt.MouseButton.RightButton:
            self.choose(node)
            if node.depth < len(self.zoomed):
                self.zoom(node)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Zoom into the box."""
        node = self.node_at(event.position().toPoint())
        if node is not None:
            self.zoom(node)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows: move in the tree. +: zoom in. - or Backspace: zoom out by one box, 0: to the whole."""
        node, key = self.node_of(self.trail), Qt.Key(event.key())
        above = node.parent
        near = list(above.children.values()) if above is not None else [node]
        at = next(i for i, other in enumerate(near) if other is node)
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.choose(near[min(max(at + (1 if key == Qt.Key.Key_Right else -1), 0), len(near) - 1)])
        elif key == Qt.Key.Key_Down and node.children:
            self.choose(next(iter(node.children.values())))
        elif key == Qt.Key.Key_Up and above is not None:
            self.choose(above)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(node)
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Backspace):
            self.zoom(self.node_of(self.zoomed[:-1]))
        elif key == Qt.Key.Key_0:
            self.zoom(self.root)
        else:
            super().keyPressEvent(event)


def _together(node: Node, seen: list[Node]) -> Node:
    """One box for all children that are not in `seen`. Children are ordered by size, so these are the last ones."""
    rest = list(node.children.values())[len(seen) :]
    sums = [sum(values) for values in zip(*(child.sums for child in rest), strict=True)]
    return Node(f"{words.number(len(rest))} more", node.depth + 1, ref(node), sum(child.size for child in rest), 0, rest[0].start, sums)


def readable(ground: QColor) -> QColor:
    """Black or white, whichever has more contrast on `ground`: at least 4.58, the square root of 21."""
    black, white = QColor("#000000"), QColor("#ffffff")
    return black if contrast(ground, black) >= contrast(ground, white) else white
