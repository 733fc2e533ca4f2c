"""A widget and its children as SVG: each widget is drawn into its own svg element, nested like the widgets.

Drawing all of them into one element would misplace clipped parts: QSvgGenerator writes a clip relative to the corner of the
widget, not of the picture. In an element that starts at the widget's corner the two are equal.
"""

import re
from collections.abc import Callable
from itertools import count
from xml.etree import ElementTree

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QSize
from PySide6.QtGui import QFontInfo, QPainter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

_SVG, _LINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DPI = 96
Element = ElementTree.Element


def drawn(size: QSize, paint: Callable[[QPainter], None], prefix: str) -> Element:
    """An svg element of this size with what `paint` paints; `prefix` makes its ids unique."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    made = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # 1.1 can clip
    made.setOutputDevice(buffer)
    made.setResolution(_DPI)
    made.setSize(size)
    made.setViewBox(QRect(QPoint(0, 0), size))
    painter = QPainter(made)
    try:
        paint(painter)
    finally:
        painter.end()
    buffer.close()
    root = ElementTree.fromstring(_NOT_XML.sub("\ufffd", bytes(data.data()).decode("utf-8", "replace")))
    for part in root.iter():
        for name, value in part.attrib.items():
            if name == "id":
                part.set(name, prefix + value)
            elif value.startswith("url(#"):
                part.set(name, f"url(#{prefix}{value[5:]}")
            elif value.startswith("#") and name.endswith("href"):
                part.set(name, f"#{prefix}{value[1:]}")
    out = ElementTree.Element(f"{{{_SVG}}}svg", {"width": f"{size.width()}", "height": f"{size.height()}"})
    out.extend(part for part in root if _draws(part))
    return out


def _draws(part: Element) -> bool:
    """Whether an element draws anything. Removes Qt's empty groups in it, two thirds of its output."""
    if part.tag.endswith(("title", "desc")):
        return False
    for inside in [*part]:
        if inside.tag == f"{{{_SVG}}}g" and not _draws(inside):
            part.remove(inside)
    return len(part) > 0 or not part.tag.endswith("}g")


def nested(widget: QWidget) -> Element:
    """A visible widget with its children, as nested svg elements."""
    numbers = count()
    return _nested(widget, lambda: f"w{next(numbers)}-")


def _nested(widget: QWidget, prefix: Callable[[], str]) -> Element:
    # QGraphicsView overrides `render` to draw only its scene. Areas that a child leaves empty show its parent.
    flag = QWidget.RenderFlag.DrawWindowBackground if widget.isWindow() else QWidget.RenderFlag(0)
    out = drawn(widget.size(), lambda p: QWidget.render(widget, p, QPoint(), QRegion(), flag), prefix())
    for child in widget.children():
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow() and child.size().isValid():
            inner = _nested(child, prefix)
            inner.set("x", f"{child.x()}")
            inner.set("y", f"{child.y()}")
            if len(inner):
                out.append(inner)
    return out


def document(size: QSize, scale: float, title: str, description: str, parts: list[Element], widget: QWidget) -> bytes:
    """The complete file: `size` in points, displayed `scale` times as large."""
    root = ElementTree.Element(
        f"{{{_SVG}}}svg",
        {"width": f"{size.width() * scale:g}", "height": f"{size.height() * scale:g}", "viewBox": f"0 0 {size.width()} {size.height()}"},
    )
    for name, words in (("title", title), ("desc", description)):
        ElementTree.SubElement(root, f"{{{_SVG}}}{name}").text = _NOT_XML.sub("\ufffd", words)
    root.extend(parts)
    # Qt writes the requested font family; put the one it drew with, and similar ones, first.
    sans = f"{QFontInfo(widget.font()).family()}, DejaVu Sans, Verdana, sans-serif"
    for part in root.iter():
        if part.tag.endswith("}image"):
            part.set("style", "image-rendering:pixelated")  # keeps the cells of heatmaps sharp
        family = part.get("font-family")
        if family is not None:
            part.set("font-family", "DejaVu Sans Mono, Menlo, Consolas, monospace" if "mono" in family.lower() else sans)
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _LINK)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))
