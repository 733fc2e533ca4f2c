"""Why a memory filled up, from a recording alone: which ended, who holds it, since when, and the pattern this shows. No Qt, no SQLite.

`diagnose(recording)` does it at once, `steps(player)` in steps with progress, for a job. Rules and a table of how often they are
right: docs/diagnosis.md.
"""

from collections.abc import Generator

from zoneviz.errors import UsageError
from zoneviz.playback.diagnosis.fragments import fragments
from zoneviz.playback.diagnosis.results import FACT, Diagnosis, Finding, Holder, TaskGrowth, ZoneGrowth
from zoneviz.playback.diagnosis.sentences import findings
from zoneviz.playback.diagnosis.stretch import Stretch, look, task_rows, zone_rows
from zoneviz.playback.player import Player
from zoneviz.recording import Recording

__all__ = ["FACT", "Diagnosis", "Finding", "Holder", "TaskGrowth", "ZoneGrowth", "diagnose", "steps"]

HOLDERS = 12
"""So many rows of holders and of tasks are told; the rest is in the state of the moment."""


def diagnose(recording: Recording, at: int | None = None, first: int | None = None) -> Diagnosis:
    """The diagnosis of the machine after event `at` (default: the panic, or the end), looking at what came after event `first`
    (default: the end of boot).

    Errors: InputError if the recording is damaged; UsageError for a stretch that is none.
    """
    work = steps(Player(recording), at, first)
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Diagnosis = end.value
            return result


def steps(player: Player, at: int | None = None, first: int | None = None) -> Generator[tuple[int, int], None, Diagnosis]:
    """The same in steps of some milliseconds: yields (events done, of) and returns the Diagnosis. The player is moved.

    Errors: as `diagnose`.
    """
    last = player.recording.event_count if at is None else at
    if first is not None and not 0 <= first <= last:
        raise UsageError(f"Events {first + 1:,} to {last:,} are no stretch of this recording.")
    stretch: Stretch | None = None
    for told in look(player, at, first):
        if isinstance(told, Stretch):
            stretch = told
        else:
            yield told
    assert stretch is not None
    return _told(stretch)


def _told(stretch: Stretch) -> Diagnosis:
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
        holders=_holders(stretch),
        zones=zones,
        tasks=task_rows(stretch, HOLDERS),
        fragments=fragments(after),
    )
    found.findings.extend(findings(stretch, found))
    return found


def _holders(stretch: Stretch) -> list[Holder]:
    catalog, names = stretch.recording.catalog, stretch.names
    taken = {(zone, task, path): size for zone, task, path, _, size in stretch.fresh.rows()}
    out = []
    for zone, task, path, count, size in stretch.usage.rows()[:HOLDERS]:
        inside = 0 <= path < len(catalog.paths.rows)
        name = catalog.zones[zone - 1].name if 0 < zone <= len(catalog.zones) else ""
        frames = catalog.paths.frames(path) if inside else []
        out.append(Holder(name, task, names.get(task, ""), path if inside else -1, frames, count, size, taken.get((zone, task, path), 0)))
    return out
