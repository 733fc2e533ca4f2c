"""The parts of the main window, which its actions act on."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QSettings, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QFrame, QLabel, QLineEdit, QMainWindow, QPlainTextEdit, QWidget

from zoneviz.app.examples import for_tour
from zoneviz.app.shelving import RECORDING, SCENARIO, SWEEP, kind_of, recordings_in
from zoneviz.app.spec import recordings_folder
from zoneviz.gui.session.clock import Clock
from zoneviz.gui.session.desk import Desk
from zoneviz.gui.session.kept import Kept
from zoneviz.gui.session.second import SecondRecording
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.shelf import Shelf
from zoneviz.gui.session.variants import Variants
from zoneviz.gui.views import views
from zoneviz.gui.views.compare import CompareView
from zoneviz.gui.views.overview import Overview
from zoneviz.gui.views.panic import PanicView
from zoneviz.gui.views.timeline import Timeline
from zoneviz.gui.window.arrangement import Arrangement
from zoneviz.gui.window.deck import Deck
from zoneviz.gui.window.documents import CAPTURING, Reader
from zoneviz.gui.window.finder import FindBar, Finder
from zoneviz.gui.window.importing import ImportDialog
from zoneviz.gui.window.leaving import Leaving
from zoneviz.gui.window.live_bar import LiveBar
from zoneviz.gui.window.marker import Marker
from zoneviz.gui.window.menus import Action, Actions
from zoneviz.gui.window.note_bar import NoteBar
from zoneviz.gui.window.own_scenario import LoadScenario
from zoneviz.gui.window.palette import Palette
from zoneviz.gui.window.places import Places
from zoneviz.gui.window.saving import SavePicture
from zoneviz.gui.window.sidebar import Sidebar
from zoneviz.gui.window.starting import Starting
from zoneviz.gui.window.status import Banner, Status
from zoneviz.gui.window.stretch_acts import StretchActs
from zoneviz.gui.window.stretch_card import StretchCard
from zoneviz.gui.window.sweeps import SweepWindow
from zoneviz.gui.window.tools import Tools
from zoneviz.gui.window.tour import Tour
from zoneviz.gui.window.trail import Trail
from zoneviz.gui.window.transport import Transport
from zoneviz.gui.window.welcome import Welcome
from zoneviz.gui.window.windows import Windows
from zoneviz.scenarios import Scenario

FILTERS = ";;".join((
    "All files that can be opened (*)", "Recordings (*.zvz *.zvz.zst)", "Results of sweeps (*.zvs)", "Scenarios (*.py)",
    "macOS panic reports and JetsamEvents (*.panic *.ips)",
    "Listings, logs and traces (*.txt *.log *.slabinfo *.dmesg *.trace *.csv *.json *.jsonl)",
    "Archives (*.zip *.tar *.gz *.tgz *.zst)",
))  # fmt: skip
"""What the file dialog offers; the content of a file decides what it is."""


TEXTS = (QLineEdit, QPlainTextEdit)
"""Widgets in which the user may be typing."""


class Parts(QMainWindow):
    """Makes session, desk, actions, views and bars. `settings` remembers layout, theme and recent files; `table`: the actions.

    `folder`: whose recordings are listed beside those that were opened; None lists no folder. `windows`: those that share the settings.
    """

    window_asked = Signal()
    """The user wants another window."""
    beside_asked = Signal(object)
    """The user wants this path in another window, side by side with this one."""

    def __init__(
        self, settings: QSettings, table: Sequence[Action["Parts"]], folder: Path | None = None, windows: Windows | None = None
    ) -> None:
        super().__init__()
        self.settings, self.folder = settings, folder
        self.windows = windows or Windows(settings)
        self.preferences = self.windows.preferences
        self.session = Session(self)
        self.session.queries.keep_in(settings)
        Kept.of(self.session).keep_in(settings)
        self.edits = self.session.notebook.edits
        """What can be undone."""
        self.second = SecondRecording.of(self.session)
        self.desk = Desk(self.session, self)
        self.variants = Variants(self.session, self.desk, self)
        self.shelf = Shelf(settings, folder)
        self.actions_ = Actions(self, table)
        self.sidebar = Sidebar(self.shelf, self)
        self.clock = Clock(self.session, self)
        self.finder = Finder(self.session, self)
        self.find_bar = FindBar(self.finder, self)
        self.note_bar = NoteBar(self.session, self)
        self.marker = Marker(self.session, self)
        self.live_bar = LiveBar(self.desk, self)
        self.transport = Transport(self.session, self.clock, self.actions_, self)
        self.overview, self.timeline = Overview(self.session), Timeline(self.session)
        self.deck = Deck([view(self.session) for view in views()])
        self.trail = Trail(self.session, self.clock, self.deck, self)
        self.panic = PanicView(self.session)
        self.welcome = Welcome()
        self.starting = Starting(self.welcome, self.session, self.shelf, self.sidebar, settings, self)
        self.banner = Banner()
        self.leaving = Leaving(self.desk, self, self.banner.say)
        self.tools = Tools(self)
        floating: list[QFrame] = [self.find_bar, self.note_bar, self.banner]
        charts: list[QWidget] = [self.overview, self.timeline]
        self.places = Places(self.transport, floating, self.sidebar, self.panic, self.welcome, charts, self.deck)
        self.arrangement = Arrangement(self.places, settings, self.edits, self)
        self.status = Status(self.session, self.desk, self.live_bar, self)
        self.caption = QLabel(self)
        self.palette_ = Palette(self.session, self)
        self.stretch = StretchCard(self.session, self, self.deck.splitter, self.status)
        self.tour = Tour(self, self.session)
        self.stretch_acts = StretchActs(self.session, self.stretch, self)

    @property
    def shown(self) -> bool:
        """Whether a recording with events is on show."""
        return self.session.player is not None and self.session.last > 0 and not self.starting.covers

    @property
    def on_show(self) -> Path:
        """The file of the recording on show; "." without one, when nothing asks."""
        return self.session.player.recording.path if self.session.player is not None else Path()

    # files

    def open_path(self, path: Path) -> bool:
        """Show the recording at `path`. False if that failed; the problem is on show."""
        self.banner.hide()
        opened = self.desk.open(path)
        if opened and self.timeline.isVisible() and not isinstance(self.focusWidget(), TEXTS):
            self.timeline.chart.setFocus(Qt.FocusReason.OtherFocusReason)  # its keys work at once
        return opened

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open files and folders of any kind, as their contents decide: `app.shelving.kind_of`.

        A recording is shown, two are compared; a scenario file becomes an experiment, after asking; the results of a sweep are charted;
        anything else is imported, after saying what it holds. A folder of recordings lists them and shows the newest.
        """
        self.banner.hide()
        kinds = [kind_of(path) for path in paths]
        inside = recordings_in(paths[0]) if len(paths) == 1 else []
        if kinds == [SCENARIO]:
            dialog = LoadScenario(self, paths[0])
            dialog.loaded.connect(self._scenario_loaded)
            dialog.show()
        elif kinds == [SWEEP]:
            self.show_sweeps().open(paths[0])
        elif inside:
            self._imported(inside[0], inside[1:])
        elif kinds in ([RECORDING], [RECORDING, RECORDING]):
            if self.open_path(paths[0]) and len(paths) == 2:
                self.compare_with(paths[1])
        elif set(kinds) == {RECORDING}:
            self._imported(paths[0], paths[1:])
        elif kinds:
            self.import_(paths)

    def show_sweeps(self) -> SweepWindow:
        """Show the window of sweeps, which is made on first use."""
        found = self.findChild(SweepWindow)
        if found is None:
            found = SweepWindow(self.session, recordings_folder(), self)
            found.run_asked.connect(self.desk.start)
            found.export_asked.connect(self.tools.export)
        found.show()
        found.raise_()
        return found

    def _scenario_loaded(self, scenario: Scenario) -> None:
        self.sidebar.show()
        self.sidebar.add_scenario(scenario)

    def import_(self, source: Sequence[Path] | str) -> None:
        """Say what captures hold, then record and show them. `source`: files and folders, or a text."""
        self.banner.hide()
        dialog = ImportDialog(self, source, recordings_folder())
        dialog.made.connect(self._imported)
        dialog.help_asked.connect(lambda: Reader(self, CAPTURING).show())
        dialog.show()

    def _imported(self, path: Path, others: Sequence[Path]) -> None:
        for other in reversed(others):
            self.shelf.remember(other)
        self.open_path(path)

    def paste(self) -> None:
        """Open the files or the text in the clipboard."""
        self.take(QGuiApplication.clipboard().mimeData())

    def take(self, data: QMimeData | None) -> None:
        """Open what was pasted or dropped: local files and folders, or a text."""
        paths = [Path(url.toLocalFile()) for url in (data.urls() if data is not None else ()) if url.isLocalFile()]
        if paths:
            self.open_paths(paths)
        elif data is not None and data.text().strip():
            self.import_(data.text())
        else:
            self.banner.say("The clipboard has neither files nor text. Copy a panic report or a listing, then paste it here.")

    def choose_file(self) -> None:
        """Ask for recordings or captures and open them."""
        paths, _ = QFileDialog.getOpenFileNames(self, "Open files", str(self.shelf.folder), FILTERS)
        if paths:
            self.shelf.folder = Path(paths[0]).parent
            self.open_paths([Path(path) for path in paths])

    def choose_beside(self) -> None:
        """Ask for a recording and show it in another window beside this one."""
        path, _ = QFileDialog.getOpenFileName(self, "Open a recording beside this one", str(self.shelf.folder), FILTERS)
        if path:
            self.shelf.folder = Path(path).parent
            self.beside_asked.emit(Path(path))

    def choose_folder(self) -> None:
        """Ask for a folder of captures and open them."""
        path = QFileDialog.getExistingDirectory(self, "Open a folder of captures", str(self.shelf.folder))
        if path:
            self.shelf.folder = Path(path)
            self.open_paths([Path(path)])

    def clear_recent(self) -> None:
        """Clear the list of recent files; the files stay."""
        self.shelf.forget()
        self.sidebar.restock()

    def compare_with(self, path: Path) -> None:
        """Compare the recording at `path` with the one on show."""
        self.deck.show_only(CompareView.title)
        self.second.open(path)

    def choose_second(self) -> None:
        """Ask for a recording to compare with the one on show."""
        self.deck.show_only(CompareView.title)
        self.deck.of(CompareView).ask()

    def save_picture(self) -> None:
        """Ask which part of the window to save or copy as a picture; the view with the focus is chosen first."""
        views = [view for view in (self.timeline, self.overview, self.panic, *self.deck.views) if view.isVisible()]
        parts: dict[str, QWidget] = {view.title: view for view in views} | {"Window": self}
        focus = next((view.title for view in views if view.isAncestorOf(self.focusWidget() or self)), self.timeline.title)
        dialog = SavePicture(self, parts, focus, self.session, self.shelf.folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    # layout

    def show_charts(self) -> None:
        """The charts if there is something to draw, otherwise the welcome sheet."""
        self.places.show_charts(self.shown)

    def reset_layout(self) -> None:
        """Reset which views and panels are visible, and their sizes."""
        self.places.reset()
        self.show_charts()

    def take_tour(self) -> None:
        """Open the example of the guided tour, show all that it explains, and start it."""
        self.tour.leave()
        self.starting.offer_no_more()
        example = for_tour()
        if example is not None and self.open_path(example):
            self.sidebar.show()
            self.places.insist_on_card()
            self.tour.begin()

    def edit_variant(self) -> None:
        """Copy the settings of the recording on show to the form, to change some of them."""
        self.sidebar.show()
        self.sidebar.copy_values()

    def record_machine(self) -> None:
        """Show the form for a recording of this machine."""
        self.sidebar.show()
        self.sidebar.show_machine()
