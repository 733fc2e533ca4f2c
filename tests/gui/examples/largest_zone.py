"""The largest zone at the moment, or the selected one, and its share of all zone memory as a bar."""

from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.kit.canvas import Canvas
from zoneviz.gui.kit.rows import Column, text_column
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.base import View
from zoneviz.playback import Player

COLUMNS = (text_column("zone", "Name of the zone"), Column("size", "cur_size, in bytes", words.size_cell))


class ShareBar(Canvas):
    """A bar as wide as `share`, from 0 to 1."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Share of the largest zone", parent)
        self.session = session
        self.share = 0.0
        self.setFixedHeight(16)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar, in the colours of the theme."""
        painter = QPainter(self)
        painter.fillRect(0, 2, round(self.width() * self.share), 12, QColor(self.session.theme.accent))
        painter.end()


class LargestZoneView(View):
    """One line of text and one bar."""

    title = "Largest zone"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.label = QLabel(self)
        self.bar = ShareBar(session, self)
        self.setFocusProxy(self.bar)
        layout = QVBoxLayout(self)
        layout.addWidget(self.label)
        layout.addWidget(self.bar)
        layout.addStretch()
        self.bar.opened.connect(self.show_table)
        session.selection_changed.connect(lambda: self._mark("moment"))

    def show_moment(self, player: Player) -> None:
        """`player.state` is the machine at the moment."""
        zones = player.state.machine()["zones"]
        selected = [zone for zone in zones if zone["name"] == self.session.selection.zone]
        zone = max(selected or zones, key=lambda zone: zone["cur_size"], default=None)
        if zone is None:
            return
        self.bar.share = zone["cur_size"] / max(sum(z["cur_size"] for z in zones), 1)
        self.label.setText(f"{words.one_line(zone['name'], 60)}: {words.size_cell(zone['cur_size'])}")
        self.bar.update()

    def show_table(self) -> None:
        """The figures behind the bar: all zones, largest first."""
        if self.session.player is not None:
            zones = self.session.player.state.machine()["zones"]
            rows = sorted(((zone["name"], zone["cur_size"]) for zone in zones), key=lambda row: -row[1])
            Twin("Zones by size", f"At event {self.session.moment:,}", COLUMNS, rows, self).show()
