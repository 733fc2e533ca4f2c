"""The panic card: the console, then how and why the run ended in plain words."""

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QHelpEvent, QPainter, QPaintEvent, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QScrollArea, QToolTip, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.charts.findings import Findings
from zoneviz.gui.charts.rerun import RunAgain
from zoneviz.gui.charts.resemblance import Resemblance
from zoneviz.gui.charts.turn_card import TurnCard
from zoneviz.gui.charts.whatif import WhatIf
from zoneviz.gui.charts.zone_colours import ZoneColours
from zoneviz.gui.charts.zone_tip import zone_tip
from zoneviz.gui.kit.canvas import Canvas
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.rows import Column, text_column
from zoneviz.gui.kit.theme import figures, fixed, restyle
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.kit.wrapping import wrap
from zoneviz.gui.session.ending import Ending, ending
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.states import State
from zoneviz.gui.session.subject import Act, Subject
from zoneviz.gui.views.base import View
from zoneviz.playback import Player

COLUMNS = (
    text_column("zone", tip("zone"), "non-kernel map entries"),
    Column("size", "cur_size: memory of the zone", words.size_cell, "999.99 KiB"),
)


class LargestZones(Canvas):
    """A few zones with their bytes as bars. Enter opens them as a table."""

    ROW = 22

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Largest zones", parent)
        self.session = session
        self.rows: list[tuple[str, int]] = []
        self.setFont(figures(self.font()))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.opened.connect(self.show_table)

    def show_rows(self, rows: list[tuple[str, int]]) -> None:
        """Show (name, bytes), largest first."""
        if rows != self.rows:
            self.rows = rows
            self.setFixedHeight(len(rows) * self.ROW)
            self.setAccessibleDescription("; ".join(f"{name} {words.size(size)}" for name, size in rows))
        self.update()

    def event(self, event: QEvent) -> bool:
        """Say what the zone under the pointer holds."""
        if isinstance(event, QHelpEvent):
            row = event.pos().y() // self.ROW
            name = self.rows[row][0] if 0 <= row < len(self.rows) else ""
            QToolTip.showText(event.globalPos(), zone_tip(self.session, name), self)
            return True
        return super().event(event)

    def subject_at(self, place: QPoint) -> Subject | None:
        """The zone of the row at a place, for its menu."""
        row = place.y() // self.ROW
        if not 0 <= row < len(self.rows):
            return None
        name, size = self.rows[row]
        acts = (Act("Show the figures as a table", self.show_table),)
        return Subject(zone=name, text=f"{name}: {words.size(size)}", acts=acts)

    def show_table(self) -> None:
        """Open the same rows as a table."""
        Twin("Largest zones", f"At event {words.number(self.session.moment)}", COLUMNS, self.rows, self).show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """For each zone: name on the left, bytes on the right, a bar below."""
        theme = self.session.theme
        painter = QPainter(self)
        most, colours = max((size for _, size in self.rows), default=1), ZoneColours.of(self.session)
        for i, (name, size) in enumerate(self.rows):
            top = i * self.ROW
            painter.setPen(QColor(theme.text))
            figure = words.size_cell(size)
            space = self.width() - painter.fontMetrics().horizontalAdvance(figure) - 12
            label = painter.fontMetrics().elidedText(words.one_line(name, 100), Qt.TextElideMode.ElideRight, space)
            painter.drawText(0, top, space, self.ROW - 4, Qt.AlignmentFlag.AlignVCenter, label)
            painter.setPen(QColor(theme.strong))
            painter.drawText(0, top, self.width(), self.ROW - 4, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figure)
            painter.fillRect(0, top + self.ROW - 4, self.width(), 2, QColor(theme.line))
            painter.fillRect(0, top + self.ROW - 4, int(self.width() * size / most), 2, colours.colour(name))
        painter.end()


class Console(QPlainTextEdit):
    """Fixed-width text on black, as high as its lines up to `LINES`."""

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
        """Show these lines, scrolled to the last one."""
        self.setVisible(bool(lines))
        self.setPlainText("\n".join(lines))
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the height: the width decides where lines break."""
        super().resizeEvent(event)
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the height to another text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit()

    def fit(self) -> None:
        """Set the height to that of the lines."""
        lines = max(round(self.document().size().height()), 1)
        self.setFixedHeight(min(lines, self.LINES) * self.fontMetrics().lineSpacing() + 20)
        # A scroll bar would narrow lines that all fit, break them and push the first ones out of view.
        all_fit = lines <= self.LINES
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if all_fit else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(policy)
        self.verticalScrollBar().setValue(0 if all_fit else self.verticalScrollBar().maximum())


def _section(heading: str, parent: QWidget, term: str = "") -> QLabel:
    label = QLabel(heading.upper(), parent)
    label.setWordWrap(True)
    label.setProperty("role", "section")
    label.setToolTip(tip(term) if term else "")
    return label


class PanicView(View):
    """The right side of the window. Texts of the recording are shown as plain text, never as markup."""

    title = "Panic"
    place = 0

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.ending: Ending | None = None
        self.body = QWidget(self)
        self.body.setObjectName("side")
        self.box = QVBoxLayout(self.body)
        self.box.setContentsMargins(12, 10, 12, 12)
        self.box.setSpacing(8)
        self.heading = _section("Panic", self, "panic")
        self.console = Console("Console output", 8.5, self)
        self.notes_heading = _section("What happened", self)
        self.notes: list[QLabel] = []
        self.notes_box = QVBoxLayout()
        self.notes_box.setSpacing(8)
        self.why_heading = _section("Why", self)
        self.findings, self.resemblance = Findings(session, self), Resemblance(session, self)
        self.what_if, self.when, self.rerun = WhatIf(session, self), TurnCard(session, self), RunAgain(session, self)
        self.findings.before_more = self.rerun.button
        self.path_heading = _section("Call path of the panic", self, "call path")
        self.path = QLabel(self)
        self.path.setTextFormat(Qt.TextFormat.PlainText)
        self.path.setFont(fixed())
        self.path.setWordWrap(True)
        self.path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.holders_heading = _section("Largest zones", self, "zone")
        self.holders = LargestZones(session, self)
        self.command_heading = _section("Reproduce", self)
        self.command = Console("Command that reproduces this run", 8.0, self)
        self.copy = QPushButton("copy", self)
        self.copy.setProperty("role", "flat")
        self.copy.setAccessibleName("Copy the command")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.command.toPlainText()))
        self._lay_out()
        session.standing.changed.connect(self._state_changed)

    def _lay_out(self) -> None:
        last = QHBoxLayout()
        last.addWidget(self.command_heading)
        last.addStretch()
        last.addWidget(self.copy)
        for item in (self.heading, self.console, self.notes_heading, self.notes_box, self.why_heading, self.findings):
            self.box.addWidget(item) if isinstance(item, QWidget) else self.box.addLayout(item)
        for widget in (self.resemblance, self.what_if, self.when, self.rerun, self.findings.more, self.path_heading, self.path):
            self.box.addWidget(widget)
        self.box.addSpacing(2)
        self.box.addWidget(self.holders_heading)
        self.box.addWidget(self.holders)
        self.box.addSpacing(2)
        self.box.addLayout(last)
        self.box.addWidget(self.command)
        self.box.addStretch()
        self.area = area = QScrollArea(self)
        area.setObjectName("side")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.body)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def reveal(self, part: QWidget) -> None:
        """Scroll to a part of the card."""
        self.area.ensureWidgetVisible(part)

    def show_recording(self, player: Player) -> None:
        """Show how this recording ends."""
        self.ending = found = ending(player, self.session.live)
        state = self._show_state(player)
        self.console.say(found.console)
        if state.tone == "danger" and found.console:
            self._redden(found.console[-1])
            self.console.fit()  # bold text may be wider
        for label in self.notes:
            self.notes_box.removeWidget(label)
            label.hide()
            label.deleteLater()
        self.notes = [self._note(words) for words in found.notes]
        self.notes_heading.setVisible(bool(self.notes))
        self.why_heading.setText("WHY" if state.tone else "STATE AT THE END")
        self.why_heading.setVisible(player.recording.event_count > 0)
        self.findings.show_recording(player)
        self.resemblance.show_recording(player)
        self.what_if.show_recording(player)
        self.rerun.show_recording(player)
        self.path_heading.setVisible(bool(found.call_path))
        self.path.setVisible(bool(found.call_path))
        # One frame per line; a zero-width space lets a long name break at the edge of the panel.
        self.path.setText("\n".join(("  " * min(i, 6)) + frame.replace("_", "_\u200b") for i, frame in enumerate(found.call_path)))
        self.command.say(found.command.splitlines())
        for widget in (self.command_heading, self.copy):
            widget.setVisible(bool(found.command))

    def _show_state(self, player: Player) -> State:
        state = self.session.standing.now(player, self.session.live)
        self.heading.setText(state.word.upper())
        self.heading.setToolTip(state.sentence if state.tone != "danger" else tip("panic"))
        self.heading.setProperty("role", "panic" if state.tone == "danger" else "section")
        restyle(self.heading)
        return state

    def _state_changed(self) -> None:
        if self.session.player is not None:
            self._show_state(self.session.player)

    def _redden(self, last: str) -> None:
        """Show the panic's message in red."""
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
        wrap(label)
        label.setText(words)
        label.setProperty("role", "note")
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notes_box.addWidget(label)
        return label

    def show_moment(self, player: Player) -> None:
        """Show the largest zones at the moment."""
        zones = sorted(player.state.machine()["zones"], key=lambda z: -int(z["cur_size"]))
        known = [(str(z["name"]), int(z["cur_size"])) for z in zones[:6] if z["cur_size"]]
        self.holders.show_rows(known)
        self.holders_heading.setVisible(bool(known))
        when = self.session.moment_words() if self.session.series.forced_by_event else words.time(player.state.time)
        self.holders_heading.setText(words.unbroken(words.one_line(f"LARGEST {player.recording.header.nouns.upper()} AT {when}", 80)))
