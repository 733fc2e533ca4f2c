"""Where the parts of the window are."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from zoneviz.gui.window.deck import Deck
from zoneviz.gui.window.docks import Docks
from zoneviz.gui.window.overlay import Overlay

SIDE, CARD = 248, 292
"""Widths of the panels."""
NARROW, MIDDLE = 220, 470
"""Minimum widths of a panel, and of the middle for the card to be shown beside it, with text at 100 %."""


class Places(QWidget):
    """A bar at the top; below it sidebar, middle and card. The middle shows `welcome`, or the charts above the deck
    with docked views around them. `changed`: the card appeared or gave way."""

    changed = Signal()

    def __init__(
        self, bar: QWidget, floating: list[QFrame], sidebar: QWidget, card: QWidget, welcome: QWidget, charts: list[QWidget], deck: Deck
    ) -> None:
        super().__init__()
        self.sidebar, self.deck = sidebar, deck
        self.card_wanted = True
        """Whether the card is shown beside the charts, where there is room for it."""
        self._insisted = False
        """Whether the user asked for the card where there is too little room."""
        self._factor = 1.0
        self.charts = QSplitter(Qt.Orientation.Vertical)
        self.charts.setObjectName("centre")
        self.charts.setHandleWidth(10)
        self.charts.setChildrenCollapsible(False)
        overview, *others = charts
        for widget in (*others, deck):
            self.charts.addWidget(widget)
        looking = QWidget()
        looking.setObjectName("centre")
        column(looking, [(overview, 0), (self.charts, 1)], (12, 8, 12, 8), 8)
        self.stack = QStackedWidget()
        self.stack.addWidget(welcome)
        self.docks = Docks(looking, deck)
        self.stack.addWidget(self.docks)
        middle = QWidget()
        middle.setObjectName("centre")
        column(middle, [(self.stack, 1)])
        self.overlay = Overlay(middle, floating)
        self.card = QWidget()
        self.card.setObjectName("right")
        self.card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column(self.card, [(card, 1)], (1, 0, 0, 0))
        self.panels = QSplitter(Qt.Orientation.Horizontal)
        self.panels.setHandleWidth(1)
        self.panels.setChildrenCollapsible(False)
        for part, widget in enumerate((sidebar, middle, self.card)):
            self.panels.addWidget(widget)
            self.panels.setStretchFactor(part, 1 if part == 1 else 0)
        self.scale(1.0)
        column(self, [(bar, 0), (self.panels, 1)])

    def scale(self, factor: float) -> None:
        """Adapt widths to text `factor` times as large."""
        self._factor = factor
        self.sidebar.setMinimumWidth(round(NARROW * factor))
        self.card.setMinimumWidth(round(NARROW * factor))
        self._show_card()

    def show_charts(self, shown: bool) -> None:
        """Show the charts, and the card if it is wanted; or the welcome sheet."""
        self.stack.setCurrentIndex(1 if shown else 0)
        self._show_card()
        self.docks.set_shown(shown)

    @property
    def card_fits(self) -> bool:
        """Whether the middle has enough room beside both panels."""
        return self.width() >= (2 * NARROW + MIDDLE) * self._factor

    def _show_card(self) -> None:
        shown = self.card_wanted and self.stack.currentIndex() == 1 and (self.card_fits or self._insisted)
        if shown == self.card.isHidden():
            self.card.setVisible(shown)
            self.panels.refresh()  # the sidebar gets back the width that the card left it too little room for
            self.changed.emit()

    def show_card(self, wanted: bool) -> None:
        """Show or hide the card beside the charts."""
        self.card_wanted = wanted
        self._show_card()

    def toggle_card(self) -> None:
        """Show or hide the card, even if there is little room for it."""
        self.insist_on_card(self.card.isHidden() if self.stack.currentIndex() == 1 else not self.card_wanted)

    def insist_on_card(self, wanted: bool = True) -> None:
        """Show the card, even if there is little room for it, or hide it."""
        self._insisted = wanted and not self.card_fits
        self.show_card(wanted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the card where the charts would have too little room."""
        super().resizeEvent(event)
        self._insisted = self._insisted and not self.card_fits
        self._show_card()

    def reset(self) -> None:
        """Reset to the first layout."""
        self.docks.restore((), b"")
        self.panels.setSizes([SIDE, max(self.width() - SIDE - CARD, 400), CARD])
        self.charts.setSizes([370, 360])
        self.sidebar.show()
        self._insisted = False
        self.show_card(True)
        self.deck.show_only(*(["Zone heatmap", "Zones"] if self.width() >= 1400 else ["Zone heatmap"]))


def column(
    parent: QWidget, widgets: list[tuple[QWidget, int]], margins: tuple[int, int, int, int] = (0, 0, 0, 0), spacing: int = 0
) -> QVBoxLayout:
    """Lay out widgets, each with its stretch, in a column."""
    box = QVBoxLayout(parent)
    box.setContentsMargins(*margins)
    box.setSpacing(spacing)
    for widget, stretch in widgets:
        box.addWidget(widget, stretch)
    return box
