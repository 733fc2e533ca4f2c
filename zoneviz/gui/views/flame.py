"""The bytes in use as boxes, by call path, owner or zone: all elements, or those that a range of the run left behind."""

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.charts.icicle import Icicle
from zoneviz.gui.charts.legend import Legend
from zoneviz.gui.charts.zone_colours import ZoneColours
from zoneviz.gui.kit.choice import Choice, OnlyZone
from zoneviz.gui.kit.colours import other_colour, task_colour
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.parts import Parts
from zoneviz.gui.kit.rows import Column, text_column
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject
from zoneviz.gui.views.base import View
from zoneviz.playback import Player
from zoneviz.playback.callpaths import Node, tree
from zoneviz.playback.costs import BY, CALL_PATH, CALL_SITE, ELEMENTS, NO_PATH, OWNER, SURVIVED, SURVIVORS, ZONE, Stacker, costs

LIVE, LEFT = "live now", "left by the range"
WHAT = {
    LIVE: "all elements in use at the moment",
    LEFT: "elements allocated in the selected range, or else the visible one, that are still in use at the moment",
}
COLUMNS = (
    text_column("box", "The boxes from the top down to this one", "mach_msg_trap > ipc_kobject_server > port_allocate > zalloc"),
    Column("bytes", "In use at the moment, including the boxes below", words.number, "999,999,999"),
    Column("own bytes", "Without the boxes below", words.number, "999,999,999"),
    Column("elements", tip("element", "In use at the moment"), words.number, "9,999,999"),
    Column("share", "Of all bytes shown", lambda share: words.share_cell(share, 100), "100.0 %"),
    text_column("largest zone", "The zone with the largest part of it", "non-kernel map entries"),
)
MOST_ROWS = 20_000
HINTS = {
    CALL_PATH: "outermost frame on top",
    CALL_SITE: "innermost frame on top, then its callers",
    OWNER: "server, task, zone",
    ZONE: "zone, call path",
}


class FlameView(View):
    """The boxes, choices of what they show, and the legend of the zones."""

    title = "Call paths"
    place = 6
    needs = frozenset({"paths"})
    weight = 1400

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.heading = QLabel(self)
        self.heading.setProperty("role", "strong")
        self.heading.setToolTip(tip("call path"))
        self.by = Choice(
            "boxes by", BY, BY[0], HINTS, self
        )
        self.what = Choice("which elements", tuple(WHAT), LIVE, WHAT, self)
        for choice in (self.by, self.what):
            choice.setProperty("role", "title")
        self.only = OnlyZone(self)
        self.sums = Parts(self)
        top = QHBoxLayout()
        top.setSpacing(6)
        for widget in (self.heading, self.by, self.what, self.only):
            top.addWidget(widget)
        top.addWidget(self.sums, 1)
        self.boxes = Icicle(session, self)
        self.setFocusProxy(self.boxes)
        self.legend = Legend(session, "What the colours of the boxes stand for", self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.boxes, 1)
        layout.addWidget(self.legend)
        for choice in (self.by, self.what):
            choice.changed.connect(lambda: self._mark("moment"))
        self.only.toggled.connect(lambda _: self._mark("moment"))
        session.selection_changed.connect(lambda: self._mark("moment"))
        session.range_changed.connect(lambda: self._mark("moment") if self.what.value() != LIVE else None)
        self.boxes.chosen.connect(self._choose)
        self.boxes.opened.connect(self.show_table)
        self.boxes.about = self._about

    def show_moment(self, player: Player) -> None:
        """Show the boxes at the moment."""
        session = self.session
        zone = session.zone
        self.only.show_zone(zone)
        allocated = None
        if self.what.value() != LIVE:
            low, high = (session.series.seq_at(x) for x in session.range)
            allocated = session.selection.range or (low + 1 if low else 0, high)
        by = self.by.value()
        only = zone if self.only.isChecked() else ""
        found = Stacker(player.recording.catalog).stacks(costs(player.state, by, made=allocated), by, zone=only)
        root = tree([stack for stack in found if not allocated or stack.values[SURVIVED]], SURVIVED if allocated else 0)
        self.heading.setText(f"Bytes by {self.by.value()}")
        self.sums.say([words.size(root.size), f"{root.sums[SURVIVORS if allocated else ELEMENTS]:,} elements"])
        dark, colours = session.theme.dark, ZoneColours.of(session)

        def colour(node: Node) -> QColor:
            if node.server and node.depth < 3:
                return task_colour(node.server, dark)
            return colours.colour(node.zone) if node.zone and node.depth else other_colour(dark)

        why = "Nothing allocated in this range is still in use." if allocated else "No element is in use at this moment."
        self.boxes.show_tree(root, colour, why)
        self.boxes.setAccessibleDescription(self.boxes.words(self.boxes.node_of(self.boxes.trail)))
        zones = sorted(root.zones.items(), key=lambda item: -item[1])
        entries = [(name, colours.colour(name), words.size(size)) for name, size in zones]
        self.legend.show_entries(entries, [name for name, _ in zones])

    def _choose(self, node: Node) -> None:
        """Select the zone of a box that contains only one."""
        if len(node.zones) == 1:
            self.session.select_zone(node.zone)

    def _about(self, node: Node) -> Subject:
        """What a box is about: its only zone, its owner, or its function."""
        by, above = self.by.value(), node.parent
        if above is None or node.name not in above.children:  # several boxes drawn as one
            return Subject()
        zone = node.zone if len(node.zones) == 1 else ""
        if by == "owner":
            return Subject(zone=zone, server=node.server, task=node.task)
        return Subject(zone=zone, frame=node.name if node.name != NO_PATH and node.depth > (by == "zone") else "")

    def rows(self) -> list[tuple[int | float | str, ...]]:
        """The figures of the boxes from the top down, at most MOST_ROWS."""
        assert self.session.player is not None
        root = self.boxes.root
        nodes = [node for _, node in zip(range(MOST_ROWS), root.walk(), strict=False)]
        return [
            (" > ".join(n.trail()) or "everything", n.size, n.own, n.count, 100 * n.size / max(root.size, 1), n.zone)
            for n in nodes
        ]

    def show_table(self) -> None:
        """Open the figures of the boxes as a table."""
        if self.session.player is not None:
            words_ = f"{WHAT[self.what.value()].capitalize()}: event {self.session.moment:,}."
            Twin(f"Bytes by {self.by.value()}", words_, COLUMNS, self.rows(), self).show()
