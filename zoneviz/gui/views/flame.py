"""What is in use, or what a stretch allocates and frees, by call path, owner or zone: as boxes, as a tree, by function; and differences."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.app.heads import stem
from zoneviz.gui.charts.icicle import Icicle
from zoneviz.gui.charts.legend import Legend
from zoneviz.gui.charts.path_bar import COST_HINTS, FLAME, FUNCTIONS, LABELS, TREE, PathBar
from zoneviz.gui.charts.path_figures import (
    amount,
    both_sides,
    change,
    changed_colour,
    changes_legend,
    figures,
    grown,
    label,
    name_column,
    said,
)
from zoneviz.gui.charts.path_files import CSV, SUFFIXES, function_rows, tree_rows, written
from zoneviz.gui.charts.path_functions import PathFunctions
from zoneviz.gui.charts.path_source import Asked, Found, PathSource
from zoneviz.gui.charts.path_tree import PathTree
from zoneviz.gui.charts.zone_colours import ZoneColours
from zoneviz.gui.kit.colours import other_colour, task_colour
from zoneviz.gui.kit.rows import Value
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject
from zoneviz.gui.views.base import View
from zoneviz.playback import Player
from zoneviz.playback.callpaths import Node, together, tree
from zoneviz.playback.costs import BYTES, CALL_PATH, COSTS, ELEMENTS, NO_PATH, OUTERMOST, OWNER, ZONE

LOWEST = 60
"""Height in pixels that boxes and tables need at least."""


class FlameView(View):
    """Choices and search above; below them boxes, tree or functions, and the legend."""

    title = "Call paths"
    place = 6
    needs = frozenset({"paths"})
    weight = 1400

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.source = PathSource(session)
        self.bar = PathBar(session, self)
        self.boxes = Icicle(session, self)
        self.tree, self.functions = PathTree(self), PathFunctions(self)
        self.legend = Legend(session, "What the colours of the boxes stand for", self)
        self.found = Found(Asked(CALL_PATH), [], BYTES)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self.boxes)
        self.boxes.setAutoFillBackground(False)  # which the area has set
        self.body = QStackedWidget(self)
        for widget in (self.area, self.tree, self.functions):
            widget.setMinimumHeight(LOWEST)
            self.body.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.bar)
        layout.addWidget(self.body, 1)
        layout.addWidget(self.legend)
        self._connect()
        self._show_form()

    def _connect(self) -> None:
        session, bar = self.session, self.bar
        bar.changed.connect(self._again)
        bar.form.changed.connect(self._show_form)
        bar.search.textChanged.connect(self._search)
        bar.search.returnPressed.connect(self._next)
        bar.search.back.connect(lambda: self._next(-1))
        bar.search.left.connect(self._end_search)
        bar.crumbs.chosen.connect(lambda depth: self.boxes.zoom(self.boxes.node_of(self.boxes.zoomed[:depth])))
        bar.wanted.connect(self._export)
        self.source.changed.connect(self._again)
        session.selection_changed.connect(self._again)
        session.range_changed.connect(lambda: self._again() if self.bar.of_stretch else None)
        self.boxes.chosen.connect(self._choose)
        self.boxes.opened.connect(self.show_table)
        self.boxes.zoomed_to.connect(lambda: bar.crumbs.show_way(self.boxes.zoomed))
        self.boxes.about = self.tree.about = self._about
        self.functions.set_about(self._about_row)
        self.tree.chosen.connect(self._choose)

    def _again(self) -> None:
        self._mark("moment")

    def wait(self) -> None:
        """Block until the stretch is counted."""
        self.source.feed.wait()
        self.catch_up()

    # what is shown

    def _show_form(self) -> None:
        """Show the boxes, the tree or the functions."""
        form = self.bar.form.value()
        shown: QWidget = {FLAME: self.area, TREE: self.tree, FUNCTIONS: self.functions}[form]
        self.body.setCurrentWidget(shown)
        self.setFocusProxy(self.boxes if form == FLAME else shown)
        self.legend.setVisible(form == FLAME)
        self._again()

    def show_moment(self, player: Player) -> None:
        """Show the moment, or the stretch."""
        self.bar.only.show_zone(self.session.zone)
        self.found = found = self.source.find(player, self.bar.asked(self.session.zone))
        form = self.bar.form.value()
        root = tree([stack for stack in found.stacks if stack.values[found.at]] if form == FLAME else found.stacks, found.at)
        self._say()
        wanted = self.bar.search.text()
        if form == FLAME:
            self._show_boxes(root)
        elif form == TREE:
            self.tree.show_tree(root, name_column(found.asked.by), figures(found), wanted, found.compared)
        else:
            self.functions.show_found(found, root.sums, wanted)
        self._say_matches(root)

    def _say(self) -> None:
        """The totals, and of what they are."""
        found, totals = self.found, self.found.totals
        if not totals:
            self.bar.sums.say([found.why])
        elif found.compared:
            self.bar.sums.say([change(found, totals), *both_sides(found, totals), found.said])
        else:
            cost, count = found.asked.cost, amount(ELEMENTS, totals[ELEMENTS])
            self.bar.sums.say([amount(cost, totals[cost]), count if cost == BYTES else "", found.said])

    def _show_boxes(self, root: Node) -> None:
        found, dark, theme = self.found, self.session.theme.dark, self.session.theme
        colours = ZoneColours.of(self.session)

        def colour(node: Node) -> QColor:
            if found.compared:
                return changed_colour(grown(found, node), theme)
            if node.server and node.depth < 3:
                return task_colour(node.server, dark)
            return colours.colour(node.zone) if node.zone and node.depth else other_colour(dark)

        self.boxes.label = partial(label, found)
        self.boxes.words = lambda node: said(found, node, root)
        self.boxes.show_tree(root, colour, found.why)
        self.boxes.setAccessibleDescription(self.boxes.words(self.boxes.node_of(self.boxes.trail)) if found.stacks else found.why)
        if found.compared:
            self.legend.show_entries(changes_legend(found, theme) if found.stacks else [])
            return
        zones = sorted(root.zones.items(), key=lambda item: -item[1])
        entries = [(name, colours.colour(name), amount(found.asked.cost, size)) for name, size in zones]
        self.legend.show_entries(entries, [name for name, _ in zones])

    # search

    def _search(self, text: str) -> None:
        self.boxes.search(text)
        self._again()

    def _say_matches(self, root: Node) -> None:
        """How much is in what matches, and which match is chosen."""
        wanted, found = self.bar.search.text(), self.found
        nodes = self.boxes.found if self.bar.form.value() == FLAME else [n for n in root.walk() if wanted.casefold() in n.name.casefold()]
        if not wanted or not nodes:
            self.bar.matches.say(["no match" if wanted else ""])
            return
        sums = together(nodes)
        cost = found.asked.cost
        if found.compared:
            parts = [change(found, sums)]
        else:
            count = amount(ELEMENTS, sums[ELEMENTS]) if cost == BYTES else ""
            parts = [words.share_cell(sums[cost], max(root.sums[cost], 1)), amount(cost, sums[cost]), count]
        self.bar.matches.say([words.count(len(nodes), "match", "matches"), *parts])

    def _next(self, step: int = 1) -> None:
        if self.bar.form.value() == FLAME:
            self.boxes.to_match(step)
            self._see()
        elif self.bar.form.value() == FUNCTIONS:
            self.functions.setFocus()
        else:
            self.tree.setFocus()

    def _see(self) -> None:
        """Scroll to the chosen box."""
        self.boxes.grab()  # the boxes are placed when they are painted
        for area, node in self.boxes.boxes:
            if node.trail() == self.boxes.trail:
                self.area.ensureVisible(int(area.center().x()), int(area.center().y()), 0, int(area.height()))

    def _end_search(self) -> None:
        self.bar.search.clear()
        proxy = self.focusProxy()
        if proxy is not None:
            proxy.setFocus()

    def event(self, event: QEvent) -> bool:
        """Claim Esc while there is a search, before it becomes the window's."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._ends_search(event):
            event.accept()
            return True
        return super().event(event)

    def _ends_search(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Escape and not event.modifiers() and bool(self.bar.search.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc: end the search."""
        if self._ends_search(event):
            self._end_search()
        else:
            super().keyPressEvent(event)

    def start_search(self) -> None:
        """Go to the search field."""
        self.bar.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.search.selectAll()

    # choosing

    def _choose(self, node: Node) -> None:
        """Select the zone of a box that contains only one; the tree and the boxes have the same current box."""
        if self.bar.form.value() == TREE:
            self.boxes.trail = node.trail()
        elif node.parent is not None and node.name in node.parent.children:
            self.tree.choose(node.trail())
        if len(node.zones) == 1:
            self.session.select_zone(node.zone)

    def _about(self, node: Node) -> Subject:
        """What a box is about: its only zone, its owner, or its function."""
        by, above = self.bar.by.value(), node.parent
        if above is None or node.name not in above.children:  # several boxes drawn as one
            return Subject()
        zone = node.zone if len(node.zones) == 1 else ""
        if by == OWNER:
            return Subject(zone=zone, server=node.server, task=node.task)
        return Subject(zone=zone, frame=node.name if node.name != NO_PATH and node.depth > (by == ZONE) else "")

    def _about_row(self, values: Sequence[Value]) -> Subject:
        name = str(values[0])
        return Subject(frame="" if name in (NO_PATH, OUTERMOST) else name)

    # tables and files

    def rows(self) -> list[list[Value]]:
        """The figures of what is shown."""
        found = self.found
        functions = self.bar.form.value() == FUNCTIONS
        return (function_rows if functions else tree_rows)(found, tree(found.stacks, found.at))

    def show_table(self) -> None:
        """Open the figures of the boxes as a table."""
        if self.session.player is not None:
            found = self.found
            what = found.asked.against if found.compared else COST_HINTS[COSTS[found.asked.cost]]
            sentence = f"{what.capitalize()}: {found.said or self.session.moment_words()}."
            columns = (name_column("box"), *(figure.column for figure in figures(found)))
            Twin(f"{COSTS[found.asked.cost].capitalize()} {LABELS[found.asked.by]}", sentence, columns, self.rows(), self).show()

    def _export(self, form: str) -> None:
        player = self.session.player
        if player is None:
            return
        if not self.found.stacks:
            self.session.problem.emit(f"There is nothing to save. {self.found.why}")
            return
        recording = player.recording.path
        name = recording.with_name(f"{stem(recording)}-call-paths{SUFFIXES[form]}")
        path, _ = QFileDialog.getSaveFileName(self, "Save call paths", str(name))
        if path:
            self.write(form, Path(path))

    def write(self, form: str, path: Path) -> None:
        """Write what is shown to a file, in one of `path_files.FORMATS`."""
        assert self.session.player is not None
        title = f"{self.session.player.recording.path.name}: {self.found.said or self.session.moment_words()}"
        try:
            path.write_text(written(form, self.found, self.rows() if form == CSV else [], title), encoding="utf-8", newline="")
        except OSError as error:
            self.session.problem.emit(f"Cannot write {path}: {error.strerror or error}. Choose another place.")


