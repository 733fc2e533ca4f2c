"""The card of the selected stretch: its length, what grew, and what can be done with it. It covers no chart and moves nothing."""

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.charts.asked import asked
from zoneviz.gui.charts.moment_words import stretch_words
from zoneviz.gui.charts.zone_colours import ZoneColours
from zoneviz.gui.charts.zone_tip import zone_cells
from zoneviz.gui.kit.bar import Bar
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.rows import Column, text_column
from zoneviz.gui.kit.twin import RowTable
from zoneviz.gui.session.jobs import Job
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject
from zoneviz.playback.stretches import Stretched, stretched

WIDTH, MARGIN = 400, 8
"""The largest width of the card, at the usual text size, and its distance from the edges, in pixels."""
ROWS = 8
"""Rows of the table that the card has room for."""
STEPS = ((2, True, True), (2, False, True), (2, False, False), (1, False, False))
"""Least rows, and whether to say when the stretch is and what it adds up to: the first that fits below the tabs, or the last."""
TEXT = 15
"""Height of a line at the usual text size, in pixels."""
GATHER_MS = 120
"""The figures are read this long after the selection changed last: while it is dragged, it changes with each move."""
COUNTS = (2, 3)
"""Columns of allocations and frees."""
COLUMNS = (
    text_column("zone", tip("zone"), "kalloc.1024"),
    Column("growth", "Bytes that the zone gained in the stretch; negative if it shrank", words.signed_size, "+1,023 KiB"),
    Column("allocs", "Allocations in the stretch", words.number, "99,999"),
    Column("frees", "Frees in the stretch", words.number, "99,999"),
)


class StretchCard(Bar):
    """Shown in the lower right corner of `over` while a stretch is selected. It covers `views`, no tab or chart above them.

    `diagnose`, `export`, `cut`: the buttons. `figures`: of the stretch, None until they are read.
    """

    menu_asked = Signal(object, QPoint)
    """As of a view (`views.base`)."""

    def __init__(self, session: Session, over: QWidget, views: QWidget, status: QWidget) -> None:
        super().__init__(over)
        self.session, self._over, self._views, self._status = session, over, views, status
        self.figures: Stretched | None = None
        self.job: Job | None = None
        self._of: tuple[int, int] | None = None
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(GATHER_MS)
        self._gather.timeout.connect(self._read)
        self.setObjectName("sheet")
        self.setAccessibleName("Selected stretch")
        self.heading = QLabel("Selected stretch", self)
        self.heading.setProperty("role", "strong")
        self.close_button = QToolButton(self)
        self.close_button.setText("✕")
        self.close_button.setProperty("role", "flat")
        self.close_button.setAccessibleName("Close the figures of the selected stretch")
        self.close_button.setToolTip("Close; the stretch stays selected")
        self.close_button.clicked.connect(self.hide)
        self.when, self.sums, self.said = (self._label() for _ in range(3))
        self.table = RowTable("Growth in the selected stretch", COLUMNS, self)
        self.table.grows, self.table.linked = 0, True
        self.table.chosen.connect(lambda row: session.select_zone(str(row[0])))
        self.table.about_values(lambda row: Subject(zone=str(row[0])))
        self.table.rows.tips = zone_cells(session)
        self.diagnose = self._button("Diagnose", "Say what grew in this stretch, and why")
        self.export = self._button("Export ▾", "Write the events of this stretch, or what they add up to, in another format")
        self.cut = self._button("Slice…", "Save this stretch as a recording")
        self._lay_out()
        session.selection_changed.connect(self._selected)
        session.recording_changed.connect(self._recording)
        self.hide()

    def _label(self) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", "muted")
        label.setWordWrap(True)
        return label

    def _button(self, words_: str, meaning: str) -> QPushButton:
        button = QPushButton(words_, self)
        button.setAccessibleName(f"{words_.rstrip('… ▾')} the selected stretch")
        button.setToolTip(meaning)
        return button

    def _lay_out(self) -> None:
        top, last = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.heading)
        top.addStretch()
        top.addWidget(self.close_button)
        for button in (self.diagnose, self.export, self.cut):
            last.addWidget(button)
        last.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 10)
        layout.setSpacing(5)
        layout.addLayout(top)
        layout.addWidget(self.when)
        layout.addWidget(self.sums)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.said)
        layout.addLayout(last)
        self.said.hide()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of a zone, or of the stretch."""
        self.menu_asked.emit(*asked(self, event, self.session))
        event.accept()

    def place(self) -> None:
        """Move to the lower right corner, above the status bar and below the charts and tabs, as large as its figures need.

        In a small window the lines above the table give way: the status bar names the selected events.
        """
        room = self._over.contentsRect()
        bottom = room.bottom() - MARGIN - (self._status.height() if self._status.isVisible() else 0)
        high = bottom - self._views.mapTo(self._over, QPoint()).y()
        width = min(max(self._columns(), self.minimumSizeHint().width()), room.width() - 2 * MARGIN)
        for rows, when, sums in STEPS:
            self._give_rows(rows)
            self.when.setVisible(when)
            self.sums.setVisible(sums)
            if self._heights(width)[0] <= high:
                break
        least, best = self._heights(width)
        height = max(min(best, high), least)
        self.setGeometry(room.right() - width - MARGIN, bottom - height, width, height)

    def _heights(self, width: int) -> tuple[int, int]:
        """The least and the best height at this width."""
        layout = self.layout()
        assert layout is not None
        if layout.hasHeightForWidth():
            return layout.totalMinimumHeightForWidth(width), layout.totalHeightForWidth(width)
        return layout.totalMinimumSize().height(), layout.totalSizeHint().height()

    def _give_rows(self, least: int) -> None:
        """Let the table be as high as its rows, within `least` and ROWS of them."""
        row, head = self.table.verticalHeader().defaultSectionSize(), self.table.horizontalHeader().sizeHint().height()
        most = max(min(self.table.model().rowCount(), ROWS), least)
        self.table.setMinimumHeight(head + least * row)
        self.table.setMaximumHeight(head + most * row)

    def _columns(self) -> int:
        """The width that the columns on show need, in pixels, at most WIDTH at the usual text size."""
        table = self.table
        shown = [c for c in range(len(COLUMNS)) if not table.isColumnHidden(c)]
        wide = sum(table.columnWidth(c) for c in shown[1:]) + max(table.sizeHintForColumn(0) + 8, table.columnWidth(0))
        bar = table.verticalScrollBar().sizeHint().width()
        return min(wide + bar + 20, round(WIDTH * max(self.fontMetrics().height() / TEXT, 1)))

    def open(self) -> None:
        """Show the card of the selected stretch, if there is one, with the focus on its table."""
        if self.session.selection.range is not None:
            self._show()
            self.take_keys(self.table)

    def say(self, sentence: str, wrong: bool = False) -> None:
        """Say above the buttons how the last request went; "": nothing."""
        self.said.setText(sentence)
        self.said.setProperty("role", "danger" if wrong else "muted")
        self.said.style().unpolish(self.said)
        self.said.style().polish(self.said)
        self.said.setVisible(bool(sentence))

    def wait(self) -> None:
        """Block until the figures are shown."""
        if self._gather.isActive():
            self._gather.stop()
            self._read()
        if self.job is not None:
            self.job.wait()

    # what it shows

    def _selected(self) -> None:
        if self.session.selection.range != self._of:
            self._follow(self.session.selection.range)

    def _follow(self, chosen: tuple[int, int] | None) -> None:
        self._of = chosen
        if self.job is not None:
            self.job.cancel()
        if chosen is None:
            self._gather.stop()
            self.hide()
        else:
            self._show()

    def _recording(self) -> None:
        """Forget the figures of another recording, and count again in one that has grown or uses another axis."""
        self._follow(self.session.selection.range)

    def _show(self) -> None:
        self.say("")
        self._say_when()
        self.place()
        self.show()
        self.raise_()
        self._gather.start()

    def _say_when(self) -> None:
        chosen, stretch = self.session.selection.range, self.session.stretch
        if chosen is None or stretch is None:
            return
        numbers = f"events {words.number(chosen[0])} to {words.number(chosen[1])}"
        if self.session.series.forced_by_event:
            self.when.setText(f"{numbers} · {words.count(chosen[1] - chosen[0] + 1, 'event')}")
            return
        low, high = stretch
        timed = ""
        if high > low and not self.session.series.by_event:
            timed = f"{stretch_words(self.session, low, high)} · {words.duration(round((high - low) * 1e9))} long\n"
        self.when.setText(f"{timed}{numbers} · {words.count(chosen[1] - chosen[0] + 1, 'event')}")

    def _read(self) -> None:
        player, chosen = self.session.player, self.session.selection.range
        if player is None or chosen is None:
            return
        self.figures = None
        self.job = Job(player.recording.path, lambda own: stretched(own, *chosen), self._take, self)
        self.job.failed.connect(lambda sentence: self.say(sentence, wrong=True))

    def _take(self, found: Stretched) -> None:
        player = self.session.player
        if player is None:
            return
        self.figures = found
        noun = player.recording.header.nouns
        parts = [f"{noun} together {words.signed_size(found.growth)}"]
        if found.counted:
            parts += [words.count(found.allocs, "allocation"), words.count(found.frees, "free")]
        if found.from_readings is not None:
            first, last = found.from_readings
            several = f"reading {words.number(first + 1)} to {words.number(last + 1)}"
            parts.append(several if last > first else "one reading shows no growth")
        if self.session.series.by_event and not self.session.series.forced_by_event:
            parts.append(f"{words.duration(found.ns)} long")
        self.sums.setText(" · ".join(parts))
        self.table.rows.columns = (replace(COLUMNS[0], name=words.one_line(player.recording.header.zone_noun, 40)), *COLUMNS[1:])
        self.table.rows.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 0)
        of = ZoneColours.of(self.session)
        colours = [of.colour(zone.name) for zone in found.zones]
        self.table.rows.show_rows([(zone.name, zone.growth, zone.allocs, zone.frees) for zone in found.zones], colours)
        for column in COUNTS:
            self.table.setColumnHidden(column, not found.counted)
        self.place()
        self.table.give_room()
