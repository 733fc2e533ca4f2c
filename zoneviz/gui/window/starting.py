"""The start page of a window: what it lists, and whether it covers the recording that is open."""

from PySide6.QtCore import QObject, QSettings, Signal

from zoneviz.app.heads import stem
from zoneviz.gui.kit.offers import Offer
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.shelf import Item, Shelf, look
from zoneviz.gui.window.sidebar import Sidebar
from zoneviz.gui.window.welcome import MOST_RECENT, Welcome
from zoneviz.playback import Player

KNOWN = "tour"
"""The setting that says that the tour need not be offered again."""


class Starting(QObject):
    """Fills the start page and shows it over the open recording. `changed`: it covers the recording now, or does not any more."""

    changed = Signal()

    def __init__(self, page: Welcome, session: Session, shelf: Shelf, sidebar: Sidebar, settings: QSettings, parent: QObject) -> None:
        super().__init__(parent)
        self.page, self.session, self.shelf, self.sidebar = page, session, shelf, sidebar
        self._settings = settings
        self._covered: Player | None = None
        page.tour.setVisible(not settings.value(KNOWN))
        page.tour.later.clicked.connect(self.offer_no_more)
        page.left.connect(self.toggle)
        page.experiment.connect(self._experiment)
        page.shown.connect(self._list)
        sidebar.recordings.heads.arrived.connect(lambda _: self._list() if page.isVisible() else None)

    @property
    def covers(self) -> bool:
        """Whether the start page covers an open recording. It does not cover another one that is opened."""
        return self._covered is not None and self._covered is self.session.player

    def toggle(self) -> None:
        """Show the start page over the recording, or the recording again."""
        player = self.session.player
        self._covered = None if self.covers else player
        self.page.show_empty(stem(player.recording.path) if player is not None and self.covers else "")
        self.changed.emit()
        if self.covers:
            self.page.back.setFocus()

    def offer_no_more(self) -> None:
        """Remove the offer of the tour permanently."""
        self._settings.setValue(KNOWN, "known")
        self.page.tour.hide()

    def _experiment(self, name: str) -> None:
        self.sidebar.show()
        self.sidebar.choose(name)
        self.sidebar.area.ensureWidgetVisible(self.sidebar.button)
        self.sidebar.button.setFocus()

    def _list(self) -> None:
        """List the recordings opened last, then the newest of the folder."""
        used = [item for path in self.shelf.recent()[:MOST_RECENT] if (item := look(path)) is not None]
        paths = {item.path for item in used}
        newest = [item for item in self.shelf.items() if not item.example and item.path not in paths]
        self.page.show_recent([self._offer(item) for item in (*used, *newest)[:MOST_RECENT]])

    def _offer(self, item: Item) -> Offer:
        row = self.sidebar.recordings.rows.row(item)
        said = " · ".join(part for part in (row.outcome, row.also, row.about) if part)
        return Offer(item.path, row.title, said or "…", row.note, row.hint)
