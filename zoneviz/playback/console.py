"""What the kernel printed."""

from zoneviz import words
from zoneviz.events import Kind
from zoneviz.playback.player import Player
from zoneviz.state.rows import KIND, SUBJECT

LINES = 40
"""Most lines."""
_EVENTS = 2000
"""Events before the moment in which lines are looked for."""


def console(player: Player, seq: int) -> list[str]:
    """The last lines printed before event `seq`, without those of a panic. Errors: InputError if the recording is damaged."""
    rows = player.rows(max(seq - _EVENTS, 1), seq)
    strings = player.recording.catalog.names.strings
    said = [strings[int(i)] for i in rows[rows[:, KIND] == Kind.CONSOLE, SUBJECT] if 0 <= i < len(strings)]
    lines = [line for sentence in said for line in sentence.splitlines()]
    return [words.one_line(line) for line in lines if not line.startswith("panic")][-LINES:]


def panic_line(text: str) -> str:
    """The line with which the kernel reports a panic."""
    return words.one_line(text if text.startswith("panic") else f"panic: {text}")
