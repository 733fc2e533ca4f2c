"""What each action of the window does, and when it can be done. The window itself only holds the parts."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from zoneviz.gui.kit import text
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.events import EventsView
from zoneviz.gui.window.documents import Reader
from zoneviz.gui.window.help import about, keys
from zoneviz.gui.window.preferences import PreferencesDialog
from zoneviz.gui.window.reporting import MakeReport
from zoneviz.gui.window.search import Hit

if TYPE_CHECKING:
    from zoneviz.gui.window.main_window import MainWindow

WITH_RECORDING = (
    "first", "last", "to_panic", "back", "next", "back_far", "next_far", "in", "out", "left", "right", "fit", "zoom_chosen", "clear",
    "clear_all", "picture", "report", "play", "slower", "faster", "loop", "find", "find_next", "find_back", "touch_next", "touch_back",
    "note", "mark",
)  # fmt: skip
"""Actions that need something on show."""


def slots(window: "MainWindow") -> dict[str, Callable[[], object]]:
    """What each action does, by its name."""
    session, desk, actions = window.session, window.desk, window.actions_
    return {
        "open": window.choose_file, "compare": window.ask_compare, "picture": window.save_picture,
        "report": lambda: MakeReport(window, session, window.shelf.folder).show(),
        "docs": lambda: Reader(window).show(), "close": desk.close_recording,
        "forget": window.forget, "quit": window.close,
        "run": window.sidebar.ask_run, "run_beside": window.sidebar.ask_compare,
        "pause": desk.toggle_pause, "step": desk.step, "stop": desk.stop,
        "unqueue": desk.drop_queued, "to_run": desk.show_run,
        "in": lambda: session.zoom(0.7), "out": lambda: session.zoom(1 / 0.7),
        "left": lambda: session.pan(-0.2), "right": lambda: session.pan(0.2),
        "fit": session.fit, "by_event": lambda: session.set_by_event(actions["by_event"].isChecked()),
        "experiments": lambda: window.sidebar.setVisible(actions["experiments"].isChecked()),
        "panic": window.refresh, "reset": window.reset_layout,
        "settings": lambda: PreferencesDialog(window.preferences, window.reset_layout, window).show(),
        "play": lambda: play(window), "slower": lambda: window.clock.change_speed(-1), "faster": lambda: window.clock.change_speed(1),
        "loop": lambda: window.clock.set_loop(actions["loop"].isChecked()), "to_panic": session.ask_panic,
        "search": lambda: window.palette_.open(actions.doable()),
        "find": window.find_bar.open, "find_next": lambda: window.find_bar.look(False), "find_back": lambda: window.find_bar.look(True),
        "touch_next": window.finder.look_touching, "touch_back": lambda: window.finder.look_touching(True),
        "part_next": lambda: window.second.to_difference(1), "part_back": lambda: window.second.to_difference(-1),
        "zoom_chosen": session.show_selected,
        "note": window.note_bar.open, "note_back": lambda: to_note(session, -1), "note_next": lambda: to_note(session, 1),
        "mark": window.marker.mark, "unmark": lambda: session.notebook.set_mark(None),
        "first": lambda: session.ask_moment(0), "last": lambda: session.ask_moment(session.last),
        "back": lambda: session.step(-1), "next": lambda: session.step(1),
        "back_far": lambda: session.step(-1000), "next_far": lambda: session.step(1000),
        "follow": lambda: session.set_follow(not session.follow), "clear": session.clear_one, "clear_all": session.clear_all,
        "keys": lambda: keys(window, actions.key_list()), "about": lambda: about(window),
    }  # fmt: skip


def refresh(window: "MainWindow", shown: bool) -> None:
    """Which actions can be done, and what they are called now. `shown`: there are events to look at."""
    session, desk, actions = window.session, window.desk, window.actions_
    for name, able in {
        "pause": desk.live, "step": desk.live, "stop": desk.live, "follow": session.live and desk.looking_at_run,
        "unqueue": bool(desk.queue), "to_run": desk.live and not desk.looking_at_run,
        "close": session.player is not None, "compare": shown and not session.live,
        "by_event": shown and not session.series.forced_by_event,
    }.items():  # fmt: skip
        actions[name].setEnabled(able)
    for name in ("part_next", "part_back"):
        actions[name].setEnabled(window.second.comparison is not None)
    window.sidebar.set_busy(desk.live, len(desk.queue))
    window.sidebar.set_original(window.variants.original)
    actions["run_beside"].setEnabled(window.sidebar.comparable)
    for name in WITH_RECORDING:
        actions[name].setEnabled(shown)
    actions["run"].setText("Queue this &run" if desk.live else "&Run experiment")
    actions["pause"].setText("&Resume" if desk.run is not None and desk.run.paused and desk.live else "&Pause")
    actions["play"].setText("&Stop playing" if window.clock.playing else "&Play")
    book = session.notebook
    actions["mark"].setText("&Mark the moment as A" if book.mark is None else "Co&mpare with A")
    actions["unmark"].setEnabled(book.mark is not None)
    for name in ("note_back", "note_next"):
        actions[name].setEnabled(bool(book.notes))
    window.deck.tabs.say("Notes", f"Notes {len(book.notes)}" if book.notes else "Notes")
    actions["follow"].setChecked(session.follow)
    actions["by_event"].setChecked(session.series.by_event)


def play(window: "MainWindow") -> None:
    """Play, or stay. The run that is followed is paused instead: one key to hold whatever moves."""
    if window.session.follow:
        window.desk.toggle_pause()
    else:
        window.clock.toggle()


def vary(window: "MainWindow", changes: dict[str, str] | None) -> None:
    """Run what is on show again with these settings, and compare; without any, let them be chosen in the form."""
    if changes is not None:
        window.variants.vary(changes)
        return
    window.actions_["experiments"].setChecked(True)
    window.sidebar.show()
    window.sidebar.take()


def varied(window: "MainWindow", original: Path, variant: Path) -> None:
    """The variant B of A has ended: to the comparison, for who waits for it; others are told of it."""
    player = window.session.player
    shown = player.recording.path if player is not None else None
    if shown == variant and not window.open_path(original):
        return
    if shown in (original, variant):
        window.compare_with(variant)
    else:
        names = (text.middle(path.name, 60) for path in (variant, original))
        window.banner.say("{} has ended. To see the two beside each other, open {}, then File > Compare with.".format(*names))


def to_note(session: Session, step: int) -> None:
    """To the next note, or the one before; if there is none, stay."""
    found = session.notebook.neighbour(session.moment, step)
    if found is not None:
        session.ask_moment(found)


def do(window: "MainWindow", hit: Hit) -> None:
    """What a find of the search is for."""
    if hit.do == "action":
        window.actions_[str(hit.value)].trigger()
    elif hit.do == "select" and isinstance(hit.value, dict):
        window.session.select(**hit.value)
    elif hit.do == "moment" and isinstance(hit.value, int):
        window.session.ask_moment(hit.value)
    elif hit.do == "goal":
        window.find_bar.open()
        window.find_bar.field.setText(str(hit.value))
        window.find_bar.look(False)
    elif hit.do == "filter":
        window.deck.show_only(EventsView.title)
        window.deck.of(EventsView).filter_by(str(hit.value))
