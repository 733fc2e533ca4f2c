"""Why a memory filled up, from a recording alone: which memory, whose, since when, and by which pattern.

`diagnose(recording)` runs at once, `steps(player)` in steps with progress, for a job. docs/diagnosis.md has the rules and how
often they are right.
"""

from collections.abc import Generator

from zoneviz import words
from zoneviz.errors import UsageError
from zoneviz.playback.diagnosis.fragments import fragments
from zoneviz.playback.diagnosis.holding import holders
from zoneviz.playback.diagnosis.kmem import of_events
from zoneviz.playback.diagnosis.readings import of_readings
from zoneviz.playback.diagnosis.results import FACT, CallSite, Diagnosis, Finding, Holder, TaskGrowth, ZoneGrowth
from zoneviz.playback.diagnosis.sentences import findings
from zoneviz.playback.diagnosis.stretch import Stretch, look, task_rows, zone_rows
from zoneviz.playback.player import Player
from zoneviz.recording import Recording

__all__ = ["FACT", "CallSite", "Diagnosis", "Finding", "Holder", "TaskGrowth", "ZoneGrowth", "diagnose", "steps"]

HOLDERS = 12
"""Rows of holders and of tasks in a Diagnosis."""


def diagnose(recording: Recording, at: int | None = None, first: int | None = None) -> Diagnosis:
    """The diagnosis of the events after `first` (default: the end of boot) up to `at` (default: the panic, or the end).

    Errors: InputError if the recording is damaged; UsageError if the recording has no such range of events.
    """
    work = steps(Player(recording), at, first)
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Diagnosis = end.value
            return result


def steps(player: Player, at: int | None = None, first: int | None = None) -> Generator[tuple[int, int], None, Diagnosis]:
    """The same in steps of some milliseconds: yields (events done, of) and returns the Diagnosis. Moves the player.

    Errors: as `diagnose`.
    """
    last = player.recording.event_count if at is None else at
    if first is not None and not 0 <= first <= last:
        raise UsageError(f"This recording has no events {words.number(first + 1)} to {words.number(last)}.")
    header = player.recording.header
    if header.of_readings or header.of_allocations:
        for done in of_readings(player, at, first) if header.of_readings else of_events(player, at, first, HOLDERS):
            if isinstance(done, Diagnosis):
                return done
            yield done
    stretch: Stretch | None = None
    for step in look(player, at, first):
        if isinstance(step, Stretch):
            stretch = step
        else:
            yield step
    assert stretch is not None
    return _diagnosis(stretch)


def _diagnosis(stretch: Stretch) -> Diagnosis:
    after, before, verdict = stretch.after, stretch.before, stretch.verdict
    zones = zone_rows(stretch)
    found = Diagnosis(
        first=before.seq,
        at=after.seq,
        began=before.time,
        time=after.time,
        time_kind=stretch.recording.header.time_kind,
        outcome=stretch.outcome,
        pattern=verdict.pattern,
        confidence=verdict.confidence,
        task=verdict.task,
        filled=stretch.filled.name if stretch.filled else "",
        parts=dict(verdict.parts),
        late=dict(verdict.late),
        largest=zones[0].zone if zones else "",
        memories=stretch.memories,
        holders=holders(stretch.recording.catalog, stretch.usage, stretch.fresh, HOLDERS),
        zones=zones,
        tasks=task_rows(stretch, HOLDERS),
        fragments=fragments(after),
    )
    found.findings.extend(findings(stretch, found))
    return found
