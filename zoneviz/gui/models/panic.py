"""How the run ended, in sentences that each rest on a figure of the recording. Nothing here is a guess at a cause."""

import re
from dataclasses import dataclass, field
from typing import Any

from zoneviz.events import Kind
from zoneviz.gui import text
from zoneviz.playback import Player
from zoneviz.recording.totals import EXTRA, KIND, SUBJECT

MEMORIES = {
    "zone_map": "zone_map, the memory all zones take their pages from",
    "kernel_map": "kernel_map, the kernel's own address space",
    "kalloc_map": "kalloc_map, where large kallocs come from",
    "ipc_spaces": "the zone of IPC spaces, which has a hard limit",
}
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
        out.notes += _panic_notes(player, machine, panic.memory, panic.text, panic.task, text.time(panic.time))
    elif header.outcome == "hang":
        row = state.last.get(int(Kind.HANG))
        words = recording.catalog.names.strings[row[EXTRA]] if row and 0 <= row[EXTRA] < len(recording.catalog.names.strings) else ""
        out.notes.append(f"Nothing could run any more{': ' + words if words else ''}.")
    if not recording.complete:
        reason = header.incomplete_reason or "it ends without an end"
        out.notes.append(f"The recording is not complete: {reason}. What is in it can be looked at.")
    out.notes += _map_notes(machine)
    return out


def _headline(outcome: str, complete: bool, panic: bool, live: bool) -> tuple[str, str]:
    if live:
        return "Running", "accent"
    if panic or outcome == "panic":
        return "Panic", "danger"
    if not complete:
        return "Incomplete", "warning"
    words = {"finished": "Ended normally", "booted": "Booted", "error": "A call failed", "hang": "Hang", "interrupted": "Stopped by hand"}
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
    lines = [line for words in said for line in words.splitlines()]
    return [text.one_line(line) for line in lines if not line.startswith("panic")][-CONSOLE_LINES:]


def _panic_notes(player: Player, machine: dict[str, Any], memory: str, words: str, task: int, when: str) -> list[str]:
    header = player.recording.header
    notes = []
    if memory:
        notes.append(f"What ended, at {when}: {MEMORIES.get(memory, f'the zone “{memory}”, which may not grow past its max_size')}.")
    zone = header.panic_zone or _asked_last(player, words)
    zones = {str(z["name"]): z for z in machine["zones"]}
    biggest = max(zones.values(), key=lambda z: int(z["cur_size"]), default=None)
    if zone:
        held = f", which held {text.size(zones[zone]['cur_size'])}" if zone in zones else ""
        notes.append(f"Asked last: {zone}{held}.")
    if biggest is not None:
        whole = sum(int(z["cur_size"]) for z in zones.values())
        same = " It is the one that asked last." if biggest["name"] == zone else ""
        held = f"{text.size(biggest['cur_size'])}, {text.share(biggest['cur_size'], whole)} of what all zones hold"
        notes.append(f"Held most: {biggest['name']}, {held}.{same}")
    if task:
        named = {t.id: t.name for t in player.recording.catalog.tasks}
        notes.append(f"Task {task}{' ' + named[task] if named.get(task) else ''} was running.")
    return notes


def _asked_last(player: Player, words: str) -> str:
    """The zone of the last refusal; else the one the panic's own text names; else nothing."""
    last = player.panic_seq() or player.recording.event_count
    rows = player.rows(max(last - 200, 1), last)
    refused = rows[(rows[:, KIND] == Kind.ZREFUSE) | (rows[:, KIND] == Kind.ZEMPTY)]
    names = [z.name for z in player.recording.catalog.zones]
    if len(refused) and 0 < refused[-1, SUBJECT] <= len(names):
        return names[int(refused[-1, SUBJECT]) - 1]
    found = re.search(r"zone (.+?) exhausted", words)
    return found[1] if found and found[1] in names else ""


def _map_notes(machine: dict[str, Any]) -> list[str]:
    parts = []
    for name in ("zone_map", "kernel_map", "kalloc_map"):
        if machine[name]["size"]:
            parts.append(f"{name} {text.size(machine[name]['free'])} of {text.short_size(machine[name]['size'])}")
    notes = [f"Left at the end: {', '.join(parts)}."] if parts else []
    physical = machine["physical"]
    if physical["pages"]:
        notes.append(f"Physical pages free: {physical['free']:,} of {physical['pages']:,}.")
    return notes


def command(header: Any) -> str:
    """The command that makes the same run again; empty for what was not simulated here."""
    if header.kind != "simulated" or not header.scenario:
        return ""
    parts = [f"zoneviz run {header.scenario}", f"--profile {header.profile}"]
    parts += [f"--set {name}={value}" for name, value in header.parameters.items()]
    return " \\\n  ".join([*parts, f"--seed {header.seed}"])
