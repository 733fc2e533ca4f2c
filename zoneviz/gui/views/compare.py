"""Two recordings at matching moments: curves, a heatmap of differences, tables, page maps, and the first difference."""

from collections.abc import Callable
from pathlib import Path
from textwrap import wrap

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFontDatabase, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.errors import InputError
from zoneviz.gui.charts.legend import Legend
from zoneviz.gui.charts.pair_curves import Curves
from zoneviz.gui.charts.pair_heat import DifferenceCells
from zoneviz.gui.charts.pair_tables import PairMaps, PairTables, columns
from zoneviz.gui.charts.zone_tip import zone_cells
from zoneviz.gui.kit import text
from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.names import LONGEST, labels
from zoneviz.gui.session.pair import Pair, pair
from zoneviz.gui.session.second import SecondRecording
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.base import View
from zoneviz.playback import Player
from zoneviz.playback.compare import ALIGNMENTS, EVENT, FRAMES_MIXED, Comparison
from zoneviz.playback.compare.points import TIME
from zoneviz.playback.compare.readings import ZoneChange, changes, largest
from zoneviz.playback.compare.sequence import mixed
from zoneviz.playback.compare.sides import divergence_lines
from zoneviz.playback.compare.tables import tables
from zoneviz.playback.compare.verdict import parts, summary
from zoneviz.playback.shown import zones as zones_of
from zoneviz.state.machine import MachineState

PARTING = "first difference"
COLUMNS = 110
"""Characters per line of the verdict."""
NARROW = 93
"""Width of the view, in characters, below which buttons are symbols only."""
SHOWN = {
    "curves": "memory of both over time",
    "heatmap": "differences by zone and time",
    "zones": "elements and bytes of both, by zone",
    "tasks": "elements and bytes of both, by task or server",
    "call paths": "elements and bytes of both, by call path",
    "pages": "both zone maps, page by page",
    PARTING: "where the two start to differ, and what each did",
}
EMPTY = "Compare with another recording: see where the two start to differ and what each uses memory for."
WAYS = {"zones": "zone", "tasks": "task", "call paths": "call path"}
HINTS = {
    "event": "at the same number of compared events, or the same reading",
    "operation": "at the same round or mark of the scenario",
    "time": "at the same simulated time, or the same time since the first reading",
    "fill": "when the same number of bytes of the zone map is in use",
}


LISTED = ("zones", "curves", "heatmap")
"""What can be shown of two recordings of readings."""


def parting(found: Comparison) -> list[str]:
    """The verdict without its summary, and the first difference of each kind, as lines of text."""
    lines = [line for part in parts(found)[1:-1] for line in wrap(part, COLUMNS)]
    for what, place in (("in what happened", found.divergence), ("in a size", found.size), ("in an address", found.place)):
        if place is not None:
            lines += ["", *divergence_lines(what, place)]
    return lines


class CompareView(View):
    """Compares A, the recording in the window, with B. Without a B it offers to open one."""

    title = "Compare"
    place = 9
    weight = 1500

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.second = SecondRecording.of(session)
        self.listed = False
        """Whether A and B consist of readings."""
        self.setAcceptDrops(True)
        self.names = Legend(session, "A and B", self, whole=True)
        self.align = Choice("how moments of A and B are aligned", ALIGNMENTS, EVENT, HINTS, self)
        self.shown = Choice("what is compared", tuple(SHOWN), "curves", SHOWN, self)
        self.shown.setProperty("role", "title")
        self.verdict = QLabel(self)
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.verdict.setWordWrap(True)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons = {
            name: self._button(words, hint, act)
            for name, words, hint, act in (
                ("before", "◂ difference", "Go to the previous difference", lambda: self.second.to_difference(-1)),
                ("next", "difference ▸", "Go to the next difference", lambda: self.second.to_difference(1)),
                ("swap", "swap", "Swap A and B", self.second.swap),
                ("note", "note", "Add a note with the difference at this moment", self._note),
                ("detach", "detach", "Close B", self.second.detach),
            )
        }
        self.stop = self._button("", "", self._stop_or_go)
        self.what = QLabel(self)
        self.what.setProperty("role", "muted")
        self.curves, self.cells = Curves(session, self), DifferenceCells(session, self)
        self.breakdown, self.maps, self.words = PairTables(self), PairMaps(session, self), QPlainTextEdit(self)
        self.breakdown.tables["zone"].rows.tips = zone_cells(session)
        self.words.setReadOnly(True)
        self.words.setFrameShape(QFrame.Shape.NoFrame)
        self.words.setAccessibleName("Where the two recordings part")
        self.words.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.words.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.body, self.nothing = QStackedWidget(self), QWidget(self)
        for widget in (self.nothing, self.curves, self.cells, self.breakdown, self.maps, self.words):
            self.body.addWidget(widget)
        self._lay_out()
        self._lay_out_empty()
        self.shown.changed.connect(self._show_body)
        self.align.changed.connect(lambda: self.second.set_align(self.align.value()))
        self.breakdown.chosen.connect(session.select_zone)
        for chart in (self.cells, self.curves, *self.maps.cells):
            chart.opened.connect(self.show_table)
        self.second.changed.connect(self._changed)
        self.second.said.connect(lambda words: self._say())
        self.second.no_difference.connect(self._nowhere)
        session.range_changed.connect(lambda: self._mark("growth"))
        session.selection_changed.connect(lambda: self._mark("growth"))
        self._changed()

    def _button(self, words: str, hint: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(words, self)
        button.setProperty("role", "flat")
        button.setToolTip(hint)
        button.setAccessibleName(hint)
        button.clicked.connect(lambda _=False: act())
        return button

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.shown)
        top.addWidget(self.what)
        top.addStretch()
        self.by = QLabel("aligned by", self)
        self.by.setProperty("role", "muted")
        for widget in (self.by, self.align, *self.buttons.values()):
            top.addWidget(widget)
        inside = QVBoxLayout()
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        inside.addLayout(top)
        inside.addWidget(self.names)  # on a separate line: file names are long
        result = QHBoxLayout()
        result.addWidget(self.verdict, 1)
        result.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignTop)
        inside.addLayout(result)
        inside.addWidget(self.body, 1)
        self.two = QWidget(self)
        self.two.setLayout(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.two)

    def _lay_out_empty(self) -> None:
        """What the view shows while there is no B."""
        self.empty = QLabel(EMPTY, self)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setProperty("role", "muted")
        self.choose = QPushButton("Compare with…", self)
        self.choose.setAccessibleName("Choose a recording to compare with")
        self.choose.clicked.connect(self.ask)
        self.give_up = QPushButton("Cancel", self)
        self.give_up.setAccessibleName("Cancel the comparison")
        self.give_up.clicked.connect(self.second.cancel)
        alone = QVBoxLayout()
        alone.addStretch()
        alone.addWidget(self.empty)
        for button in (self.choose, self.give_up):
            alone.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        alone.addStretch()
        self.one = QWidget(self)
        self.one.setLayout(alone)
        box = self.layout()
        assert box is not None
        box.addWidget(self.one)

    # B

    def ask(self) -> None:
        """Open a file dialog for B."""
        shown = self.session.player
        folder = str(shown.recording.path.parent) if shown else ""
        path, _ = QFileDialog.getOpenFileName(self, "Compare with", folder, "Recordings (*.zvz *.zvz.zst);;All files (*)")
        if path:
            self.second.open(Path(path))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept one local file."""
        if len(event.mimeData().urls()) == 1 and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the dropped file as B."""
        self.second.open(Path(event.mimeData().urls()[0].toLocalFile()))

    def _changed(self) -> None:
        second = self.second
        self.two.setVisible(second.player is not None)
        self.one.setVisible(second.player is None)
        found = second.comparison
        if found is not None:
            self._offer(found.readings is not None)
        self._say()
        for name in ("swap", "note"):
            self.buttons[name].setEnabled(found is not None)
        self._show_part()
        self.words.setPlainText("\n".join(words.middle(line, 400) for line in parting(found)) if found is not None else "")
        self._mark("recording", "moment")

    def _offer(self, listed: bool) -> None:
        """Offer the parts and alignments that the two recordings have; `listed`: both consist of readings."""
        player = self.session.player
        noun = words.one_line(player.recording.header.zone_noun, 60) if player else "zone"
        self.shown.offer({word: f"{noun}s" if listed and word == "zones" else word for word in (LISTED if listed else SHOWN)})
        self.align.offer({EVENT: "reading", TIME: TIME} if listed else {way: way for way in ALIGNMENTS})
        if listed != self.listed:
            self.listed = listed
            self.shown.set_value("zones" if listed else "curves")

    def _say(self) -> None:
        """Show the verdict, or the progress."""
        second, found = self.second, self.second.comparison
        # Names in these texts come from the recordings, which are not trusted.
        self.empty.setText(words.one_line(second.sentence, 600) or EMPTY)
        self.verdict.setText(words.one_line(second.sentence or (summary(found) if found else ""), 4000))
        self.verdict.setToolTip(text.plain(words.one_line(found.verdict, 4000)) if found else "")
        for name in ("before", "next"):
            self.buttons[name].setEnabled(second.parted and not second.working)
        self.choose.setVisible(not second.working)
        self.give_up.setVisible(second.working)
        sentence, hint = ("cancel", "Stop comparing") if second.working else ("compare", "Compare the two")
        self.stop.setText(sentence)
        self.stop.setToolTip(hint)
        self.stop.setAccessibleName(hint)
        self.stop.setVisible(second.working or (found is None and second.player is not None))

    def _stop_or_go(self) -> None:
        if self.second.working:
            self.second.cancel()
        else:
            self.second.again()

    def _nowhere(self, step: int) -> None:
        where = "after" if step > 0 else "before"
        self.session.problem.emit(f"The two recordings do not differ {where} this moment.")

    def _note(self) -> None:
        state, player = self._theirs(), self.session.player
        if state is None or player is None:
            return
        if self.listed:
            self.session.notebook.put(player.state.seq, f"A and B at this reading. {largest(self._changes(player, state))}")
            return
        used = [machine.machine()["zone_map"]["used"] for machine in (player.state, state)]
        more = words.signed_size(used[1] - used[0])
        self.session.notebook.put(player.state.seq, f"B at its event {words.number(state.seq)}: {more} of zone map, B - A")

    def _changes(self, player: Player, other: MachineState) -> list[ZoneChange]:
        """The zones of A and of B, whose machine is `other`, at the moment."""
        assert self.second.player is not None
        theirs = zones_of(other, self.second.player.recording.header)
        return changes(zones_of(player.state, player.recording.header), theirs, [], 0)

    def _theirs(self) -> MachineState | None:
        """B's machine at the moment; None, after reporting it, if B is damaged there."""
        try:
            return self.second.state()
        except InputError as error:
            self.session.problem.emit(str(error))
            return None

    # what is shown

    def _show_body(self) -> None:
        self._show_part()
        self._mark("recording", "moment")

    def _show_part(self) -> None:
        """Show the chosen part, or nothing until the comparison is done: the old part would show another pair or match."""
        shown = self.shown.value()
        if shown in WAYS:
            self.breakdown.show_way(WAYS[shown])
        widgets: dict[str, QWidget] = {"curves": self.curves, "heatmap": self.cells, "pages": self.maps, PARTING: self.words}
        part = widgets.get(shown, self.breakdown) if self.second.comparison is not None else self.nothing
        self.body.setCurrentWidget(part)
        keyed = {self.maps: self.maps.cells[0], self.breakdown: self.breakdown.tables[WAYS.get(shown, "zone")]}
        self.setFocusProxy(keyed.get(part, part))

    def show_recording(self, player: Player) -> None:
        """Redraw for another B, theme or part."""
        other = self.second.player
        if other is not None:
            named = labels(player.recording, other.recording)
            lines = zip(("A", "- - B"), self.curves.colours(), named, strict=True)
            self.names.show_entries([(side, colour, words.middle(name, LONGEST)) for side, colour, name in lines])
        self.show_growth(player)

    def show_growth(self, player: Player) -> None:
        """Draw the visible range of the selected zone."""
        shown = self.shown.value()
        self.what.setText(self.curves.subject() if shown == "curves" else "")
        if shown == "curves" and (found := self.figures(400)) is not None:
            self.curves.show_pair(found)
        elif shown == "heatmap" and (found := self.figures(self.cells.columns)) is not None:
            self.cells.show_pair(found)

    def figures(self, count: int) -> Pair | None:
        """Both recordings at `count` + 1 evenly spaced places of the visible range; None until they are compared."""
        if self.second.comparison is None or self.second.series is None:
            return None
        low, high = self.session.range
        return pair(self.session.series, self.second.series, self.second.comparison.aligned, low, high, count)

    def show_moment(self, player: Player) -> None:
        """Show both at the moment."""
        shown = self.shown.value()
        if shown == "curves":
            self.curves.show_moment()
        elif shown == "heatmap":
            self.cells.update()
        elif shown == "pages" or shown in WAYS:
            other = self.second.state()
            if other is None or self.second.player is None:
                return
            if self.listed:
                self.breakdown.show_changes(self._changes(player, other))
            elif shown == "pages":
                self.maps.show_states((player.state, other), (player.recording.event_count, self.second.player.recording.event_count))
            else:
                by_order = mixed(player.recording, self.second.player.recording)
                self.breakdown.show_tables(tables("the moment", player.state, other, None, by_order, FRAMES_MIXED if by_order else 0))

    def show_table(self) -> None:
        """Open the figures of the curves as a table, or the zones at the moment for the other parts."""
        other, player = self._theirs(), self.session.player
        if self.shown.value() == "curves" and self.curves.pair is not None:
            Twin("Bytes of A and B over time", *self.curves.table(), self).show()
            return
        if other is None or player is None:
            return
        if self.listed:
            self.shown.set_value("zones")
            return
        found = tables("the moment", player.state, other, None, False, 0)
        rows = [(f.name, *f.elements, f.elements[1] - f.elements[0], *f.bytes, f.more) for f in found.zones]
        said = f"A at event {words.number(player.state.seq)}, B at event {words.number(other.seq)}"
        Twin("Memory of A and B by zone", said, columns("zone"), rows, self).show()

    def wait(self) -> None:
        """Block until the comparison is done."""
        self.second.wait()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the number of cells, and drop the words from buttons where they do not fit."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW * self.fontMetrics().averageCharWidth()
        self.by.setVisible(not narrow)
        self.buttons["before"].setText("◂" if narrow else "◂ difference")
        self.buttons["next"].setText("▸" if narrow else "difference ▸")
        self._mark("growth")
