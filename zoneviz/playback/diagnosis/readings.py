"""The diagnosis of a recording of readings, or of a single panic: what grew, and never a culprit. It counts no elements."""

from collections.abc import Iterator

import numpy as np

from zoneviz.playback.diagnosis.memories import Memory
from zoneviz.playback.diagnosis.reading_curves import Curves, curves
from zoneviz.playback.diagnosis.reading_sentences import findings
from zoneviz.playback.diagnosis.results import Diagnosis, ZoneGrowth
from zoneviz.playback.limits import ZONE_MAP
from zoneviz.playback.player import Player
from zoneviz.playback.series import Series


def of_readings(player: Player, at: int | None, first: int | None) -> Iterator[tuple[int, int] | Diagnosis]:
    """Yields (events done, of), and finally the Diagnosis of the readings after event `first`, by default of all, up to `at`.

    Moves the player. Errors: InputError if the recording is damaged.
    """
    recording = player.recording
    last = recording.event_count if at is None else min(at, recording.event_count)
    yield 0, max(last, 1)
    header, panic = recording.header, player.panic_seq()
    series = Series()
    series.load(recording)
    panicked = panic is not None and panic <= last
    found = curves(series, max(first or 0, recording.first_event - 1), last, panicked)
    machine = player.seek(int(found.ends[-1]) if len(found.ends) else last).machine()
    flags = {zone["name"]: str(zone["flags"]) for zone in machine["zones"]}
    zones, memories = _zones(found), list[Memory]()
    if found.cap and len(found.used):
        ended = panicked and header.panic_memory == ZONE_MAP
        memories.append(Memory(ZONE_MAP, found.cap, found.cap, max(found.cap - int(found.used[-1]), 0), "", ended))
    yield Diagnosis(
        first=first or 0,
        at=last,
        began=int(found.times[0]) if len(found.times) else 0,
        time=int(found.times[-1]) if len(found.times) else 0,
        time_kind=header.time_kind,
        outcome=header.outcome if last == recording.event_count else "",
        filled=ZONE_MAP if any(memory.ended for memory in memories) else "",
        largest=zones[0].zone if zones else "",
        findings=findings(header, found, [flags.get(name, "") for name in found.names], panicked),
        memories=memories,
        zones=zones,
    )


def _zones(found: Curves) -> list[ZoneGrowth]:
    """The zones of the last reading, largest first. What happened between two readings is unknown, so nothing is counted as kept."""
    if not len(found.ends):
        return []
    growth, held = found.growth, found.held[-1]
    rows = []
    for zone in np.argsort(-held, kind="stable").tolist():
        if held[zone]:
            since = int(found.ends[found.born[zone]]) if growth[zone] > 0 else None
            rows.append(ZoneGrowth(found.names[zone], int(held[zone]), int(held[zone]), int(growth[zone]), since, 0, 0))
    return rows
