"""The panic card: the console as it looked, then how the run ended in plain words."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from zoneviz.gui.kit import text
from zoneviz.gui.kit.colours import zone_colour
from zoneviz.gui.kit.rows import Column, words
from zoneviz.gui.kit.theme import figures, fixed
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.ending import Ending, ending
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.again import Again
from zoneviz.gui.views.base import View
from zoneviz.gui.views.findings import Findings
from zoneviz.gui.views.limits import Limits
from zoneviz.playback import Player

COLUMNS = (words("zone", "", "non-kernel map entries"), Column("size", "Bytes the zone holds", text.size, "999.99 KiB"))


class Holders(QWidget):
    """Zones and bytes with bars, at most a handful; Enter opens them as a table."""

    ROW = 22

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.rows: list[tuple[str, int]] = []
        self.setFont(figures(self.font()))
        self.setAccessibleName("Largest zones")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_rows(self, rows: list[tuple[str, int]]) -> None:
        """Names and bytes, biggest first."""
        if rows != self.rows:
            self.rows = rows
            self.setFixedHeight(len(rows) * self.ROW)
            self.setAccessibleDescription("; ".join(f"{name} {text.size(size)}" for name, size in rows))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the table."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            Twin("Largest zones", f"at event {self.session.moment:,}", COLUMNS, self.rows, self).show()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name left, bytes right, the bar below."""
        theme = self.session.theme
        painter = QPainter(self)
        most = max((size for _, size in self.rows), default=1)
        for i, (name, size) in enumerate(self.rows):
            top = i * self.ROW
            painter.setPen(QColor(theme.text))
            figure = text.size(size)
            space = self.width() - painter.fontMetrics().horizontalAdvance(figure) - 12
            label = painter.fontMetrics().elidedText(text.one_line(name, 100), Qt.TextElideMode.ElideRight, space)
            painter.drawText(0, top, space, self.ROW - 4, Qt.AlignmentFlag.AlignVCenter, label)
            painter.setPen(QColor(theme.strong))
            painter.drawText(0, top, self.width(), self.ROW - 4, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figure)
            painter.fillRect(0, top + self.ROW - 4, self.width(), 2, QColor(theme.line))
            painter.fillRect(0, top + self.ROW - 4, int(self.width() * size / most), 2, zone_colour(name, theme.dark))
        painter.end()


class Console(QPlainTextEdit):
    """Text of fixed width on black, as high as its lines, up to a limit."""

    LINES = 14

    def __init__(self, name: str, points: float, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("console")
        self.setReadOnly(True)
        self.setFont(fixed(points))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)

    def say(self, lines: list[str]) -> None:
        """Show these lines, the last one in sight."""
        self.setVisible(bool(lines))
        self.setPlainText("\n".join(lines))
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width breaks lines elsewhere."""
        super().resizeEvent(event)
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        """Larger or smaller text needs another height."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit()

    def fit(self) -> None:
        """As high as the lines are now."""
        lines = max(round(self.document().size().height()), 1)
        self.setFixedHeight(min(lines, self.LINES) * self.fontMetrics().lineSpacing() + 20)
        # A scroll bar beside lines that all fit would break them elsewhere, and hide the first ones.
        all_fit = lines <= self.LINES
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if all_fit else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(policy)
        self.verticalScrollBar().setValue(0 if all_fit else self.verticalScrollBar().maximum())


def _section(words: str, parent: QWidget) -> QLabel:
    label = QLabel(words.upper(), parent)
    label.setProperty("role", "section")
    return label


class PanicView(View):
    """Sits at the right of the window. Every text of the recording is shown as it is, never as markup."""

    title = "Panic"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.ending: Ending | None = None
        self.body = QWidget(self)
        self.body.setObjectName("side")
        self.box = QVBoxLayout(self.body)
        self.box.setContentsMargins(12, 10, 12, 12)
        self.box.setSpacing(8)
        self.heading = _section("Panic", self)
        self.console = Console("Console as it looked", 8.5, self)
        self.notes_heading = _section("What happened", self)
        self.notes: list[QLabel] = []
        self.notes_box = QVBoxLayout()
        self.notes_box.setSpacing(8)
        self.why_heading = _section("Why", self)
        self.findings = Findings(session, self)
        self.limits, self.again = Limits(session, self), Again(session, self)
        self.findings.before_more = self.again.button
        self.path_heading = _section("Call path of the panic", self)
        self.path = QLabel(self)
        self.path.setTextFormat(Qt.TextFormat.PlainText)
        self.path.setFont(fixed())
        self.path.setWordWrap(True)
        self.path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.holders_heading = _section("Largest zones", self)
        self.holders = Holders(session, self)
        self.command_heading = _section("Reproduce", self)
        self.command = Console("Command that makes the same run again", 8.0, self)
        self.copy = QPushButton("copy", self)
        self.copy.setProperty("role", "flat")
        self.copy.setAccessibleName("Copy the command")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.command.toPlainText()))
        self._lay_out()

    def _lay_out(self) -> None:
        last = QHBoxLayout()
        last.addWidget(self.command_heading)
        last.addStretch()
        last.addWidget(self.copy)
        for item in (self.heading, self.console, self.notes_heading, self.notes_box, self.why_heading, self.findings):
            self.box.addWidget(item) if isinstance(item, QWidget) else self.box.addLayout(item)
        for widget in (self.limits, self.again, self.findings.more, self.path_heading, self.path):
            self.box.addWidget(widget)
        self.box.addSpacing(2)
        self.box.addWidget(self.holders_heading)
        self.box.addWidget(self.holders)
        self.box.addSpacing(2)
        self.box.addLayout(last)
        self.box.addWidget(self.command)
        self.box.addStretch()
        area = QScrollArea(self)
        area.setObjectName("side")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.body)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def show_recording(self, player: Player) -> None:
        """The end of this recording."""
        self.ending = found = ending(player, self.session.live)
        self.heading.setText(found.headline.upper())
        self.heading.setProperty("role", "panic" if found.tone == "danger" else "section")
        self.heading.style().unpolish(self.heading)
        self.heading.style().polish(self.heading)
        self.console.say(found.console)
        if found.tone == "danger":
            self._redden(found.console[-1])
            self.console.fit()  # bold letters may be wider
        for label in self.notes:
            self.notes_box.removeWidget(label)
            label.hide()
            label.deleteLater()
        self.notes = [self._note(words) for words in found.notes]
        self.notes_heading.setVisible(bool(self.notes))
        self.why_heading.setText("WHY" if found.tone else "HOW IT STOOD")
        self.why_heading.setVisible(player.recording.event_count > 0)
        self.findings.show_recording(player)
        self.limits.show_recording(player)
        self.again.show_recording(player)
        self.path_heading.setVisible(bool(found.call_path))
        self.path.setVisible(bool(found.call_path))
        # One frame a line; a zero-width space lets a long name break where the panel ends.
        self.path.setText("\n".join(("  " * min(i, 6)) + frame.replace("_", "_\u200b") for i, frame in enumerate(found.call_path)))
        self.command.say(found.command.splitlines())
        for widget in (self.command_heading, self.copy):
            widget.setVisible(bool(found.command))

    def _redden(self, last: str) -> None:
        """The panic's own words in red, as the mark one looks for."""
        cursor = self.console.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        start, _, said = last.partition(": ")
        cursor.setPosition(max(cursor.position() - len(said or start), 0), QTextCursor.MoveMode.MoveAnchor)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        red = QTextCharFormat()
        red.setForeground(QColor(self.session.theme.console_danger))
        red.setFontWeight(QFont.Weight.Bold)
        cursor.setCharFormat(red)

    def _note(self, words: str) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setText(words)
        label.setWordWrap(True)
        label.setProperty("role", "note")
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.notes_box.addWidget(label)
        return label

    def show_moment(self, player: Player) -> None:
        """The biggest zones at the moment."""
        zones = sorted(player.state.machine()["zones"], key=lambda z: -int(z["cur_size"]))
        self.holders.show_rows([(str(z["name"]), int(z["cur_size"])) for z in zones[:6] if z["cur_size"]])
        when = f"event {self.session.moment:,}" if self.session.series.forced_by_event else text.time(player.state.time)
        self.holders_heading.setText(f"LARGEST ZONES AT {when}")
