"""The state of a run or a recording: one word, one icon and one tone, which every part of the window shows."""

from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from zoneviz import words
from zoneviz.errors import ZonevizError
from zoneviz.playback import Player
from zoneviz.recording.header import LIVE, Header
from zoneviz.recording.outcome import PANIC, Outcome, outcome


class State(NamedTuple):
    """`icon`: a name of kit/icons. `tone`: "danger", "warning", "accent" or "". `sentence`: the word in full."""

    word: str
    icon: str
    tone: str
    sentence: str


STARTING = State("Starting", "starting", "accent", "The run is starting.")
RUNNING = State("Running", "running", "accent", "The kernel runs, and its events are recorded.")
RECORDING = State("Recording", "recording", "accent", "This machine is being recorded.")
PAUSED = State("Paused", "paused", "warning", "The run is paused. Run > Resume continues it.")
MACHINE_PAUSED = PAUSED._replace(sentence="Recording is paused: the kernel keeps the newest events. Run > Resume continues it.")
ICONS = {
    "Panic": "panic", "Incomplete": "incomplete", "Error": "error", "Hang": "hang", "Stopped": "stopped", "Excerpt": "excerpt",
    "Limit reached": "stopped",
}  # fmt: skip
"""By word; "finished" for other ends."""


def in_progress(of_machine: bool, paused: bool, started: bool = True) -> State:
    """The state of a run in progress, or of a recording of this machine."""
    if not started:
        return STARTING
    if paused:
        return MACHINE_PAUSED if of_machine else PAUSED
    return RECORDING if of_machine else RUNNING


def over(found: Outcome) -> State:
    """The state after this outcome."""
    return State(found.word, ICONS.get(found.word, "finished"), found.tone, found.sentence)


def of_header(header: Header) -> State:
    """The state of a recording that no run is writing, from its header alone."""
    return over(outcome(header.outcome, header.kind, header.complete))


def of_player(player: Player) -> State:
    """The same, also of a recording that was cut off right after its panic."""
    header = player.recording.header
    if not header.complete:
        try:
            if player.panic_seq() is not None:
                return over(PANIC)
        except ZonevizError:
            pass  # its last events cannot be read; the views that draw them say so
    return of_header(header)


class Standing(QObject):
    """The state of the recording on show. `changed`: its run was paused or resumed; other changes come with `recording_changed`."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.paused = False

    def set_paused(self, paused: bool) -> None:
        """Record whether the run on show is paused."""
        if paused != self.paused:
            self.paused = paused
            self.changed.emit()

    def now(self, player: Player, live: bool) -> State:
        """The state of the recording on show; `live`: a run is writing it."""
        if live:
            return in_progress(player.recording.header.kind == LIVE, self.paused)
        return of_player(player)

    def said(self, player: Player, live: bool) -> str:
        """The state with the time of a panic: `Panic at 14.871 s`."""
        state, recording = self.now(player, live), player.recording
        timed = state.tone == "danger" and recording.header.time_kind == "ns" and recording.last_time
        return f"{state.word} at {words.time(recording.last_time)}" if timed else state.word
