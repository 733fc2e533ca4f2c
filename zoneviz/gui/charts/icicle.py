"""A tree of bytes as boxes from top to bottom: as wide as what they hold, coloured by the zone that has most of it."""

from collections.abc import Callable
from weakref import ref

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from zoneviz import words
from zoneviz.gui.kit import text
from zoneviz.gui.kit.colours import contrast
from zoneviz.gui.session.session import Session
from zoneviz.playback.callpaths import ALL, Node

HIGHEST, LOWEST = 24, 15
SAYING = 4
"""A name that is shortened to fewer letters than this says nothing."""
NARROWEST = 0.7
"""Pixels of a box that is still drawn by itself."""


class Icicle(QWidget):
    """`chosen(node)`: a click or an arrow key; a double click or Enter makes the chosen box as wide as the widget; `opened`: the table."""

    chosen = Signal(object)
    opened = Signal()
    own_keys = ("slower", "faster")

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.root = Node(ALL, 0)
        self.trail: list[str] = []
        self.zoomed: list[str] = []
        self.empty = ""
        self.colour: Callable[[Node], QColor] = lambda node: QColor(session.theme.fill)
        self.boxes: list[tuple[QRectF, Node]] = []
        """What was painted last."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Live bytes as boxes")
        self.setMinimumHeight(4 * LOWEST)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.87)
        self.setFont(font)

    def show_tree(self, root: Node, colour: Callable[[Node], QColor], empty: str = "") -> None:
        """Another tree; what was chosen and zoomed into stays, by name, as far as it is there."""
        self.root, self.colour, self.empty = root, colour, empty
        self.trail, self.zoomed = self._known(self.trail), self._known(self.zoomed)
        self.update()

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
        """Boxes in sight; siblings too narrow to be seen are one box together."""
        top = self.node_of(self.zoomed)
        if not top.size:
            return []
        depths = 1 + max((node.depth for node in top.walk() if node.size / top.size * self.width() >= 2), default=0)
        lowest = max(LOWEST, QFontMetrics(self.font()).height())  # else the box below hides the foot of a name
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
        """Boxes with their names, as far as there is room."""
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
            painter.fillRect(area.adjusted(0, 0, -1 if area.width() > 3 else 0, -1), colour)
            if area.width() > 24:
                painter.setPen(readable(colour))
                inside = area.adjusted(5, 0, -5, -1)
                name = words.one_line(node.name, 120) if node is not self.root else self.title()
                figure = words.size_cell(node.size)
                both = f"{name}   {figure}"
                sentence = both if metrics.horizontalAdvance(both) <= inside.width() else name
                fitting = metrics.elidedText(sentence, Qt.TextElideMode.ElideRight, int(inside.width()))
                # One letter and dots name nothing; nor does a line that the edge would cut.
                if (fitting == sentence or len(fitting) > SAYING) and inside.bottom() <= self.height():
                    painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, fitting)
        for area, node in self.boxes:
            if node is chosen:
                painter.setPen(QPen(QColor(theme.ground), 4))
                painter.drawRect(area.adjusted(1, 1, -2, -2))
                painter.setPen(QPen(QColor(theme.strong), 2))
                painter.drawRect(area.adjusted(1, 1, -2, -2))
        painter.end()

    def title(self) -> str:
        """What stands in the root's box."""
        return "everything" if not self.zoomed else "everything (click to see it all)"

    def node_at(self, place: QPoint) -> Node | None:
        """The box under the pointer."""
        return next((node for area, node in self.boxes if area.contains(place)), None)

    def words(self, node: Node) -> str:
        """Bytes and shares of one box."""
        whole, above = max(self.root.size, 1), node.parent
        lines = [" > ".join(words.one_line(name, 120) for name in node.trail()) or "everything"]
        lines.append(f"{words.size_cell(node.size)} in {node.count:,} elements · {words.share_cell(node.size, whole)} of all")
        if above is not None and above is not self.root:
            lines[-1] += f" · {words.share_cell(node.size, above.size)} of {words.one_line(above.name, 60)}"
        if node.own and node.own != node.size:
            lines.append(f"{words.size_cell(node.own)} of it right here")
        return "\n".join(lines)

    def event(self, event: QEvent) -> bool:
        """Hover tells the box."""
        if isinstance(event, QHelpEvent):
            node = self.node_at(event.pos())
            if node is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), text.plain(self.words(node)), self)
            return True
        return super().event(event)

    def choose(self, node: Node) -> None:
        """Put the frame around a box."""
        above = node.parent
        if above is not None and node.name not in above.children:
            node = above
        self.trail = node.trail()
        self.setAccessibleDescription(self.words(node))
        self.chosen.emit(node)
        self.update()

    def zoom(self, node: Node) -> None:
        """Make a box as wide as there is room."""
        self.zoomed = self._known(node.trail())
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose; a box above the one that was zoomed into zooms out to it."""
        node = self.node_at(event.position().toPoint())
        if node is not None:
            self.choose(node)
            if node.depth < len(self.zoomed):
                self.zoom(node)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Zoom into the box."""
        node = self.node_at(event.position().toPoint())
        if node is not None:
            self.zoom(node)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk the tree, + zooms in, - and Backspace out, Enter opens the table."""
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
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)


def _together(node: Node, seen: list[Node]) -> Node:
    """One box for all children that are not seen; children are in order of size, so they lie together at the end."""
    rest = list(node.children.values())[len(seen) :]
    out = Node(f"{len(rest):,} more", node.depth + 1, ref(node), sum(child.size for child in rest), 0, sum(child.count for child in rest))
    out.start = rest[0].start
    return out


def readable(ground: QColor) -> QColor:
    """Black or white, whichever is read better on a colour."""
    return QColor("#0b0c0e") if contrast(ground, QColor("#0b0c0e")) >= contrast(ground, QColor("#ffffff")) else QColor("#ffffff")
