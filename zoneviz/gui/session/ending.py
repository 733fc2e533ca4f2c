"""How the run ended: headline, console, call path, the command that makes it again. Why it ended is `playback.diagnosis`'s to say."""

from dataclasses import dataclass, field
from typing import Any

from zoneviz import words
from zoneviz.app.spec import command
from zoneviz.events import Kind
from zoneviz.playback import Player
from zoneviz.state.rows import EXTRA, KIND, SUBJECT

CONSOLE_LINES = 40


@dataclass(slots=True)
class Ending:
    """What the panic card shows. `tone`: "danger", "warning" or "". `notes`: (plain words, event they speak of)."""

    headline: str
    tone: str
    seq: int
    console: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    call_path: list[str] = field(default_factory=list)
    holders: list[tuple[str, int]] = field(default_factory=list)
    command: str = ""


def ending(player: Player, live: bool) -> Ending:
    """How the recording ends, read from its header and last events; the player stays where it is."""
    recording = player.recording
    header = recording.header
    seq = None if live else player.panic_seq()
    out = Ending(*_headline(header.outcome, recording.complete, seq is not None, live), seq or recording.event_count)
    out.command = command(header)
    state = player.state if live else _state_at(player, out.seq)
    machine = state.machine()
    out.holders = sorted(((str(z["name"]), int(z["cur_size"])) for z in machine["zones"] if z["cur_size"]), key=lambda z: -z[1])[:6]
    if live:
        return out
    out.console = _console(player, out.seq)
    panic = state.panic
    if panic is not None:
        out.console.append(panic.text if panic.text.startswith("panic") else f"panic: {panic.text}")
        out.call_path = panic.call_path
    elif header.outcome == "hang":
        row = state.last.get(int(Kind.HANG))
        words = recording.catalog.names.strings[row[EXTRA]] if row and 0 <= row[EXTRA] < len(recording.catalog.names.strings) else ""
        out.notes.append(f"Nothing could run any more{': ' + words if words else ''}.")
    if not recording.complete:
        reason = header.incomplete_reason or "it ends without an end"
        out.notes.append(f"The recording is not complete: {reason}. What is in it can be looked at.")
    return out


def _headline(outcome: str, complete: bool, panic: bool, live: bool) -> tuple[str, str]:
    if live:
        return "Running", "accent"
    if panic or outcome == "panic":
        return "Panic", "danger"
    if not complete:
        return "Incomplete", "warning"
    words = {
        "finished": "Ended normally",
        "booted": "Booted",
        "error": "A call failed",
        "hang": "Hang",
        "interrupted": "Stopped by hand",
        "excerpt": "The excerpt ends",
    }
    if outcome in words:
        return words[outcome], "warning" if outcome in ("error", "hang") else ""
    return "Ended", ""


def _state_at(player: Player, seq: int) -> Any:
    """The state there, by a second player, so that the person's moment stays where it is."""
    if player.state.seq == seq:
        return player.state
    return Player(player.recording).seek(seq)


def _console(player: Player, seq: int) -> list[str]:
    """The last lines the kernel printed, looked for among the last events only."""
    rows = player.rows(max(seq - 2000, 1), seq)
    strings = player.recording.catalog.names.strings
    said = [strings[int(i)] for i in rows[rows[:, KIND] == Kind.CONSOLE, SUBJECT] if 0 <= i < len(strings)]
    lines = [line for sentence in said for line in sentence.splitlines()]
    return [words.one_line(line) for line in lines if not line.startswith("panic")][-CONSOLE_LINES:]
