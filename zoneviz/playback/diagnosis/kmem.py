"""The diagnosis of kmem events, recorded on a live Linux kernel or imported: what grows and does not come back, by whom and where."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from zoneviz import words
from zoneviz.playback.diagnosis.holding import holders
from zoneviz.playback.diagnosis.kmem_sentences import findings
from zoneviz.playback.diagnosis.leaks import LEAST, SURE, Masks, leaking, taken_back
from zoneviz.playback.diagnosis.many import together
from zoneviz.playback.diagnosis.patterns import CAUSE, LIKELY, NONE, OPEN, OTHER
from zoneviz.playback.diagnosis.results import LEAK, NO_LEAK, CallSite, Diagnosis, ZoneGrowth
from zoneviz.playback.diagnosis.survivors import Survivors, surviving
from zoneviz.playback.diagnosis.usage import Usage, usage_of
from zoneviz.playback.player import Player
from zoneviz.recording import Recording
from zoneviz.recording.header import IMPORTED, Header
from zoneviz.state.machine import MachineState

SHORTEST = 5_000_000_000
"""ns of events without which nothing is said: a program that starts grows for seconds."""
_NOBODY = "an unknown process"
"""The owner of events without one."""
_MOST = 0.8
"""Share of many processes whose command is named."""
_PID = re.compile(r"(?:(?P<name>.*) \((?:kernel thread )?|pid )(?P<pid>\d{1,9})\)?")


def named(name: str) -> tuple[str, int | None]:
    """Command and pid in the name of a task: ("bash", 23796) of "bash (23796)"; None where the name has no pid."""
    found = _PID.fullmatch(name)
    return (found["name"] or name, int(found["pid"])) if found else (name, None)


def of_events(player: Player, at: int | None, first: int | None, most: int) -> Iterator[tuple[int, int] | Diagnosis]:
    """Yields (events done, of), and finally the Diagnosis of the kmem events after event `first`, by default of all, up to `at`.

    It names at most `most` holders. Moves the player. Errors: InputError if the recording is damaged.
    """
    recording = player.recording
    last = recording.event_count if at is None else min(at, recording.event_count)
    before = player.seek(min(max(first or 0, recording.first_event - 1), last))
    after = player.seek(last)
    found: Survivors | None = None
    for step in surviving(recording, before, after):
        if isinstance(step, Survivors):
            found = step
        else:
            yield step
    assert found is not None
    catalog, why_not = recording.catalog, _why_not(recording.header, found)
    leak = leaking(found, catalog)
    rows = _largest_first([*_call_sites(found, recording, leak), *_of_many(found, recording, leak)])
    verdict = None if why_not else LEAK if rows else NO_LEAK
    sure = bool(rows) and rows[0].elements >= SURE * rows[0].allocations
    usage, fresh = usage_of(after), usage_of(after, before.seq)
    zones = _zones(found, before, after, fresh)
    out = Diagnosis(
        first=before.seq,
        at=last,
        began=before.time,
        time=after.time,
        time_kind=recording.header.time_kind,
        outcome=recording.header.outcome if last == recording.event_count else "",
        pattern=OTHER if verdict == LEAK else NONE,
        confidence=OPEN if verdict != LEAK else CAUSE if sure else LIKELY,
        task=rows[0].task_id if verdict == LEAK else 0,
        largest=zones[0].zone if zones else "",
        holders=holders(catalog, usage, fresh, most),
        zones=zones,
        verdict=verdict,
        growth=rows if verdict else None,
        taken_back=_call_sites(found, recording, (found.count >= LEAST) & taken_back(found, catalog) & ~leak) if verdict else None,
    )
    out.findings.extend(findings(recording, found, out, why_not))
    yield out


def _why_not(header: Header, found: Survivors) -> str:
    """Why the events cannot say whether there is a leak, as the end of a sentence; "" if they can."""
    if not found.allocated.any():
        return "there is no allocation in it"
    if header.kind == IMPORTED and not found.freed.any():
        return "there is no free in it; record kfree and kmem_cache_free too"
    if header.time_kind != "ns":
        return "its events have no time"
    if found.span < SHORTEST:
        return f"it is shorter than {SHORTEST // 10**9} s; record 20 s or more"
    return ""


def _call_sites(found: Survivors, recording: Recording, chosen: Masks) -> list[CallSite]:
    """The chosen groups (n,) as rows, most bytes first."""
    names = recording.catalog.task_names
    rows = []
    for i in np.flatnonzero(chosen).tolist():
        task = int(found.task[i])
        rows.append(_row(found, recording, i, *named(names.get(task, "") or (f"task {task}" if task else _NOBODY))))
    return _largest_first(rows)


def _of_many(found: Survivors, recording: Recording, leak: Masks) -> list[CallSite]:
    """The leaks of many processes as rows, which name the command if most of the processes share it."""
    merged, tasks = together(found, recording.catalog, leak)
    names = recording.catalog.task_names
    rows = []
    for i, mine in enumerate(tasks):
        command, count = Counter(named(names.get(task, ""))[0] for task in mine.tolist()).most_common(1)[0]
        many = f"{words.number(len(mine))} processes"
        rows.append(_row(merged, recording, i, f"{command} ({many})" if count >= _MOST * len(mine) else many, None))
    return rows


def _row(found: Survivors, recording: Recording, i: int, command: str, pid: int | None) -> CallSite:
    catalog = recording.catalog
    path, size = int(found.path[i]), int(found.bytes[i])
    zone, site = catalog.zones[int(found.zone[i]) - 1].name, found.sites[int(found.site[i])]
    count, allocs, speed = int(found.kept[i].sum()), int(found.allocs[i].sum()), round(size / max(found.span, 1) * 1e9, 3)
    frames, task = catalog.paths.frames(path), int(found.task[i])
    return CallSite(zone, command, pid, site, count, size, speed, allocs, frames, task, path, _merged(recording.header, zone))


def _merged(header: Header, zone: str) -> list[str]:
    """The caches that the recorded machine had merged into a zone."""
    merged = header.result.get("merged")
    names = merged.get(zone) if isinstance(merged, Mapping) else None
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _largest_first(rows: list[CallSite]) -> list[CallSite]:
    return sorted(rows, key=lambda row: (-row.bytes, row.zone, row.call_site, row.task_id))


def _zones(found: Survivors, before: MachineState, after: MachineState, fresh: Usage) -> list[ZoneGrowth]:
    """The zones with memory or elements, largest first."""
    ids = {zone.name: zone.id for zone in after.catalog.zones}
    was = {zone["name"]: zone["in_use"] for zone in before.machine()["zones"]}
    kept = {zone: count for zone, count, _ in fresh.by("zone")}
    allocs = found.allocated.sum(axis=1)
    rows = []
    for zone in after.machine()["zones"]:
        name, number, each = zone["name"], ids[zone["name"]], zone["elem_size"]
        size, grown = zone["in_use"] * each, (zone["in_use"] - was.get(zone["name"], 0)) * each
        if held := max(size, zone["cur_size"]):
            rows.append(ZoneGrowth(name, size, held, grown, None, int(allocs[number]), kept.get(number, 0)))
    return sorted(rows, key=lambda row: (-row.size, row.zone))
