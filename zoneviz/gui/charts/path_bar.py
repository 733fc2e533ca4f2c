"""The choices above the call paths: cost, grouping, form and difference; below them the way, the search and the export."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from zoneviz.gui.charts.path_files import FORMATS
from zoneviz.gui.charts.path_source import AGAINST, HINTS, NOTHING, STRETCH, Asked
from zoneviz.gui.kit.choice import Choice, OnlyZone
from zoneviz.gui.kit.crumbs import Crumbs
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.line import Line
from zoneviz.gui.kit.parts import Parts
from zoneviz.gui.session.kept import Kept
from zoneviz.gui.session.session import Session
from zoneviz.playback.costs import ALLOCS, BY, BYTES, CALL_PATH, CALL_SITE, COSTS, ELEMENTS, FREES, OWNER, SURVIVED, SURVIVORS, ZONE

FLAME, TREE, FUNCTIONS = FORMS = ("flame graph", "tree", "functions")
FORM_HINTS = {FLAME: "boxes as wide as the cost", TREE: "rows, with all costs", FUNCTIONS: "a table, with callers and callees"}
BY_CHANGE, BY_NOW = WIDTHS = ("widths by change", "widths by what is now")
WIDTH_HINTS = {BY_CHANGE: "what has gone can be seen too", BY_NOW: "the shares of what is in use now"}
COST_HINTS = {
    COSTS[BYTES]: "in use at the moment",
    COSTS[ELEMENTS]: "in use at the moment",
    COSTS[SURVIVED]: "allocated in the stretch, in use at the moment",
    COSTS[SURVIVORS]: "elements allocated in the stretch, in use at the moment",
    COSTS[ALLOCS]: "in the selected, or else the visible stretch",
    COSTS[FREES]: "in the stretch, by the call path of the allocation",
}
BY_HINTS = {
    CALL_PATH: "top down: outermost frame first",
    CALL_SITE: "bottom up: innermost frame first, then its callers",
    OWNER: "server, task, zone",
    ZONE: "zone, call path",
}
LABELS = {by: f"by {by}" for by in BY}


class SearchLine(Line):
    """Enter: `returnPressed`; Shift+Enter: `back`."""

    back = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Shift+Enter emits `back`."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.back.emit()
        else:
            super().keyPressEvent(event)


class PathBar(QWidget):
    """Two lines. `changed`: a choice has changed; `wanted(form)`: an export."""

    changed = Signal()
    wanted = Signal(str)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.cost = Choice("cost", COSTS, COSTS[BYTES], COST_HINTS, self)
        self.by = Choice("grouped by", BY, CALL_PATH, BY_HINTS, self)
        self.form = Choice("shown as", FORMS, FLAME, FORM_HINTS, self)
        self.against = Choice("difference", AGAINST, NOTHING, HINTS, self)
        self.widths = Choice("widths of the boxes", WIDTHS, BY_CHANGE, WIDTH_HINTS, self)
        self.cost.setToolTip(tip("call path"))
        self.by.offer(LABELS)
        self.form.offer({form: f"as {form}" for form in FORMS})
        self.only, self.sums = OnlyZone(self), Parts(self)
        self.crumbs = Crumbs("everything", self)
        self.search = SearchLine(self)
        self.search.setPlaceholderText("search (Ctrl+G)")
        self.search.setAccessibleName("search call paths by name")
        self.search.setToolTip("Ctrl+G. Enter: next match, Shift+Enter: previous one, Esc: end the search")
        self.search.setFixedWidth(150)
        self.search.setClearButtonEnabled(True)
        self.matches = Parts(self)
        self.export = QToolButton(self)
        self.export.setText("Save ▾")
        self.export.setAccessibleName("Save the call paths")
        self.export.setToolTip("Save what is shown, for flame graph tools, speedscope.app or a spreadsheet")
        self.export.setProperty("role", "flat")
        self.export.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.export)
        for form in FORMATS:
            menu.addAction(f"{form.capitalize()}…").triggered.connect(partial(self._wants, form))
        self.export.setMenu(menu)
        self._lay_out()
        for name, choice in (("cost", self.cost), ("by", self.by), ("form", self.form), ("widths", self.widths)):
            Kept.of(session).follow(f"call paths/{name}", choice)
        for choice in (self.cost, self.by, self.form, self.against, self.widths):
            choice.setProperty("role", "title")
            choice.changed.connect(self._changed)
        self.only.toggled.connect(lambda _: self.changed.emit())
        self._changed()

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for widget in (self.cost, self.by, self.form, self.against, self.widths, self.only):
            first.addWidget(widget)
        first.addWidget(self.sums, 1)
        second.addWidget(self.crumbs)
        second.addWidget(self.matches, 1)
        for part in (self.search, self.export):
            second.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for line in (first, second):
            line.setSpacing(6)
            layout.addLayout(line)

    def _wants(self, form: str, checked: bool = False) -> None:
        self.wanted.emit(form)

    def _changed(self) -> None:
        self.widths.setVisible(self.against.value() != NOTHING and self.form.value() == FLAME)
        self.by.setVisible(self.form.value() != FUNCTIONS)
        self.changed.emit()

    @property
    def of_stretch(self) -> bool:
        """Whether what is shown depends on the visible stretch."""
        return self.form.value() != FLAME or self.against.value() == STRETCH or COSTS.index(self.cost.value()) >= SURVIVED

    def asked(self, zone: str) -> Asked:
        """What to show; `zone`: the selected one. A difference is one of elements or bytes."""
        cost, form = COSTS.index(self.cost.value()), self.form.value()
        if self.against.value() != NOTHING and cost > ELEMENTS:
            cost = ELEMENTS if cost != SURVIVED else BYTES
        by = CALL_PATH if form == FUNCTIONS else self.by.value()
        only = zone if self.only.isChecked() else ""
        by_change = self.widths.value() == BY_CHANGE or form != FLAME
        return Asked(by, cost, self.against.value(), only, form != FLAME, by_change)
