"""Threads: a lane per server, coloured by what its threads do, and a table of the chosen server's threads at the moment."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.charts.axis_lock import AxisLock
from zoneviz.gui.charts.lanechart import AXIS, GAP, Lane, LaneChart, same_scale
from zoneviz.gui.charts.legend import Legend
from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.kit.colours import shade
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.rows import Column, text_column
from zoneviz.gui.kit.toggle import Toggle
from zoneviz.gui.kit.twin import RowTable, Twin
from zoneviz.gui.session.lane_feed import LaneFeed
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject
from zoneviz.gui.session.view_axis import ViewAxis
from zoneviz.gui.views.base import View
from zoneviz.playback import Player
from zoneviz.playback.lanes import DOING, LOCKED, MOST_EACH, Lanes, doings, now, reasons
from zoneviz.playback.stacks import Floats
from zoneviz.state.actors import TH_TASK
from zoneviz.state.rows import Ints

# One colour per entry of DOING, from Okabe and Ito's list: waiting for a lock is the warmest, waiting for work the coolest.
COLOURS = ("#009e73", "#e6c029", "#56b4e9", "#d55e00", "#a566b8", "#999999", "#b8a98a", "#6b4a57")
FLAT = 0.5
"""On the same scale: the share of the height for lanes that are hardly more than a line."""
NEEDED = 3
"""The first columns, which say what a thread does. The view makes room for them."""
COLUMNS = (
    Column("thread", tip("thread", "Number of the thread"), words.number, "99,999"),
    text_column("state", "What it does at the moment", "waiting for a lock"),
    text_column("waiting for", "Why it is blocked, as the kernel gave it", "mach_msg receive"),
    Column("since", "When this state began", words.time, "9,999.999 ms"),
    Column("since event", "The event that began this state", words.number, "99,999,999"),
    Column("at", "The address it waits at", lambda value: hex(value) if value else "", "0x99999999"),
    text_column("name", "Name of the thread", "thread name"),
)
LANE_COLUMNS = (
    text_column("server", tip("server"), "some server"), *(Column(name, "", words.number, "9,999") for name in DOING), Column("all")
)  # fmt: skip
SAME, OWN = "same scale", "own scales"
SCALES = {SAME: "one thread has the same height in every lane", OWN: "each lane is full at its server's peak"}


class ThreadsView(View):
    """Lanes in line with the timeline, the chosen server's threads below them."""

    title = "Threads"
    place = 4
    needs = frozenset({"threads"})
    weight = 1500

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.feed = LaneFeed.of(session)
        self.server = ""
        self._used: list[int] = []
        """Indices in DOING that occur in this run."""
        self._fixed = False
        """Whether the user chose the server; otherwise it is the one with most threads at the moment."""
        self.heading = QLabel(self)
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        self.heading.setProperty("role", "strong")
        self.heading.setToolTip(tip("thread"))
        self.scale = Choice("scale of the lanes", tuple(SCALES), SAME, SCALES, self)
        self.scale.setProperty("role", "title")
        self.single = Toggle("show each thread", self)
        self.single.setToolTip("One line per thread of the chosen server")
        top = QHBoxLayout()
        top.setSpacing(6)
        for widget in (self.heading, self.scale, self.single):
            top.addWidget(widget)
        top.addStretch()
        self.time: ViewAxis = ViewAxis(session, self)
        self.chart = LaneChart(session, "Threads of each server by what they do", self, time=self.time)
        self.lock = AxisLock(self.time, self.chart)
        self.setFocusProxy(self.chart)
        self.legend = Legend(session, "What the colours of the threads stand for", self)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.chart, 1)
        column.addWidget(self.legend)
        self.table = RowTable("Threads of the chosen server at the moment", COLUMNS, self)
        self.table_heading = QLabel(self)
        self.table_heading.setTextFormat(Qt.TextFormat.PlainText)
        self.table_heading.setProperty("role", "muted")
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.table_heading)
        column.addWidget(self.table, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)  # so that the lanes are in line with the timeline
        self.splitter.setHandleWidth(8)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(right)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.splitter)
        self.feed.changed.connect(lambda: self._mark("growth", "moment"))
        self.feed.advanced.connect(lambda: self._mark("growth") if self.feed.result is None else None)
        self.scale.changed.connect(lambda: self._mark("growth"))
        self.single.toggled.connect(lambda _: self._mark("growth"))
        self.chart.chosen.connect(lambda server: session.select(server=server))
        session.selection_changed.connect(self._selected)
        self.table.chosen.connect(lambda row: session.select(thread=int(row[0])))
        self.chart.opened.connect(self.show_table)
        self.table.about_values(
            lambda row: Subject(thread=int(row[0]), server=self.server, address=int(row[5]), seq=int(row[4]))
        )
        self.table.opened.connect(lambda row: session.ask_moment(int(row[4])))
        self.time.changed.connect(lambda: self._mark("growth"))

    def wait(self) -> None:
        """Block until the lanes are read."""
        self.feed.wait()

    def _selected(self) -> None:
        if self.session.selection.server:
            self.server, self._fixed = self.session.selection.server, True
            self._mark("growth")

    def _colours(self) -> list[QColor]:
        return [shade(QColor(colour), self.session.theme.dark) for colour in COLOURS]

    def show_recording(self, player: Player) -> None:
        """Redraw for another recording, axis or theme."""
        if self.feed.result is None:
            self.server, self._fixed = "", False
        self.show_growth(player)

    def show_growth(self, player: Player) -> None:
        """Draw the lanes of the visible range."""
        self.lock.place(self.chart.area)
        self.feed.read(player)
        series = self.session.series
        low, high = (series.seq_at(x) for x in self.time.range)
        each = self.server if self.single.isChecked() else ""
        lanes = self.feed.look(low, high, each)
        if lanes is None:
            self.chart.show_lanes([], f"Reading threads… {words.share(self.feed.share, 1)}")
        elif not lanes.threads.any():
            self.chart.show_lanes([], "This recording has no data on threads.")
        else:
            self._show(lanes, each)
        self.show_moment(player)

    def _show(self, lanes: Lanes, each: str) -> None:
        x = lanes.seqs.astype(float) if self.session.series.by_event else lanes.times / 1e9
        peaks = lanes.threads.sum(axis=2).max(axis=0)
        order = [int(i) for i in np.argsort(-peaks, kind="stable") if peaks[i]]
        if self.server not in lanes.servers:
            self.server = ""
        same = self.scale.value() == SAME
        height, least = self.chart.height() - AXIS, QFontMetrics(self.chart.font()).height() + GAP
        room = max(int(height * (FLAT if same else 1) // least), 2)
        colours = self._colours()
        shown, rest = (order, []) if len(order) <= room else (order[: room - 1], order[room - 1 :])
        out = []
        if each == self.server and len(lanes.ids):
            out.append(self._each(lanes, x, colours))
            shown, rest = [i for i in order if lanes.servers[i] == each], []
        for i in shown:
            note = f"at most {words.number(int(peaks[i]))}"
            # A copy: a slice would keep the array of the whole run alive and be slow to sum.
            layers = np.ascontiguousarray(lanes.threads[:, i].T, np.int64)
            out.append(Lane(lanes.servers[i], x, layers, colours, DOING, float(peaks[i]), lanes.servers[i], note=note))
        if rest:
            layers = np.ascontiguousarray(lanes.threads[:, rest].sum(axis=1).T, np.int64)
            note = "together, on a separate scale" if same else ""
            out.append(Lane(f"{len(rest)} more servers", x, layers, colours, DOING, float(layers.sum(axis=0).max()), note=note))
        if same and out[0].image is None:
            others = out[: len(shown)]
            same_scale(others, height - least * bool(rest), least)
            for lane in out[len(shown) :]:
                lane.height = least
        self.chart.key = self.server
        self.chart.show_lanes(out)
        self._used = [i for i in range(len(DOING)) if lanes.threads[:, :, i].any()]

    def _each(self, lanes: Lanes, x: Floats, colours: list[QColor]) -> Lane:
        """A lane with one line of pixels per thread."""
        palette = np.array([0xFF000000 | c.rgb() for c in colours] + [0xFF000000 | QColor(self.session.theme.panel).rgb()], np.uint32)
        pixels = np.ascontiguousarray(palette[lanes.each.T])
        image = QImage(pixels.tobytes(), pixels.shape[1], pixels.shape[0], pixels.shape[1] * 4, QImage.Format.Format_RGB32).copy()
        there = (lanes.each >= 0).sum(axis=1)[np.newaxis].astype(np.int64)
        count = len(lanes.ids)
        self.chart.tallest = 10_000
        first = "first " if count == MOST_EACH else ""
        name = f"{first}{words.number(count)} threads"
        return Lane(name, x, there, colours[:1], ("threads",), image=image, height=6.0, note="oldest on top")

    def show_moment(self, player: Player) -> None:
        """Show the counts and the chosen server's threads at the moment."""
        self.chart.tallest = 120 if not self.single.isChecked() else 10_000
        counts = now(player.state, self.feed.servers(player.state))
        if not (self._fixed or self.single.isChecked()) or not self.server:
            self.server = self.chart.key = max(counts, key=lambda name: int(counts[name].sum()), default="")
        for lane in self.chart.lanes:
            lane.now = counts.get(lane.key, np.zeros(len(DOING), np.int64)) if lane.key else None
        self.chart.update()
        self._explain(player, counts)
        rows = self.rows(player)
        live = len(player.state.threads.live())
        self.heading.setText(f"{words.number(live)} thread{'' if live == 1 else 's'}")
        kept = (self.table.verticalScrollBar().value(), self.table.currentIndex().row())
        self.table.rows.show_rows(rows)
        self.table.verticalScrollBar().setValue(kept[0])
        self.table_heading.setText(
            f"{words.one_line(self.server, 40)}: {words.number(len(rows))} at event {words.number(self.session.moment)}"
            if self.server
            else ""
        )

    def _explain(self, player: Player, counts: dict[str, Ints]) -> None:
        """Show in the legend how many threads do what at the moment, and the commonest reason to wait."""
        whole = sum(counts.values(), np.zeros(len(DOING), np.int64)).tolist()
        why = reasons(player.state)
        entries = []
        for i in sorted(self._used, key=lambda i: -whole[i]):
            name = waiting(i, words.one_line(why[i][0], 24), why[i][1], whole[i]) if i in why else DOING[i]
            entries.append((name, self._colours()[i], words.number(whole[i])))
        self.legend.show_entries(entries)

    def rows(self, player: Player) -> list[tuple[int | str, ...]]:
        """The chosen server's threads at the moment: those waiting for a lock first, then by the event that began their state."""
        state = player.state
        does = doings(state.threads.table, state.catalog)
        rows: list[tuple[int | str, ...]] = []
        servers = self.feed.servers(state)
        servers.grow(state.catalog, int(state.threads.table[:, TH_TASK].max(initial=0)))
        live = state.threads.live()
        number = servers.names.index(self.server) if self.server in servers.names else -1
        for thread in state.thread_states(live[servers.place[state.threads.table[live, TH_TASK]] == number]):
            doing = DOING[does[thread.id]]
            rows.append((thread.id, doing, thread.why, thread.since, thread.seq, thread.address, thread.name))
        order = {DOING[3]: 0, DOING[0]: 1, DOING[1]: 2}
        rows.sort(key=lambda row: (order.get(str(row[1]), 3), row[4]))
        return rows

    def show_table(self) -> None:
        """Open the figures of the lanes at the moment as a table."""
        rows: list[tuple[int | str, ...]] = []
        for lane in self.chart.lanes:
            if lane.image is None:
                figures = (lane.at(self.session.moment_x) if lane.now is None else lane.now).tolist()
                rows.append((lane.name, *figures, sum(figures)))
        words_ = f"Threads of each server at event {words.number(self.session.moment)}, as in the lanes."
        Twin("Threads by server", words_, LANE_COLUMNS, rows, self).show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height: the lanes need most of it, the table some rows."""
        super().resizeEvent(event)
        # With large text only the two controls fit; the table's heading counts the threads too.
        choosing = self.scale.sizeHint().width() + self.single.sizeHint().width()
        self.heading.setVisible(self.width() >= choosing + self.heading.sizeHint().width() + 18)
        self.splitter.setSizes([self.height() * 3 // 5, self.height() * 2 // 5])
        self._mark("growth")


def waiting(doing: int, reason: str, count: int, whole: int) -> str:
    """What `whole` threads wait for, of which `count` for `reason`: `waiting for _ports_lock`, or with the count if others differ."""
    if count == whole:
        return f"waiting for {reason}" if doing == LOCKED else f"{DOING[doing]} ({reason})"
    return f"{DOING[doing]} ({reason}: {words.number(count)})"
