"""The layout of the window: where its parts are; saved, restored and reset."""

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from zoneviz.gui.window.deck import Deck

SIDE, CARD, LAYOUT = 248, 292, 2
"""Widths of the panels; version of the layout, increased when it changes so that an old saved layout is ignored."""


class Places(QWidget):
    """Bars at the top; below them sidebar, middle and card. The middle shows `welcome`, or the charts above the deck."""

    def __init__(
        self, bars: list[QWidget], sidebar: QWidget, card: QWidget, banner: QWidget, welcome: QWidget, charts: list[QWidget], deck: Deck
    ) -> None:
        super().__init__()
        self.sidebar, self.deck = sidebar, deck
        self.card_wanted = True
        """Whether the card is visible beside the charts."""
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
        self.stack.addWidget(looking)
        middle = QWidget()
        middle.setObjectName("centre")
        column(middle, [(banner, 0), (self.stack, 1)])
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
        column(self, [*((bar, 0) for bar in bars), (self.panels, 1)])

    def scale(self, factor: float) -> None:
        """Adapt widths to text `factor` times as large."""
        self.sidebar.setMinimumWidth(round(200 if factor <= 1 else SIDE * factor))
        self.card.setMinimumWidth(round(220 * factor))

    def show_charts(self, shown: bool) -> None:
        """Show the charts, and the card if it is wanted; or the welcome sheet."""
        self.stack.setCurrentIndex(1 if shown else 0)
        self.card.setVisible(shown and self.card_wanted)

    def toggle_card(self) -> None:
        """Show or hide the card."""
        self.card_wanted = not self.card_wanted
        self.card.setVisible(self.card_wanted and self.stack.currentIndex() == 1)

    def reset(self) -> None:
        """Reset to the first layout."""
        self.panels.setSizes([SIDE, max(self.width() - SIDE - CARD, 400), CARD])
        self.charts.setSizes([370, 360])
        self.sidebar.show()
        self.card_wanted = True
        self.deck.show_only(*(["Zone heatmap", "Zones"] if self.width() >= 1400 else ["Zone heatmap"]))

    def restore(self, settings: QSettings) -> None:
        """Restore the saved layout, if it is of this version."""
        if str(settings.value("layout")) != str(LAYOUT):
            return
        for name, part in (("panels", self.panels), ("charts", self.charts)):
            state = settings.value(name)
            if isinstance(state, QByteArray):
                part.restoreState(state)
        views = settings.value("views")
        titles = [views] if isinstance(views, str) else [str(v) for v in views] if isinstance(views, list) else []
        if any(view.title in titles for view in self.deck.views):
            self.deck.show_only(*titles)

    def remember(self, settings: QSettings) -> None:
        """Save the layout."""
        if not self.card.isHidden():  # hidden panels have no useful sizes
            settings.setValue("panels", self.panels.saveState())
            settings.setValue("charts", self.charts.saveState())
            settings.setValue("views", self.deck.shown())
        settings.setValue("layout", LAYOUT)


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
