"""How the run ended: console, call path, the command that reproduces it. `playback.diagnosis` finds out why."""

from dataclasses import dataclass, field
from typing import Any

from zoneviz.app.own_files import reproduce
from zoneviz.events import Kind
from zoneviz.gui.session.states import of_header
from zoneviz.playback import Player
from zoneviz.playback.console import console, panic_line
from zoneviz.state.rows import EXTRA


@dataclass(slots=True)
class Ending:
    """What the panic card shows.

    seq: the event of the panic, or the last one; notes: sentences; holders: (zone, bytes), largest first.
    """

    seq: int
    console: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    call_path: list[str] = field(default_factory=list)
    holders: list[tuple[str, int]] = field(default_factory=list)
    command: str = ""


def ending(player: Player, live: bool) -> Ending:
    """How the recording ends, from its header and last events. The player is not moved.

    Errors: InputError if the recording is damaged.
    """
    recording = player.recording
    header = recording.header
    seq = None if live else player.panic_seq()
    out = Ending(seq or recording.event_count)
    out.command, needed = reproduce(header)
    out.notes += [needed] if needed else []
    state = player.state if live else _state_at(player, out.seq)
    machine = state.machine()
    out.holders = sorted(((str(z["name"]), int(z["cur_size"])) for z in machine["zones"] if z["cur_size"]), key=lambda z: -z[1])[:6]
    if live:
        return out
    out.console = console(player, out.seq)
    panic = state.panic
    if panic is not None:
        out.console.append(panic_line(panic.text))
        out.call_path = panic.call_path
    elif header.outcome == "hang":
        row = state.last.get(int(Kind.HANG))
        words = recording.catalog.names.strings[row[EXTRA]] if row and 0 <= row[EXTRA] < len(recording.catalog.names.strings) else ""
        out.notes.append(f"No thread could run{': ' + words if words else ''}.")
    elif recording.complete:
        out.notes.append(of_header(header).sentence)
    if not recording.complete:
        reason = header.incomplete_reason or "the program that recorded it was stopped"
        out.notes.append(f"The recording is incomplete: {reason}. Everything up to that point is here.")
    return out


def _state_at(player: Player, seq: int) -> Any:
    """The state after event `seq`, through a second player so that the moment stays."""
    if player.state.seq == seq:
        return player.state
    return Player(player.recording).seek(seq)
