"""The main window: puts its parts in their places, and connects them to each other and to the actions."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication

from zoneviz import words
from zoneviz.app.shelving import repairable
from zoneviz.gui.kit import colours, strokes
from zoneviz.gui.kit import theme as themes
from zoneviz.gui.session.driven import Spec
from zoneviz.gui.session.jobs import cancel_in
from zoneviz.gui.views import views
from zoneviz.gui.views.compare import CompareView
from zoneviz.gui.views.events import EventsView
from zoneviz.gui.views.heatmap import HeatmapView
from zoneviz.gui.views.pages import PagesView
from zoneviz.gui.views.sql import SqlView
from zoneviz.gui.views.zones import ZonesView
from zoneviz.gui.window.actions import table
from zoneviz.gui.window.docks import STEP, areas, on_screen
from zoneviz.gui.window.documents import GLOSSARY, Reader
from zoneviz.gui.window.first_size import first_size, least_size
from zoneviz.gui.window.focusring import FocusRing
from zoneviz.gui.window.layout_dialog import list_layouts
from zoneviz.gui.window.notices import Notices
from zoneviz.gui.window.parts import Parts
from zoneviz.gui.window.preferences import STROKE
from zoneviz.gui.window.relocating import Relocating
from zoneviz.gui.window.search import Hit
from zoneviz.gui.window.status import caption, title
from zoneviz.gui.window.subject_menu import SubjectMenu
from zoneviz.gui.window.trail import SideButtons
from zoneviz.gui.window.windows import Windows, place
from zoneviz.recording.header import LIVE
from zoneviz.spec import RunSpec

MENU_MARGIN = 24
"""Pixels around the name of a menu, a little more than the style has."""


class MainWindow(Parts):
    """Shows one recording. `settings` remembers layout, theme and recent files; `folder`: whose recordings are listed;
    `windows`: the others that share them."""

    def __init__(self, settings: QSettings, folder: Path | None = None, windows: Windows | None = None) -> None:
        super().__init__(settings, table([view.title for view in views()]), folder, windows)
        self.focus_ring = FocusRing(self.session, self)
        self.notices = Notices(self)
        self.side_buttons = SideButtons(self.trail)
        self.subject_menu = SubjectMenu(self)
        self._lay_out()
        self._connect()
        self.setAcceptDrops(True)
        self.dress()
        self._restore()
        self.refresh()
        self.windows.join(self, self.session, self.leaving.quit)

    def _lay_out(self) -> None:
        self.setCentralWidget(self.places)
        self.setStatusBar(self.status)
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self.caption.setProperty("role", "muted")
        self.caption.setContentsMargins(0, 5, 12, 0)
        self.menuBar().setCornerWidget(self.caption)

    def _connect(self) -> None:
        session, desk, actions = self.session, self.desk, self.actions_
        actions.connect(self)
        actions.give_to(self.overview, self.timeline, *self.deck.views)
        self.overview.strip.opened.connect(self.timeline.show_table)
        self.sidebar.run.connect(self._run)
        self.transport.speed_changed.connect(desk.set_speed)
        self.sidebar.opened.connect(self.open_path)
        self.sidebar.recordings.compared.connect(self.compare_with)
        self.relocating = Relocating(self.sidebar.recordings, desk, self.second, self)
        self.welcome.run.clicked.connect(self._run_bomb)
        self.welcome.record.clicked.connect(self.record_machine)
        self.welcome.open.clicked.connect(self.choose_file)
        self.welcome.opened.connect(self.open_path)
        self.welcome.tour.take.clicked.connect(self.take_tour)
        self.welcome.capturing.clicked.connect(self.actions_["capturing"].trigger)
        self.starting.changed.connect(self.refresh)
        self.welcome.repair.clicked.connect(lambda: self.tools.repair(self.desk.refused) if self.desk.refused is not None else None)
        self.tools.opened.connect(self.open_path)
        self.sidebar.recordings.asked.connect(self.tools.act)
        self.palette_.chosen.connect(self._follow_hit)
        self.second.swapped.connect(self.open_path)
        self.stretch_acts.sliced.connect(self._used)
        session.variant_asked.connect(self._vary)
        session.run_asked.connect(self._run)
        self.sidebar.compare.connect(self.variants.start)
        for form in (self.sidebar.form, self.sidebar.machine):
            form.changed.connect(self._form_changed)
        self.variants.started.connect(lambda: self.deck.show_only(CompareView.title))
        self.variants.ready.connect(self._variant_ended)
        desk.progress.connect(self.status.refresh)
        desk.news.connect(lambda line: self.notices.show(line, self.status.state.text()))
        desk.recorded.connect(lambda _: self.notices.hide())
        desk.used.connect(self._used)
        session.recording_changed.connect(self._closed)
        session.grown.connect(self._first_events)
        for chosen in (session.selection_changed, self.timeline.legend.changed, self.timeline.measure.changed, self.trail.changed):
            chosen.connect(lambda: actions.refresh(self))
        self.preferences.changed.connect(self.dress)
        for view in self.deck.views:
            if view.time is not None:
                view.time.lock_changed.connect(self.refresh)
        for problem in (session.problem, desk.problem, self.variants.problem):
            problem.connect(self._problem)
        for changed in (
            desk.changed, self.second.changed, self.clock.changed, session.recording_changed, session.follow_changed,
            session.notebook.changed,
        ):  # fmt: skip
            changed.connect(self.refresh)
        shown = (view.menu_asked for view in (self.overview, self.timeline, self.panic, *self.deck.views))
        for asked in (*shown, self.palette_.menu_asked, self.stretch.menu_asked):
            asked.connect(self.subject_menu.open)
        self.window_asked.connect(self.new_window)
        self.beside_asked.connect(self.show_beside)
        self.places.docks.floats.connect(self.side_buttons.watch)
        arranged = self.edits.indexChanged, self.arrangement.changed, self.places.changed
        for changed in (*arranged, self.windows.changed, self.windows.link.changed):
            changed.connect(self._refresh_actions)
        list_layouts(actions.menus["Layouts"], self.arrangement)
        self.styles_changed = QApplication.styleHints().colorSchemeChanged
        self.styles_changed.connect(self.dress)

    # what is shown

    def refresh(self) -> None:
        """Update everything that depends on which recording is shown and on the run in progress."""
        session, desk = self.session, self.desk
        if session.player is not None and not self.shown and not session.live and not self.starting.covers:
            self.welcome.show_waiting()
        self.show_charts()
        self.transport.set_paused(desk.paused)
        session.standing.set_paused(desk.paused and desk.looking_at_run)
        self.transport.set_machine(self.sidebar.of_machine, desk.of_machine)
        self.sidebar.set_busy(desk.live, len(desk.queue))
        self.sidebar.recordings.set_live(desk.run.path if desk.live and desk.run is not None else None, desk.paused)
        self.sidebar.set_original(self.variants.original)
        self.sidebar.follow(session.player.recording.path if session.player else None, session.header)
        notes = len(session.notebook.notes)
        self.deck.tabs.say("Notes", f"Notes {notes}" if notes else "Notes")
        nouns = session.header.nouns
        self.deck.tabs.say(ZonesView.title, nouns)
        self.deck.tabs.say(HeatmapView.title, HeatmapView.title if nouns == "Zones" else f"{nouns.removesuffix('s')} heatmap")
        # Linux has pages, but no zone map.
        self.deck.tabs.say(PagesView.title, "Pages" if session.header.kind == LIVE else PagesView.title)
        self.actions_.refresh(self)
        self._say_caption()
        self.setWindowTitle(title(session))
        self.status.refresh()

    def _say_caption(self) -> None:
        """Say beside the menus what is shown, in the room they leave: Qt would hide menus for a longer text."""
        bar, metrics = self.menuBar(), self.caption.fontMetrics()
        room = self.width() - sum(metrics.horizontalAdvance(action.text()) + MENU_MARGIN for action in bar.actions()) - MENU_MARGIN
        said = metrics.elidedText(caption(self.session.player), Qt.TextElideMode.ElideRight, room)
        if self.caption.text() != said:
            self.caption.setText(said)
            self.caption.setToolTip(caption(self.session.player))
            bar.setCornerWidget(self.caption)  # Qt gives it its width only when it is set
            self.caption.show()

    def _form_changed(self) -> None:
        self.transport.set_machine(self.sidebar.of_machine, self.desk.of_machine)
        self.actions_.refresh(self)

    def _refresh_actions(self) -> None:
        self.actions_.refresh(self)

    def _first_events(self) -> None:
        if self.places.stack.currentIndex() == 0 and not self.starting.covers:
            self.refresh()

    def _problem(self, sentence: str) -> None:
        damaged = self._damaged(sentence)
        if self.session.player is None:
            self.welcome.show_problem(sentence, damaged is not None)
        elif damaged is not None:
            self.banner.say(sentence, "Repair…", lambda: self.tools.repair(damaged))
        else:
            self.banner.say(sentence)
        self.refresh()

    def _damaged(self, sentence: str) -> Path | None:
        """The recording that a problem is about, if it can be repaired."""
        for path in (self.desk.refused, self.on_show):
            if path is not None and sentence.startswith(str(path)) and repairable(path):
                return path
        return None

    def _used(self, path: Path) -> None:
        self.shelf.remember(path)
        self._restock()

    def _closed(self) -> None:
        """Nothing in the window refers to a recording that was closed."""
        if self.session.player is None:
            for bar in (self.find_bar, self.banner):
                bar.hide()
            self.finder.forget()
            self.welcome.show_empty()
            self._restock()

    def _restock(self) -> None:
        player = self.session.player
        self.sidebar.restock(player.recording.path if player is not None else None)

    def _follow_hit(self, hit: Hit) -> None:
        """Do what a result of the search stands for."""
        if hit.do == "action":
            self.actions_[str(hit.value)].trigger()
        elif hit.do == "select" and isinstance(hit.value, dict):
            self.session.select(**hit.value)
        elif hit.do == "moment" and isinstance(hit.value, int):
            self.session.ask_moment(hit.value)
        elif hit.do == "goal":
            self.find_bar.open()
            self.find_bar.field.setText(str(hit.value))
            self.find_bar.look(False)
        elif hit.do == "filter":
            self.deck.show_only(EventsView.title)
            self.deck.of(EventsView).filter_by(str(hit.value))
        elif hit.do == "term":
            reader = Reader(self, GLOSSARY)
            reader.show()
            reader.show_term(str(hit.value))
        elif hit.do == "sql":
            self.deck.show_only(SqlView.title)
            self.deck.of(SqlView).show_query(str(hit.value))

    # runs

    def _run(self, spec: Spec) -> None:
        self.banner.hide()
        self.desk.start(spec)

    def _run_bomb(self) -> None:
        self.sidebar.choose("fork-bomb")
        self.sidebar.ask_run()

    def start(self, spec: RunSpec, speed: str) -> None:
        """Run `spec` now. `speed`: a key of transport.SPEEDS."""
        self.sidebar.show_run(spec)
        self.transport.speed.set_value(speed)
        self._run(spec)

    def open_something(self) -> None:
        """Show the recording used last, or else the start page."""
        for path in self.shelf.recent()[:1]:
            if self.desk.open(path):
                return

    def _vary(self, changes: dict[str, str] | None) -> None:
        """Run the recording on show again with these settings, and compare. None: let the user choose them in the form."""
        if changes is not None:
            self.variants.vary(changes)
            return
        self.edit_variant()
        self.refresh()

    def _variant_ended(self, original: Path, variant: Path) -> None:
        """Compare the variant with its original if one of the two is on show; otherwise report that it has ended."""
        player = self.session.player
        shown = player.recording.path if player is not None else None
        if shown == variant and not self.open_path(original):
            return
        if shown in (original, variant):
            self.compare_with(variant)
        else:
            names = (words.middle(path.name, 60) for path in (variant, original))
            self.banner.say("{} has ended. To compare it, open {}, then File > Compare with another recording.".format(*names))

    # further windows

    def new_window(self) -> "MainWindow":
        """Open another window, a step further, with this one's layout."""
        made = MainWindow(self.settings, self.folder, self.windows)
        made.arrangement.apply(replace(self.arrangement.capture(), out=(), docks=b""))
        made.resize(self.size())
        made.move(on_screen(QRect(self.pos() + QPoint(STEP, STEP), self.size()), areas()).topLeft())
        made.show()
        return made

    def show_beside(self, path: Path) -> None:
        """Open `path` in another window, place the two side by side, without panels, and link their times."""
        self.arrangement.change("open beside", self._without_panels)
        made = self.new_window()
        place([self, made], self.screen().availableGeometry())
        made.open_paths([path])
        self.windows.link.set_on(True, self.session)

    def _without_panels(self) -> None:
        self.sidebar.hide()
        self.places.show_card(False)

    # theme and layout

    def dress(self) -> None:
        """Apply the preferences: theme, text size, colour map, units."""
        chosen = themes.chosen(self.preferences["theme"])
        colours.choose_map(self.preferences["colour_map"])
        words.choose_units(self.preferences["units"])
        self.session.follow_new = self.preferences["follow"] == "followed"
        strokes.choose(STROKE if self.preferences.presenting else 1.0)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            themes.apply(app, chosen, self.preferences.text_scale)
        self.places.scale(self.preferences.text_scale)
        self.session.set_theme(chosen)
        self._restock()  # sizes may be in other units
        self.actions_.refresh(self)
        self.status.refresh()

    def reset_layout(self) -> None:
        """Reset which views and panels are visible, and their sizes."""
        super().reset_layout()
        self.refresh()

    def _restore(self) -> None:
        available = self.screen().availableSize()
        self.setMinimumSize(least_size(available))
        self.resize(first_size(available))
        saved = self.settings.value("geometry")
        if isinstance(saved, QByteArray):
            self.restoreGeometry(saved)
        self.reset_layout()
        self.arrangement.restore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the palette in the middle, and the caption beside the menus."""
        super().resizeEvent(event)
        self.palette_.place()
        self.stretch.place()
        self._say_caption()

    def showEvent(self, event: QShowEvent) -> None:
        """Listen to the back and forward buttons of the mouse, now that the system's window exists."""
        super().showEvent(event)
        self.side_buttons.watch(self.windowHandle())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys for charts work wherever the focus is, unless it is in a widget that uses them: a text field, a list."""
        action = self.actions_.for_key(event)
        if action is not None and action.isEnabled():
            action.trigger()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept local files and folders, and text."""
        if event.mimeData().hasText() or any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        self.take(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the run, so that its recording is complete; ask first if the user closes the window. Then save the layout."""
        if event.spontaneous() and self.leaving.ask():
            event.ignore()
            return
        self.styles_changed.disconnect(self.dress)
        self.settings.setValue("geometry", self.saveGeometry())
        self.arrangement.remember()
        self.desk.shut_down()
        self.notices.hide()
        self.windows.leave(self, self.session)
        if self.windows.all:  # the last one is deleted at the end of the program
            cancel_in(self)
            self.deleteLater()
        super().closeEvent(event)
