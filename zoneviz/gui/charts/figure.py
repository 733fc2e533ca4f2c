"""A widget as a picture with a caption, for the window, `zoneviz shot` and the clipboard."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPoint, QRect, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtWidgets import QWidget

from zoneviz import __version__, words
from zoneviz.app.writing import written
from zoneviz.errors import EnvironmentProblem
from zoneviz.gui.charts import vector
from zoneviz.gui.kit.theme import Theme
from zoneviz.gui.session.session import Session

MARGIN = 12
LINE = 20
"""Margin of the picture and height of the caption, in points."""
CAPTION = 11
"""Size of the caption's letters, in points of the picture."""
_DPI = 96


@dataclass(frozen=True, slots=True)
class Figure:
    """A visible widget, its theme and its caption; an empty caption takes no space."""

    widget: QWidget
    theme: Theme
    caption: str = ""
    margin: int = MARGIN

    def size(self) -> QSize:
        """The size of the picture in points."""
        return self.widget.size() + QSize(2 * self.margin, 2 * self.margin + (LINE if self.caption else 0))

    def paint(self, painter: QPainter) -> None:
        """Paint margin, widget and caption, starting at (0, 0)."""
        self._around(painter)
        self.widget.render(painter, QPoint(self.margin, self.margin))

    def _around(self, painter: QPainter) -> None:
        size = self.size()
        painter.fillRect(QRect(QPoint(0, 0), size), QColor(self.theme.ground))
        if self.caption:
            font = QFont(self.widget.font())
            font.setPixelSize(CAPTION)  # a size in points would grow with the image's resolution, and again with its scale
            margin = max(self.margin, MARGIN)
            line = QRect(margin, size.height() - self.margin - LINE, size.width() - 2 * margin, LINE + self.margin // 2)
            words = QFontMetrics(font).elidedText(self.caption, Qt.TextElideMode.ElideMiddle, line.width())
            painter.setFont(font)
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    def image(self, scale: float = 1.0) -> QImage:
        """An image with `scale` pixels per point. Errors: EnvironmentProblem if memory is short."""
        image = QImage(self.size() * scale, QImage.Format.Format_RGB32)
        if image.isNull():
            width, height = (round(side * scale) for side in (self.size().width(), self.size().height()))
            size = f"{words.number(width)} x {words.number(height)}"
            raise EnvironmentProblem(f"Not enough memory for a picture of {size} pixels. Choose a smaller size or scale.")
        image.setDevicePixelRatio(scale)
        image.setDotsPerMeterX(round(_DPI * scale / 0.0254))
        image.setDotsPerMeterY(round(_DPI * scale / 0.0254))
        image.setText("Software", f"zoneviz {__version__}")
        painter = QPainter(image)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.paint(painter)
        painter.end()
        return image

    def encoded(self, ending: str, scale: float = 1.0) -> bytes:
        """The contents of a .png, .svg or .pdf file. SVG and PDF are vector drawings; in SVG, `scale` is only the nominal size."""
        if ending == ".svg":
            return self._svg(scale)
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if ending == ".pdf":
            self._pdf(buffer)
        else:
            self.image(scale).save(buffer, "PNG")  # type: ignore[call-overload]  # its stub wants bytes, and it refuses them
        buffer.close()
        return bytes(data.data())

    def save(self, path: Path, scale: float = 1.0, force: bool = False) -> int:
        """Write the file; returns its size in bytes.

        Errors: UsageError if it exists and `force` is not set, EnvironmentProblem if it cannot be written.
        """
        with written(path, force) as out:
            return out.write(self.encoded(path.suffix.lower(), scale))

    def _svg(self, scale: float) -> bytes:
        around = vector.drawn(self.size(), self._around, "c-")
        inside = vector.nested(self.widget)
        inside.set("x", f"{self.margin}")
        inside.set("y", f"{self.margin}")
        return vector.document(self.size(), scale, self.caption, f"zoneviz {__version__}", [around, inside], self.widget)

    def _pdf(self, buffer: QBuffer) -> None:
        size = self.size()
        made = QPdfWriter(buffer)
        made.setResolution(_DPI)
        made.setTitle(self.caption)
        made.setCreator(f"zoneviz {__version__}")
        page = QPageSize(QSizeF(size) * 72 / _DPI, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
        made.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF()))
        painter = QPainter(made)
        self.paint(painter)
        painter.end()


def caption(title: str, session: Session) -> str:
    """The caption of a picture: view, recording, moment, selection, version."""
    player = session.player
    if player is None:
        return ""
    recording = player.recording
    header = recording.header
    parts = [title, words.one_line(recording.path.name, 60)]
    if header.scenario and header.can_run_again:
        parts.append(f"{words.one_line(header.scenario, 40)}, {words.one_line(header.profile, 40)}, seed {header.seed}")
    at = "" if session.series.forced_by_event else f" at {words.time(player.state.time)}"
    parts.append(("" if header.of_readings else "after ") + session.moment_words() + at)
    if session.selection:
        parts.append(f"selected: {session.selection.words()}")
    return " · ".join([part for part in parts if part] + [f"zoneviz {__version__}"])
