"""Every action of the window, one row each. The menus, the keys, the search and what is enabled come from this table."""

from collections.abc import Sequence

from PySide6.QtCore import Qt

from zoneviz import words
from zoneviz.app.examples import for_tour
from zoneviz.gui.kit.theme import THEMES
from zoneviz.gui.session.turning import Turning
from zoneviz.gui.views.flame import FlameView
from zoneviz.gui.window import timed
from zoneviz.gui.window.docks import EDGES
from zoneviz.gui.window.documents import CAPTURING, GLOSSARY, Reader
from zoneviz.gui.window.filing import show_folder
from zoneviz.gui.window.help import about, keys
from zoneviz.gui.window.layout_dialog import LayoutDialog
from zoneviz.gui.window.menus import Action
from zoneviz.gui.window.parts import Parts
from zoneviz.gui.window.preferences import PreferencesDialog
from zoneviz.gui.window.reporting import MakeReport
from zoneviz.gui.window.subject_menu import ask_with_the_keyboard

PAUSE = "Pause or resume the run. A live machine does not pause: its kernel keeps the newest events until you resume"


def table(titles: Sequence[str]) -> list[Action[Parts]]:
    """All actions, in the order of their menus. `titles`: of the views that have a tab."""
    seeing = [*_views(titles), *_view(), *_arranging(), *_themes()]
    return [*_file(), *_recording(), *_edit(), *_run(), *seeing, *_playing(), *_moving(), *_finding(), *_notes(), *_help()]


def _shown(parts: Parts) -> bool:
    return parts.shown


def _stretch(parts: Parts) -> bool:
    return parts.shown and parts.session.selection.range is not None


def _live(parts: Parts) -> bool:
    return parts.desk.live


def _compared(parts: Parts) -> bool:
    return parts.second.comparison is not None


def _parted(parts: Parts) -> bool:
    return parts.second.parted


def _one(parts: Parts) -> str:
    """What a step goes to."""
    return "reading" if len(parts.session.series.readings) else "event"


def _many(parts: Parts) -> int:
    """How many of them a large step passes."""
    return 10 if len(parts.session.series.readings) else 1000


def _run_words(parts: Parts) -> str:
    return "Queue this &run" if parts.desk.live else "&Record this machine" if parts.sidebar.of_machine else "&Run experiment"


def _file() -> list[Action[Parts]]:
    return [
        Action("open", "File", "&Open…", "Open recordings, captures, event streams, scenario files, results of sweeps",
               Parts.choose_file, ("Ctrl+O",)),
        Action("open_folder", "File", "Open &folder…", "Open a folder of captures: its files become recordings, one for each boot",
               Parts.choose_folder, ("Ctrl+Alt+O",)),
        Action("paste", "File", "O&pen from clipboard", "Open a copied panic report, listing or log, or copied files", Parts.paste,
               ("Ctrl+V",)),
        Action("compare", "File", "Compare &with another recording…", "Choose a recording to compare with this one", Parts.choose_second,
               ("Ctrl+Shift+O",), lambda p: p.shown and not p.session.live),
        Action("new_window", "File", "&New window", "Open another window, for another recording", lambda p: p.window_asked.emit(),
               ("Ctrl+Shift+N",)),
        Action("beside", "File", "Open &beside…", "Open a recording in another window side by side with this one, at the same time",
               Parts.choose_beside, ("Ctrl+Alt+B",), _shown),
        Action("picture", "File", "Save or copy a &picture…", "Save a view or the window as PNG, SVG or PDF", Parts.save_picture,
               ("Ctrl+Shift+S",), _shown),
        Action("report", "File", "Make a repor&t…", "Make an archive that explains this run to someone without zoneviz",
               lambda p: MakeReport(p, p.session, p.shelf.folder).show(), ("Ctrl+Shift+E",), _shown),
        Action("close", "File", "&Close recording", "Close the recording on show", lambda p: p.desk.close_recording(), ("Ctrl+W",),
               lambda p: p.session.player is not None, separated=True),
        Action("forget", "File", "Clear recent files", "Remove files outside the folder of recordings from the list; they stay",
               Parts.clear_recent),
        Action("close_window", "File", "Close w&indow", "Close this window; during a run, ask what becomes of it",
               lambda p: p.leaving.quit(), ("Ctrl+Shift+W",), separated=True),
        Action("quit", "File", "&Quit", "Close all windows; during a run, ask what becomes of it", lambda p: p.windows.quit(), ("Ctrl+Q",)),
    ]  # fmt: skip


def _recording() -> list[Action[Parts]]:
    def complete(parts: Parts) -> bool:
        return parts.session.player is not None and not parts.session.live

    def own(parts: Parts) -> bool:
        return complete(parts) and parts.sidebar.recordings.may_move(parts.on_show)

    def tool(name: str, text: str, help_: str, keys: tuple[str, ...] = (), separated: bool = False) -> Action[Parts]:
        return Action(name, "Recording", text, help_, lambda p: p.tools.act(name, p.on_show), keys, complete, separated=separated)

    return [
        Action("export", "Recording", "&Export…", "Write the recording, or one view of it, in another format",
               lambda p: p.tools.export(p.on_show, p.session.moment, p.session.selection.range), ("Ctrl+E",), complete),
        tool("pack", "&Pack…", "Compress the recording for sending; it opens as it is"),
        tool("unpack", "&Unpack…", "Write a packed recording as a plain SQLite file, for other programs"),
        tool("verify", "&Verify", "Check the recording, and whether running it again gives the same events", separated=True),
        tool("repair", "&Repair…", "Save what is readable of a damaged recording in a new file"),
        Action("rename", "Recording", "Re&name…", "Give the file of the recording another name",
               lambda p: p.sidebar.recordings.rename(p.on_show), enabled=own, separated=True),
        Action("tags", "Recording", "&Tags…", "Change the tags of the recording, by which it can be searched",
               lambda p: p.sidebar.recordings.tag(p.on_show), enabled=complete),
        Action("show_folder", "Recording", "&Show in folder", "Open the folder of the recording in the file manager",
               lambda p: show_folder(p.on_show), enabled=complete),
        Action("trash", "Recording", "Move to trash", "Move the recording to the trash; Undo below the list puts it back",
               lambda p: p.sidebar.recordings.discard(p.on_show), enabled=own),
    ]  # fmt: skip


def _edit() -> list[Action[Parts]]:
    return [
        Action("undo", "Edit", "&Undo", "Undo the last change of notes, marks or layout", lambda p: p.edits.undo(), ("Ctrl+Z",),
               lambda p: p.edits.canUndo(), renamed=lambda p: f"&Undo {p.edits.undoText()}".strip()),
        Action("redo", "Edit", "&Redo", "Make the change again that was undone last", lambda p: p.edits.redo(), ("Ctrl+Shift+Z", "Ctrl+Y"),
               lambda p: p.edits.canRedo(), renamed=lambda p: f"&Redo {p.edits.redoText()}".strip()),
        Action("context", "Edit", "Context &menu", "What can be done with the current row or the moment; also on the right button",
               lambda _: ask_with_the_keyboard(), ("Shift+F10", "Menu"), separated=True),
    ]  # fmt: skip


def _run() -> list[Action[Parts]]:
    return [
        Action("run", "Run", "&Run experiment", "Run the experiment in the form and record it", lambda p: p.sidebar.ask_run(), ("Ctrl+R",),
               lambda p: p.sidebar.ready, renamed=_run_words),
        Action("record", "Run", "Record this &machine…", "Show the form for a recording of the kernel that runs now", Parts.record_machine,
               ("Ctrl+Shift+M",)),
        Action("run_compare", "Run", "Run and &compare with this recording", "Run the form's settings, then compare with this recording",
               lambda p: p.sidebar.ask_compare(), ("Ctrl+Alt+R",), lambda p: p.sidebar.comparable),
        Action("sweep", "Run", "&New sweep…", "Run a scenario with many settings, and see how each run ends", Parts.show_sweeps,
               ("Ctrl+Alt+S",)),
        Action("pause", "Run", "&Pause", PAUSE, lambda p: p.desk.toggle_pause(), ("Ctrl+P",), _live,
               renamed=lambda p: "&Resume" if p.desk.paused else "&Pause"),
        Action("step", "Run", "S&tep", "Pause, and run to the next event; of this machine, take a reading now", lambda p: p.desk.step(),
               ("F10",), _live, renamed=lambda p: "&Take a reading now" if p.desk.of_machine else "S&tep"),
        Action("stop", "Run", "&Stop", "End the run; its recording is complete up to here", lambda p: p.desk.stop(), ("Shift+F5",), _live),
        Action("when", "Run", "&When would it have helped?", "Find until when each limit would still have prevented the end of this run",
               search_when, ("Ctrl+Alt+W",), lambda p: Turning.of(p.session).able, separated=True),
        Action("to_run", "Run", "Show the running &experiment", "Show the recording of the run in progress", lambda p: p.desk.show_run(),
               ("Ctrl+Shift+R",), lambda p: p.desk.live and not p.desk.looking_at_run, separated=True),
        Action("unqueue", "Run", "Clear the &queue", "Remove the runs that have not started", lambda p: p.desk.clear_queue(),
               enabled=lambda p: bool(p.desk.queue)),
    ]  # fmt: skip


def search_when(parts: Parts) -> None:
    """Search, and show the card, which reports the progress and the results."""
    parts.places.show_card(True)
    card = parts.panic.when
    card.turning.search()
    parts.panic.reveal(card)


def _views(titles: Sequence[str]) -> list[Action[Parts]]:
    def row(number: int, title: str) -> Action[Parts]:
        key = (f"Ctrl+{number}",) if number <= 9 else ()
        return Action(f"view {title}", "View", title, f"Show the view {title} alone", lambda p: p.deck.go_to(title), key,
                      lambda p: not p.deck.tabs.is_gone(title))  # fmt: skip

    return [row(number, title) for number, title in enumerate(titles, 1)]


def _view() -> list[Action[Parts]]:
    return [
        Action("in", "View", "Zoom &in", "Show a shorter stretch around the moment", lambda p: timed.axis(p).zoom(0.7), ("W",), _shown,
               chart=True, separated=True),
        Action("out", "View", "Zoom &out", "Show a longer stretch around the moment", lambda p: timed.axis(p).zoom(1 / 0.7), ("S",),
               _shown, chart=True),
        Action("left", "View", "Pan &left", "Show what comes before", lambda p: timed.axis(p).pan(-0.2), ("A",), _shown, chart=True),
        Action("right", "View", "Pan &right", "Show what comes after", lambda p: timed.axis(p).pan(0.2), ("D",), _shown, chart=True),
        Action("zoom_chosen", "View", "Zoom to &selection", "Show the selected stretch", lambda p: p.session.show_selected(), ("Z",),
               _shown, chart=True),
        Action("stretch", "View", "F&igures of the selection", "Show how long the selected stretch is and what grew in it",
               lambda p: p.stretch.open(), ("I",), _stretch, chart=True),
        Action("diagnose_stretch", "View", "Diagnose the selec&ted stretch", "Say what grew in the selected stretch, and why",
               lambda p: p.stretch_acts.diagnose(), enabled=_stretch),
        Action("slice", "View", "Save the selected stretch as a recording…", "Make a recording of the selected stretch alone",
               lambda p: p.stretch_acts.slice(), enabled=_stretch),
        Action("fit", "View", "&Fit whole run", "Show the whole run", lambda p: timed.axis(p).fit(), ("F",), _shown, chart=True),
        Action("only_band", "View", "Show &only the selected band", "Show only the band of the selection in the timeline, or all again",
               lambda p: p.timeline.legend.isolate(p.timeline.band()), ("O",), lambda p: p.shown and bool(p.timeline.band()),
               lambda p: bool(p.timeline.band()) and p.timeline.legend.only == p.timeline.band(), chart=True, separated=True),
        Action("hide_band", "View", "&Hide the selected band", "Draw the timeline without the band of the selection, or with it again",
               lambda p: p.timeline.legend.hide_band(p.timeline.band()), ("H",), lambda p: p.shown and bool(p.timeline.band()),
               chart=True),
        Action("all_bands", "View", "Show all &bands", "Draw all bands of the timeline", lambda p: p.timeline.legend.show_all(),
               ("Shift+H",), lambda p: p.shown and p.timeline.legend.partial, chart=True),
        Action("growth", "View", "&Growth instead of bytes", "Show in the timeline what was added since boot, the first reading or the "
               "start of the selection", lambda p: p.timeline.show_growing(not p.timeline.source.growing), ("G",), _shown,
               lambda p: p.timeline.source.growing, chart=True),
        Action("share_time", "View", "Same &time in all views",
               "Views show the stretch of the timeline; without it, the one with the focus zooms and pans alone", timed.toggle, ("T",),
               _shown, timed.shared, chart=True),
        Action("by_event", "View", "Use &event number as axis", "Numbers of events or readings on the axis instead of time",
               lambda p: p.session.set_by_event(not p.session.series.by_event), ("E",),
               lambda p: p.shown and not p.session.series.forced_by_event, lambda p: p.session.series.by_event,
               lambda p: f"Use &{_one(p)} number as axis", chart=True),
        Action("experiments", "View", "Experiments and recordings", "Show or hide the left column",
               lambda p: p.sidebar.setVisible(p.sidebar.isHidden()), ("Ctrl+B",),
               checked=lambda p: not p.sidebar.isHidden(), separated=True),
        Action("panic", "View", "Panic card", "Show or hide the right column", lambda p: p.places.toggle_card(), ("Ctrl+Shift+B",),
               checked=lambda p: p.places.card_wanted and not p.places.card.isHidden()),
        Action("full_screen", "View", "F&ull screen", "Fill the screen with the window, or return to its size",
               lambda p: p.setWindowState(p.windowState() ^ Qt.WindowState.WindowFullScreen), ("F11",), checked=lambda p: p.isFullScreen(),
               separated=True),
        Action("present", "View", "Presentation si&ze", "Larger text and thicker lines, to be read from the back of a room",
               lambda p: p.preferences.present(not p.preferences.presenting), ("Shift+F11",),
               checked=lambda p: p.preferences.presenting),
        Action("link", "View", "Same &time in all windows", "Moment and visible range follow each other in all windows",
               lambda p: p.windows.link.set_on(not p.windows.link.on, p.session), ("Ctrl+Shift+L",),
               lambda p: p.shown and len(p.windows.all) > 1, lambda p: p.windows.link.on),
        Action("settings", "View", "&Settings…", "Theme, text size, colours, units",
               lambda p: PreferencesDialog(p.preferences, lambda: _reset(p), p).show(), ("Ctrl+,",), separated=True),
    ]  # fmt: skip


def _reset(parts: Parts) -> None:
    parts.arrangement.change("reset layout", parts.reset_layout)


def _arranging() -> list[Action[Parts]]:
    def moved(name: str, edge: str) -> Action[Parts]:
        return Action(f"dock {edge}", name, f"Dock at the &{edge}", f"Dock the view with the focus at the {edge} of the charts",
                      lambda p: p.arrangement.dock(edge), (), _shown,
                      renamed=lambda p: f"Dock {p.arrangement.current()} at the &{edge}")  # fmt: skip

    def float_words(parts: Parts) -> str:
        view = parts.arrangement.current()
        return f"&Return {view} to the tabs" if parts.arrangement.is_out(view) else f"&Float {view}"

    return [
        Action("float", "Move view", "&Float", "Give the view with the focus its own window, or return it to the tabs",
               lambda p: p.arrangement.toggle_float(), ("Ctrl+Shift+F",), _shown, renamed=float_words),
        *(moved("Move view", edge) for edge in EDGES),
        Action("layouts", "Layouts", "&Save or change layouts…", "Save which views are visible, where, and their sizes, under a name",
               lambda p: LayoutDialog(p.arrangement, p).show(), enabled=_shown),
        Action("reset", "Layouts", "&Reset layout", "Reset which views and columns are visible, and their sizes", _reset),
    ]  # fmt: skip


def _themes() -> list[Action[Parts]]:
    def row(theme: str) -> Action[Parts]:
        help_ = "Follow the desktop's theme" if theme == "system" else f"Use {theme} colours"
        return Action(f"theme {theme}", "Theme", theme.capitalize(), help_, lambda p: p.preferences.choose("theme", theme),
                      checked=lambda p: p.preferences["theme"] == theme)  # fmt: skip

    return [row(theme) for theme in THEMES]


def _playing() -> list[Action[Parts]]:
    return [
        Action("play", "Go", "&Play", "Play the recording from the moment; while following a run, pause it", _play, ("Space",), _shown,
               renamed=lambda p: "&Stop playing" if p.clock.playing else "&Play", chart=True),
        Action("slower", "Go", "Play slower", "Play at the next lower speed", lambda p: p.clock.change_speed(-1), ("-",), _shown,
               chart=True),
        Action("faster", "Go", "Play faster", "Play at the next higher speed", lambda p: p.clock.change_speed(1), ("+", "="), _shown,
               chart=True),
        Action("loop", "Go", "&Loop selection", "Play the selected stretch, or the whole run, in a loop",
               lambda p: p.clock.set_loop(not p.clock.looped), ("L",), _shown, lambda p: p.clock.looped, chart=True),
    ]  # fmt: skip


def _play(parts: Parts) -> None:
    """Play or stop playing. While a run is followed, pause or resume it: one key for whatever moves."""
    if parts.session.follow:
        parts.desk.toggle_pause()
    else:
        parts.clock.toggle()


def _moving() -> list[Action[Parts]]:
    return [
        Action("place_back", "Go", "&Back", "Go back to the place visited before: moment, visible range, selection and views",
               lambda p: p.trail.go(-1), ("Alt+Left",), lambda p: p.shown and p.trail.can_go_back, separated=True),
        Action("place_forward", "Go", "For&ward", "Go forward again to the place that Back has left", lambda p: p.trail.go(1),
               ("Alt+Right",), lambda p: p.shown and p.trail.can_go_forward),
        Action("first", "Go", "Go to &start", "Go to the moment before the first event", lambda p: p.session.ask_moment(0), ("Home",),
               _shown, separated=True),
        Action("last", "Go", "Go to &end or panic", "Go to the last event", lambda p: p.session.ask_moment(p.session.last), ("End",),
               _shown),
        Action("to_panic", "Go", "Go to the p&anic", "Go to the event of the panic", lambda p: p.session.ask_panic(), ("Ctrl+End",),
               _shown),
        Action("back", "Go", "P&revious event", "Go back by one event or reading", lambda p: p.session.step(-1), (",",), _shown,
               renamed=lambda p: f"P&revious {_one(p)}", chart=True, separated=True),
        Action("next", "Go", "&Next event", "Go forward by one event or reading", lambda p: p.session.step(1), (".",), _shown,
               renamed=lambda p: f"&Next {_one(p)}", chart=True),
        Action("back_far", "Go", "Back 1,000 events", "Go back by 1,000 events, or 10 readings", lambda p: p.session.step(-_many(p)),
               ("Shift+PgUp",), _shown, renamed=lambda p: f"Back {words.number(_many(p))} {_one(p)}s"),
        Action("next_far", "Go", "Forward 1,000 events", "Go forward by 1,000 events, or 10 readings", lambda p: p.session.step(_many(p)),
               ("Shift+PgDown",), _shown, renamed=lambda p: f"Forward {words.number(_many(p))} {_one(p)}s"),
        Action("follow", "Go", "&Follow the run", "Keep the moment at the last event while the run records",
               lambda p: p.session.set_follow(not p.session.follow), ("Ctrl+L",), lambda p: p.session.live and p.desk.looking_at_run,
               lambda p: p.session.follow),
    ]  # fmt: skip


def _finding() -> list[Action[Parts]]:
    return [
        Action("search", "Go", "&Search or SQL…", "Find actions, zones, tasks and moments; or query the recording in SQL", _search,
               ("/", "Ctrl+K"), separated=True),
        Action("find", "Go", "Find event &or condition…", "Go to the next event that matches a filter or a condition",
               lambda p: p.find_bar.open(), ("Ctrl+F",), _shown),
        Action("find_next", "Go", "Find next", "Go to the next match", lambda p: p.find_bar.look(False), ("F3",), _shown),
        Action("find_back", "Go", "Find previous", "Go to the previous match", lambda p: p.find_bar.look(True), ("Shift+F3",), _shown),
        Action("search_paths", "Go", "Search call pa&ths…", "Find functions in the call paths, and how much memory is theirs",
               _search_paths, ("Ctrl+G",), _with_paths),
        Action("touch_next", "Go", "Next event of the selec&tion", "Go to the next event that touches the selected port, thread or task",
               lambda p: p.finder.look_touching(), ("F4",), _shown),
        Action("touch_back", "Go", "Previous event of the selection", "Go to the previous event that touches the selection",
               lambda p: p.finder.look_touching(True), ("Shift+F4",), _shown),
        Action("part_next", "Go", "Next &difference of A and B", "Go to the next event where the two recordings differ",
               lambda p: p.second.to_difference(1), ("F6",), _parted),
        Action("part_back", "Go", "Previous difference of A and B", "Go to the previous event where the two recordings differ",
               lambda p: p.second.to_difference(-1), ("Shift+F6",), _parted),
        Action("clear", "Go", "&Clear one level of the selection", "Remove what was selected last", lambda p: p.session.clear_one(),
               ("Esc",), _shown, separated=True),
        Action("clear_all", "Go", "Clear the whole selection", "Select nothing", lambda p: p.session.clear_all(), ("Shift+Esc",), _shown),
    ]  # fmt: skip


def _with_paths(parts: Parts) -> bool:
    return parts.shown and not parts.deck.of(FlameView).why_not()


def _search_paths(parts: Parts) -> None:
    parts.deck.go_to(FlameView.title)
    parts.deck.of(FlameView).start_search()


def _search(parts: Parts) -> None:
    parts.palette_.open([hit for hit in parts.actions_.enabled() if hit.name != "search"])


def _notes() -> list[Action[Parts]]:
    return [
        Action("note", "Notes", "&Add note…", "Write a note at the moment", lambda p: p.note_bar.open(), ("N",), _shown, chart=True),
        Action("note_back", "Notes", "&Previous note", "Go to the previous note", lambda p: p.session.to_note(-1), ("[",),
               lambda p: bool(p.session.notebook.notes), chart=True),
        Action("note_next", "Notes", "Ne&xt note", "Go to the next note", lambda p: p.session.to_note(1), ("]",),
               lambda p: bool(p.session.notebook.notes), chart=True),
        Action("mark", "Notes", "&Mark the moment as A", "Mark the moment as A; then compare another moment with it",
               lambda p: p.marker.mark(), ("M",), _shown,
               renamed=lambda p: "&Mark the moment as A" if p.session.notebook.mark is None else "Co&mpare with mark A",
               chart=True, separated=True),
        Action("unmark", "Notes", "Clear mark A", "Remove the mark", lambda p: p.session.notebook.set_mark(None),
               enabled=lambda p: p.session.notebook.mark is not None),
    ]  # fmt: skip


def _help() -> list[Action[Parts]]:
    return [
        Action("start", "Help", "&Start page", "Show examples, recent recordings and experiments, or return to the recording",
               lambda p: p.starting.toggle(), enabled=lambda p: p.session.player is not None, checked=lambda p: not p.shown),
        Action("tour", "Help", "&Tour", "Explain the window in six steps, on an example recording", Parts.take_tour,
               enabled=lambda p: for_tour() is not None),
        Action("docs", "Help", "&Help pages", "The tour, questions and answers, and all commands", lambda p: Reader(p).show(),
               ("Shift+F1",)),
        Action("capturing", "Help", "&What to capture", "The commands that save what a sick machine reports, for each system",
               lambda p: Reader(p, CAPTURING).show()),
        Action("glossary", "Help", "&Glossary", "What the terms in this window mean", lambda p: Reader(p, GLOSSARY).show()),
        Action("keys", "Help", "&Keyboard shortcuts", "All keys", lambda p: keys(p, p.actions_.key_list()), ("F1", "?")),
        Action("about", "Help", "&About zoneviz", "Version and purpose", about),
    ]  # fmt: skip
