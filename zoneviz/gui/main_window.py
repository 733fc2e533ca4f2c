"""The window: puts the views in their places and connects actions to the session and the desk. It draws nothing itself."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from zoneviz.gui import theme as themes
from zoneviz.gui.actions import Actions
from zoneviz.gui.deck import Deck
from zoneviz.gui.forms import Wanted
from zoneviz.gui.help import about, keys
from zoneviz.gui.live import Desk
from zoneviz.gui.models.shelf import SUFFIX, Shelf
from zoneviz.gui.session import Session
from zoneviz.gui.sidebar import Sidebar
from zoneviz.gui.status import Banner, Status, caption
from zoneviz.gui.transport import Transport
from zoneviz.gui.views.events import EventsView
from zoneviz.gui.views.heatmap import HeatmapView
from zoneviz.gui.views.overview import Overview
from zoneviz.gui.views.panic import PanicView
from zoneviz.gui.views.timeline import Timeline
from zoneviz.gui.views.welcome import Welcome
from zoneviz.gui.views.zones import ZonesView
from zoneviz.mach.profile import DEFAULT_PROFILE

SIDE, CARD, LAYOUT = 248, 292, 1
"""Widths of the panels; and a number to count up when places change, so that an old saved layout is not applied."""


class MainWindow(QMainWindow):
    """One person, one recording, one question. `settings` remembers layout, theme and recent files."""

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        self.settings = settings
        self.session = Session(self)
        self.desk = Desk(self.session, self)
        self.shelf = Shelf(settings)
        self.actions_ = Actions(self)
        self.sidebar = Sidebar(self.shelf, self)
        self.transport = Transport(self.session, self.actions_, self)
        self.overview, self.timeline = Overview(self.session), Timeline(self.session)
        self.heatmap = HeatmapView(self.session)
        self.zones = ZonesView(self.session)
        self.events = EventsView(self.session)
        self.deck = Deck([self.heatmap, self.zones, self.events])
        self.panic = PanicView(self.session)
        self.welcome = Welcome()
        self.banner = Banner()
        self.status = Status(self.session, self.desk, self)
        self.caption = QLabel(self)
        self._lay_out()
        self._connect()
        self.setAcceptDrops(True)
        self.set_theme(str(settings.value("theme", "system")))
        self.actions_.add_themes(str(settings.value("theme", "system")), self.set_theme)
        self._restore()
        self._refresh()

    def _lay_out(self) -> None:
        self.charts = QSplitter(Qt.Orientation.Vertical)
        self.charts.setObjectName("centre")
        self.charts.setHandleWidth(10)
        self.charts.setChildrenCollapsible(False)
        self.charts.addWidget(self.timeline)
        self.charts.addWidget(self.deck)
        self.charts.setSizes([360, 360])
        looking = QWidget()
        looking.setObjectName("centre")
        box = QVBoxLayout(looking)
        box.setContentsMargins(12, 8, 12, 8)
        box.setSpacing(8)
        box.addWidget(self.overview)
        box.addWidget(self.charts, 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.welcome)
        self.stack.addWidget(looking)
        middle = QWidget()
        middle.setObjectName("centre")
        down = QVBoxLayout(middle)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addWidget(self.banner)
        down.addWidget(self.stack, 1)
        self.card = QWidget()
        self.card.setObjectName("right")
        self.card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        inside = QVBoxLayout(self.card)
        inside.setContentsMargins(1, 0, 0, 0)
        inside.addWidget(self.panic)
        self.panels = QSplitter(Qt.Orientation.Horizontal)
        self.panels.setHandleWidth(1)
        self.panels.setChildrenCollapsible(False)
        for part, widget in enumerate((self.sidebar, middle, self.card)):
            self.panels.addWidget(widget)
            self.panels.setStretchFactor(part, 1 if part == 1 else 0)
        self.sidebar.setMinimumWidth(200)
        self.card.setMinimumWidth(220)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.transport)
        column.addWidget(self.panels, 1)
        self.setCentralWidget(whole)
        self.setStatusBar(self.status)
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self.caption.setProperty("role", "muted")
        self.caption.setContentsMargins(0, 5, 12, 0)
        self.menuBar().setCornerWidget(self.caption)
        self.setMinimumSize(900, 600)

    def _connect(self) -> None:
        session, desk, actions = self.session, self.desk, self.actions_
        actions.connect({
            "open": self.choose_file, "picture": self.save_picture, "close": desk.close_recording,
            "forget": self._forget, "quit": self.close,
            "run": self.sidebar.ask_run, "pause": desk.toggle_pause, "step": desk.step, "stop": desk.stop,
            "in": lambda: session.zoom(0.7), "out": lambda: session.zoom(1 / 0.7),
            "left": lambda: session.pan(-0.2), "right": lambda: session.pan(0.2),
            "fit": session.fit, "by_event": lambda: session.set_by_event(actions["by_event"].isChecked()),
            "experiments": lambda: self.sidebar.setVisible(actions["experiments"].isChecked()),
            "panic": self._refresh, "reset": self.reset_layout,
            "first": lambda: session.ask_moment(0), "last": lambda: session.ask_moment(session.last),
            "back": lambda: session.step(-1), "next": lambda: session.step(1),
            "back_far": lambda: session.step(-1000), "next_far": lambda: session.step(1000),
            "follow": lambda: session.set_follow(not session.follow), "clear": lambda: session.select_zone(""),
            "keys": lambda: keys(self, actions.key_list()), "about": lambda: about(self),
        })  # fmt: skip
        actions.give_to(self.overview, self.timeline, self.heatmap, self.events)
        actions.add_views([view.title for view in self.deck.views], self.deck.show_only)
        actions["experiments"].setChecked(True)
        actions["panic"].setChecked(True)
        self.sidebar.run.connect(self._run)
        self.transport.speed_changed.connect(desk.set_speed)
        self.sidebar.opened.connect(self.open_path)
        self.welcome.run.clicked.connect(self._run_bomb)
        self.welcome.open.clicked.connect(self.choose_file)
        desk.problem.connect(self._problem)
        desk.changed.connect(self._refresh)
        desk.progress.connect(self.status.refresh)
        desk.used.connect(self._used)
        session.recording_changed.connect(self._refresh)
        session.follow_changed.connect(self._refresh)
        session.grown.connect(self._first_events)
        session.problem.connect(self._problem)
        self.styles_changed = QApplication.styleHints().colorSchemeChanged
        self.styles_changed.connect(self._system_theme)

    # what is shown

    def _refresh(self) -> None:
        """Everything that depends on which recording is shown and whether a run goes on."""
        session, desk, actions = self.session, self.desk, self.actions_
        shown = session.player is not None and session.last > 0
        if session.player is not None and not shown and not session.live:
            self.welcome.show_waiting()
        self.stack.setCurrentIndex(1 if shown else 0)
        self.card.setVisible(shown and actions["panic"].isChecked())
        for name, able in {
            "run": not desk.live, "pause": desk.live, "step": desk.live, "stop": desk.live, "follow": session.live and desk.looking_at_run,
            "close": session.player is not None,
            "by_event": shown and not session.series.forced_by_event,
        }.items():  # fmt: skip
            actions[name].setEnabled(able)
        self.sidebar.set_busy(desk.live)
        for name in ("first", "last", "back", "next", "back_far", "next_far", "in", "out", "left", "right", "fit", "clear", "picture"):
            actions[name].setEnabled(shown)
        actions["pause"].setText("&Resume" if desk.run is not None and desk.run.paused and desk.live else "&Pause")
        actions["follow"].setChecked(session.follow)
        actions["by_event"].setChecked(session.series.by_event)
        if self.caption.text() != caption(session.player):
            self.caption.setText(caption(session.player))
            self.menuBar().setCornerWidget(self.caption)  # again: it is given its room only when set
            self.caption.show()
        self.setWindowTitle(f"{session.player.recording.path.name} - zoneviz" if session.player else "zoneviz")
        self.status.refresh()

    def _first_events(self) -> None:
        if self.stack.currentIndex() == 0:
            self._refresh()

    def _problem(self, words: str) -> None:
        if self.session.player is None:
            self.welcome.show_problem(words)
        else:
            self.banner.say(words)
        self._refresh()

    def _used(self, path: Path) -> None:
        self.banner.hide()
        self.shelf.remember(path)
        self.sidebar.restock(path)

    def _forget(self) -> None:
        self.shelf.forget()
        self.sidebar.restock()

    # runs and files

    def _run(self, wanted: Wanted) -> None:
        self.banner.hide()
        self.desk.start(wanted)

    def _run_bomb(self) -> None:
        self.sidebar.choose("fork-bomb")
        self.sidebar.ask_run()

    def start(self, scenario: str, settings: dict[str, str], speed: str) -> None:
        """Run this scenario now; `speed` is a word of the transport's."""
        self.sidebar.choose(scenario)
        self.sidebar.form.fill(settings)
        self.transport.speed.set_value(speed)
        self._run(Wanted(scenario, DEFAULT_PROFILE, settings, 1))

    def open_path(self, path: Path) -> bool:
        """Show the recording at `path`."""
        return self.desk.open(path)

    def open_something(self) -> None:
        """The last recording, or a golden one; else the welcome sheet."""
        for path in [item.path for item in (*self.shelf.recent()[:1], *self.shelf.golden()[:1])]:
            if self.desk.open(path):
                return

    def choose_file(self) -> None:
        """Ask for a file."""
        path, _ = QFileDialog.getOpenFileName(self, "Open a recording", str(self.shelf.folder), f"Recordings (*{SUFFIX});;All files (*)")
        if path:
            self.shelf.folder = Path(path).parent
            self.open_path(Path(path))

    def save_picture(self) -> None:
        """Ask for a name and save the timeline as it stands."""
        path, _ = QFileDialog.getSaveFileName(self, "Save picture", str(self.shelf.folder / "timeline.png"), "PNG (*.png)")
        if path and not self.timeline.grab().save(path):
            self.banner.say(f"{path} could not be written.")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One local file may be dropped."""
        if len(event.mimeData().urls()) == 1 and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open it."""
        self.open_path(Path(event.mimeData().urls()[0].toLocalFile()))

    # theme and layout

    def set_theme(self, setting: str) -> None:
        """Follow the system, or be light, or dark; remembered."""
        self.settings.setValue("theme", setting)
        self._system_theme()

    def _system_theme(self) -> None:
        chosen = themes.wanted(str(self.settings.value("theme", "system")))
        app = QApplication.instance()
        if isinstance(app, QApplication):
            themes.apply(app, chosen)
        self.session.set_theme(chosen)

    def reset_layout(self) -> None:
        """As on the first day."""
        self.panels.setSizes([SIDE, max(self.width() - SIDE - CARD, 400), CARD])
        self.charts.setSizes([370, 360])
        self.actions_["experiments"].setChecked(True)
        self.sidebar.show()
        self.actions_["panic"].setChecked(True)
        self.deck.show_only(*(["Zone heatmap", "Zones"] if self.width() >= 1400 else ["Zone heatmap"]))
        self._refresh()

    def _restore(self) -> None:
        self.resize(1600, 1000)
        saved = self.settings.value("geometry")
        if isinstance(saved, QByteArray):
            self.restoreGeometry(saved)
        self.reset_layout()
        if self.settings.value("layout") == LAYOUT:
            for name, part in (("panels", self.panels), ("charts", self.charts)):
                state = self.settings.value(name)
                if isinstance(state, QByteArray):
                    part.restoreState(state)
            views = self.settings.value("views")
            titles = [views] if isinstance(views, str) else [str(v) for v in views] if isinstance(views, list) else []
            if any(view.title in titles for view in self.deck.views):
                self.deck.show_only(*titles)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the run first: its recording must be good. Then remember how the window looked."""
        self.styles_changed.disconnect(self._system_theme)
        self.settings.setValue("geometry", self.saveGeometry())
        if not self.card.isHidden():  # sizes of panels that are not there are of no use
            self.settings.setValue("panels", self.panels.saveState())
            self.settings.setValue("charts", self.charts.saveState())
            self.settings.setValue("views", self.deck.shown())
        self.settings.setValue("layout", LAYOUT)
        self.desk.shut_down()
        super().closeEvent(event)
