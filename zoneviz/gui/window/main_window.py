"""The window: puts the views in their places and connects actions to the session and the desk. It draws nothing itself."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMainWindow, QWidget

from zoneviz.gui.kit import colours, text
from zoneviz.gui.kit import theme as themes
from zoneviz.gui.session.clock import Clock
from zoneviz.gui.session.desk import Desk
from zoneviz.gui.session.second import SecondRecording
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.shelf import SUFFIX, Shelf
from zoneviz.gui.session.variants import Variants
from zoneviz.gui.views import views
from zoneviz.gui.views.compare import CompareView
from zoneviz.gui.views.overview import Overview
from zoneviz.gui.views.panic import PanicView
from zoneviz.gui.views.timeline import Timeline
from zoneviz.gui.window import wiring
from zoneviz.gui.window.actions import Actions
from zoneviz.gui.window.deck import Deck
from zoneviz.gui.window.finder import FindBar, Finder
from zoneviz.gui.window.focusring import FocusRing
from zoneviz.gui.window.marker import Marker
from zoneviz.gui.window.note_bar import NoteBar
from zoneviz.gui.window.palette import Palette
from zoneviz.gui.window.places import Places
from zoneviz.gui.window.preferences import Preferences
from zoneviz.gui.window.saving import SavePicture
from zoneviz.gui.window.sidebar import Sidebar
from zoneviz.gui.window.status import Banner, Status, caption
from zoneviz.gui.window.transport import Transport
from zoneviz.gui.window.welcome import Welcome
from zoneviz.spec import RunSpec


class MainWindow(QMainWindow):
    """One person, one recording, one question. `settings` remembers layout, theme and recent files."""

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        self.settings = settings
        self.preferences = Preferences(settings, self)
        self.session = Session(self)
        self.second = SecondRecording.of(self.session)
        self.desk = Desk(self.session, self)
        self.variants = Variants(self.session, self.desk, self)
        self.shelf = Shelf(settings)
        self.actions_ = Actions(self)
        self.sidebar = Sidebar(self.shelf, self)
        self.clock = Clock(self.session, self)
        self.finder = Finder(self.session, self)
        self.find_bar = FindBar(self.finder, self)
        self.note_bar = NoteBar(self.session, self)
        self.marker = Marker(self.session, self)
        self.transport = Transport(self.session, self.clock, self.actions_, self)
        self.overview, self.timeline = Overview(self.session), Timeline(self.session)
        self.deck = Deck([view(self.session) for view in views()])
        self.panic = PanicView(self.session)
        self.welcome = Welcome()
        self.banner = Banner()
        self.status = Status(self.session, self.desk, self)
        self.caption = QLabel(self)
        self.palette_ = Palette(self.session, self)
        self.focus_ring = FocusRing(self.session, self)
        self._lay_out()
        self._connect()
        self.setAcceptDrops(True)
        self.actions_.add_themes(self.preferences["theme"], lambda name: self.preferences.choose("theme", name))
        self.preferences.changed.connect(self.dress)
        self.dress()
        self._restore()
        self.refresh()

    def _lay_out(self) -> None:
        charts: list[QWidget] = [self.overview, self.timeline]
        bars: list[QWidget] = [self.transport, self.find_bar, self.note_bar]
        self.places = Places(bars, self.sidebar, self.panic, self.banner, self.welcome, charts, self.deck)
        self.setCentralWidget(self.places)
        self.setStatusBar(self.status)
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self.caption.setProperty("role", "muted")
        self.caption.setContentsMargins(0, 5, 12, 0)
        self.menuBar().setCornerWidget(self.caption)
        self.setMinimumSize(900, 600)

    def _connect(self) -> None:
        session, desk, actions = self.session, self.desk, self.actions_
        actions.connect(wiring.slots(self))
        actions.give_to(self.overview, self.timeline, *self.deck.views)
        actions.add_views([view.title for view in self.deck.views], self.deck.go_to)
        actions["experiments"].setChecked(True)
        actions["panic"].setChecked(True)
        self.overview.strip.opened.connect(self.timeline.show_table)
        self.sidebar.run.connect(self._run)
        self.transport.speed_changed.connect(desk.set_speed)
        self.sidebar.opened.connect(self.open_path)
        self.welcome.run.clicked.connect(self._run_bomb)
        self.welcome.open.clicked.connect(self.choose_file)
        desk.problem.connect(self._problem)
        desk.changed.connect(self.refresh)
        desk.progress.connect(self.status.refresh)
        desk.used.connect(self._used)
        self.second.swapped.connect(self.open_path)
        self.second.changed.connect(self.refresh)
        session.variant_asked.connect(lambda changes: wiring.vary(self, changes))
        self.sidebar.compare.connect(self.variants.start)
        self.sidebar.form.changed.connect(lambda: actions["run_beside"].setEnabled(self.sidebar.comparable))
        self.variants.begun.connect(lambda: self.deck.show_only(CompareView.title))
        self.variants.ready.connect(lambda original, variant: wiring.varied(self, original, variant))
        self.variants.problem.connect(self._problem)
        self.palette_.chosen.connect(lambda hit: wiring.do(self, hit))
        self.clock.changed.connect(self.refresh)
        session.recording_changed.connect(self.refresh)
        session.follow_changed.connect(self.refresh)
        session.notebook.changed.connect(self.refresh)
        session.grown.connect(self._first_events)
        session.problem.connect(self._problem)
        self.styles_changed = QApplication.styleHints().colorSchemeChanged
        self.styles_changed.connect(self.dress)

    # what is shown

    def refresh(self) -> None:
        """Everything that depends on which recording is shown and whether a run goes on."""
        session = self.session
        shown = session.player is not None and session.last > 0
        if session.player is not None and not shown and not session.live:
            self.welcome.show_waiting()
        self.places.show_charts(shown, self.actions_["panic"].isChecked())
        wiring.refresh(self, shown)
        if self.caption.text() != caption(session.player):
            self.caption.setText(caption(session.player))
            self.menuBar().setCornerWidget(self.caption)  # again: it is given its room only when set
            self.caption.show()
        self.setWindowTitle(f"{session.player.recording.path.name} - zoneviz" if session.player else "zoneviz")
        self.status.refresh()

    def _first_events(self) -> None:
        if self.places.stack.currentIndex() == 0:
            self.refresh()

    def _problem(self, words: str) -> None:
        if self.session.player is None:
            self.welcome.show_problem(words)
        else:
            self.banner.say(words)
        self.refresh()

    def _used(self, path: Path) -> None:
        self.shelf.remember(path)
        self._restock()

    def _restock(self) -> None:
        player = self.session.player
        self.sidebar.restock(player.recording.path if player is not None else None)

    def forget(self) -> None:
        self.shelf.forget()
        self.sidebar.restock()

    # runs and files

    def _run(self, spec: RunSpec) -> None:
        self.banner.hide()
        self.desk.start(spec)

    def _run_bomb(self) -> None:
        self.sidebar.choose("fork-bomb")
        self.sidebar.ask_run()

    def start(self, spec: RunSpec, speed: str) -> None:
        """Run this now; `speed` is a word of the transport's."""
        self.sidebar.show_run(spec)
        self.transport.speed.set_value(speed)
        self._run(spec)

    def open_path(self, path: Path) -> bool:
        """Show the recording at `path`."""
        self.banner.hide()
        return self.desk.open(path)

    def open_something(self) -> None:
        """The last recording, or a golden one; else the welcome sheet."""
        for path in [item.path for item in (*self.shelf.recent()[:1], *self.shelf.golden()[:1])]:
            if self.desk.open(path):
                return

    def ask_compare(self) -> None:
        """Ask for a second recording, to be laid beside this one."""
        for view in self.deck.views:
            if isinstance(view, CompareView):
                self.deck.show_only(view.title)
                view.ask()

    def compare_with(self, path: Path) -> None:
        """Lay the recording at `path` beside the one that is shown."""
        self.deck.show_only(CompareView.title)
        self.second.open(path)

    def choose_file(self) -> None:
        """Ask for a file."""
        path, _ = QFileDialog.getOpenFileName(self, "Open a recording", str(self.shelf.folder), f"Recordings (*{SUFFIX});;All files (*)")
        if path:
            self.shelf.folder = Path(path).parent
            self.open_path(Path(path))

    def save_picture(self) -> None:
        """Ask what of the window to save or copy as a picture: the view with the focus, unless another is chosen."""
        shown = [view for view in (self.timeline, self.overview, self.panic, *self.deck.views) if view.isVisible()]
        parts: dict[str, QWidget] = {view.title: view for view in shown} | {"Window": self}
        focus = next((view.title for view in shown if view.isAncestorOf(self.focusWidget() or self)), self.timeline.title)
        dialog = SavePicture(self, parts, focus, self.session, self.shelf.folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The palette keeps to the middle."""
        super().resizeEvent(event)
        self.palette_.place()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One local file may be dropped."""
        if len(event.mimeData().urls()) == 1 and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open it."""
        self.open_path(Path(event.mimeData().urls()[0].toLocalFile()))

    # theme and layout

    def dress(self) -> None:
        """As the person prefers: theme, size of text, colours of amounts, units."""
        chosen = themes.wanted(self.preferences["theme"])
        colours.choose_map(self.preferences["colour_map"])
        text.choose_units(self.preferences["units"])
        self.session.follow_new = self.preferences["follow"] == "followed"
        app = QApplication.instance()
        if isinstance(app, QApplication):
            themes.apply(app, chosen, self.preferences.text_scale)
        self.places.scale(self.preferences.text_scale)
        self.actions_[f"theme {self.preferences['theme']}"].setChecked(True)
        self.session.set_theme(chosen)
        self._restock()  # sizes may be in other units
        self.status.refresh()

    def reset_layout(self) -> None:
        """As on the first day."""
        self.places.reset()
        for name in ("experiments", "panic"):
            self.actions_[name].setChecked(True)
        self.refresh()

    def _restore(self) -> None:
        self.resize(QSize(1600, 1000).boundedTo(self.screen().availableSize()))
        saved = self.settings.value("geometry")
        if isinstance(saved, QByteArray):
            self.restoreGeometry(saved)
        self.reset_layout()
        self.places.restore(self.settings)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the run first: its recording must be good. Then remember how the window looked."""
        self.styles_changed.disconnect(self.dress)
        self.settings.setValue("geometry", self.saveGeometry())
        self.places.remember(self.settings)
        self.desk.shut_down()
        super().closeEvent(event)
