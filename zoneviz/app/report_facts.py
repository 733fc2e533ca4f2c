"""The facts of a report, computed from the recording."""

import platform
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoneviz import __version__, words
from zoneviz.app.info import header_of
from zoneviz.app.notes import Note
from zoneviz.app.privacy import anonymous
from zoneviz.app.spec import command, needs_file
from zoneviz.app.state import open_recording
from zoneviz.app.whatif import Effect, effects, triable
from zoneviz.exporters.report import Facts, Picture, Remark, Tried
from zoneviz.exporters.report.curves import Curves, curves
from zoneviz.exporters.report.pagefilm import MOMENTS, PageFilm, film
from zoneviz.playback import Player, shown
from zoneviz.playback.console import console, panic_line
from zoneviz.playback.diagnosis import Diagnosis, steps
from zoneviz.playback.lanes import DOING, Servers, now, reasons
from zoneviz.playback.series import Series
from zoneviz.playback.stacks import BANDS
from zoneviz.recording import Recording
from zoneviz.state.machine import MachineState

Tell = Callable[[str], object]
_OUTCOMES = {"panic": "panic", "hang": "hang", "finished": "finishes", "error": "a call returns an error", "booted": "boots"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is about: the moment `at`, an event; the user's comment and notes; what the limits do; files and pictures."""

    at: int
    comment: str
    notes: list[Note]
    limits: list[Tried]
    files: Mapping[str, str]
    pictures: list[Picture]


def facts(recording: Recording, asked: Asked) -> Facts:
    """The facts of a report on an open recording. Errors: InputError if it is damaged."""
    player, at = Player(recording), asked.at
    found = _diagnosis(player, at)
    series = Series()
    series.load(recording)
    drawn = curves(series)
    state = player.seek(at)
    header = recording.header
    said = console(player, at) + ([panic_line(state.panic.text)] if state.panic is not None else [])
    return Facts(
        info=header_of(recording),
        machine=shown.machine(state, header),
        diagnosis=found,
        series=drawn,
        command=anonymous(command(header) or needs_file(header)),
        note=asked.comment,
        console=[anonymous(line) for line in said],
        call_path=list(state.panic.call_path) if state.panic is not None else [],
        threads=_threads(state) if "threads" in header.shows else {},
        waits=_waits(state) if "threads" in header.shows else [],
        remarks=[_remark(note, series) for note in asked.notes if note.seq <= recording.event_count],
        tried=asked.limits,
        triable=triable(header),
        pages=_film(player, series, drawn, at),
        versions={"zoneviz": __version__, "Python": platform.python_version(), "system": f"{sys.platform} {platform.machine()}"},
        files=asked.files,
        pictures=asked.pictures,
    )


def tried(path: Path, tell: Tell) -> list[Tried]:
    """The recorded run and how it ends with each known limit. Takes some seconds for each. Errors: as `whatif.effects`."""
    with open_recording(path) as recording:
        header = recording.header
        last = Player(recording).at_end().machine()
    whole = header.part_of or header.digest
    out = [
        Tried(
            "",
            _OUTCOMES.get(header.outcome, header.outcome),
            False,
            header.last_time / 1e9,
            last["zone_map"]["used"],
            last["zone_map"]["size"],
            last["counts"],
        )
    ]
    with closing(effects(path, tell=lambda effect: out.append(_tried(effect, whole)))) as work:
        before = -1
        for done, of in work:
            if before != done < of:
                tell(f"testing limit {done + 1} of {of}")
            before = done
    return out


def _tried(effect: Effect, whole: str) -> Tried:
    outcome = _OUTCOMES.get(effect.outcome, effect.outcome)
    if effect.digest == whole:
        outcome = "the same run, event for event"
    elif effect.stopped:
        outcome = f"still running after {words.number(effect.events)} events"
    return Tried(effect.limit.words, outcome, effect.survived, effect.seconds, effect.used, effect.size, effect.counts)


def _diagnosis(player: Player, at: int) -> Diagnosis:
    work = steps(player, at)
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: Diagnosis = end.value
            return found


def _threads(state: MachineState) -> dict[str, list[int]]:
    return {name: counts.tolist() for name, counts in now(state, Servers()).items()}


def _waits(state: MachineState) -> list[str]:
    """The commonest reasons of threads that wait."""
    found = [(DOING[what], words.one_line(why, 60), count) for what, (why, count) in reasons(state).items() if why]
    return [f"{doing.capitalize()}: {words.count(count, 'thread')}, of which most for {why}." for doing, why, count in found]


def _remark(note: Note, series: Series) -> Remark:
    x = series.x_at(note.seq)
    place = f"event {words.number(note.seq)}" if series.by_event else f"{words.time(round(x * 1e9))} (event {words.number(note.seq)})"
    return Remark(x, note.seq, place, anonymous(note.text))


def _film(player: Player, series: Series, drawn: Curves, at: int) -> PageFilm | None:
    """The pages at even distances up to the moment of the report."""
    low, high = series.extent[0], series.x_at(at)
    found = {series.seq_at(x): float(x) for x in np.linspace(low, high, MOMENTS)[:-1].tolist()}
    moments = [(seq, x) for seq, x in sorted(found.items()) if player.recording.first_event <= seq < at]
    return film(player, [*moments, (at, high)], drawn.stack.names[:BANDS])


