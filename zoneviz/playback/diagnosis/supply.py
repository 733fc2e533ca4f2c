"""How a memory was supplied and used up, beside who allocated: steady growth, reservations, allocator caches, the rate of one leak."""

from zoneviz import words
from zoneviz.playback.diagnosis.memories import NAME_LENGTH, Memory, asked_last, map_used
from zoneviz.playback.diagnosis.patterns import CACHED, LEAK, OTHER
from zoneviz.playback.diagnosis.results import Diagnosis, Finding
from zoneviz.playback.diagnosis.stretch import Stretch
from zoneviz.playback.forecast import Forecast, forecast
from zoneviz.playback.limits import PHYSICAL, ZONE_MAP, physical_used
from zoneviz.playback.rates import per_second, rate, until

_STEADY = 0.1
"""Growth before a limit is reached is reported from this share of its room on."""
_RESERVED = 0.5
"""Reservations are listed if they take this share of the used bytes of a map."""


def caches(stretch: Stretch, found: Diagnosis) -> list[Finding]:
    """Which zones hold the free elements of a zone_map that ended while almost nothing was in use."""
    memory, live = stretch.filled, sum(found.parts.values())
    if memory is None or not memory.ended or memory.name != ZONE_MAP or live >= CACHED * memory.used:
        return []
    zones = sorted(stretch.after.machine()["zones"], key=lambda zone: -zone["free"] * zone["elem_size"])
    free = {_name(zone["name"]): zone["free"] * zone["elem_size"] for zone in zones[:3] if zone["free"]}
    most = ", ".join(f"“{name}” {words.size(size)}" for name, size in free.items())
    share = words.share(live, memory.used)
    text = f"The allocator's caches hold zone_map: live elements use {words.size(live)}, {share} of what it gave out."
    text += f" Most free elements: {most}." if most else ""
    return [Finding("caches", text, seq=found.at, numbers={"live": live, "taken": memory.used})]


def reservations(stretch: Stretch, found: Diagnosis) -> list[Finding]:
    """What reserved the map that filled: its submaps, and how much of each is used."""
    memory = stretch.filled
    catalog, after = stretch.recording.catalog, stretch.after
    info = next((info for info in catalog.maps if memory is not None and info.name == memory.name), None)
    if memory is None or info is None:
        return []
    parts = sorted((m for m in catalog.maps if m.parent == info.id and m.id != info.id and m.end > m.start), key=lambda m: m.start - m.end)
    reserved, used = sum(m.end - m.start for m in parts), map_used(after, info.id)
    if not parts or reserved < _RESERVED * used:
        return []
    each = [f"{_name(m.name)} {words.size(m.end - m.start)}, of which {words.size(map_used(after, m.id))} are used" for m in parts]
    rest = f"; the other {words.size(used - reserved)} are allocations" if used > reserved else ""
    text = f"Reservations take {words.share(reserved, used)} of the used part of {info.name}: {'; '.join(each)}{rest}."
    return [Finding("reserved", text, seq=found.at, numbers={m.name: m.end - m.start for m in parts} | {"used": used})]


def growth(stretch: Stretch, found: Diagnosis) -> list[Finding]:
    """Memories that grow steadily and have not ended: how much, whose, at what rate, and when they are full."""
    if found.ended is not None or not len(stretch.samples):
        return []
    machine, times = stretch.samples.machine, stretch.samples.times
    used = {name.removesuffix("_used"): values for name, values in machine.items() if name.endswith("_map_used")}
    used[PHYSICAL] = physical_used(machine["physical_pages"], machine["physical_free"])
    out = []
    for memory in found.memories:
        values = used.get(memory.name)
        ahead = forecast(times, values, memory.size, found.time) if values is not None else None
        if values is None or ahead is None or not ahead.growing or ahead.at is None:
            continue
        low, high = int(values[int(times.searchsorted(ahead.since))]), int(values[-1])
        if high - low >= _STEADY * memory.room > 0:
            out.append((ahead, _steady(stretch, found, memory, ahead, (low, high))))
    return [finding for _, finding in sorted(out, key=lambda pair: pair[0].at or 0)][:1]


def _steady(stretch: Stretch, found: Diagnosis, memory: Memory, ahead: Forecast, ends: tuple[int, int]) -> Finding:
    low, high = (words.size(value) for value in ends)
    text = f"{memory.short} is not full, but grows steadily since {words.time(ahead.since)}, from {low} to {high}, by {rate(ahead.rate)}: "
    text += f"{until(ahead, found.time)}."
    numbers: dict[str, int | float] = {"from": ends[0], "to": ends[1], "rate": round(ahead.rate, 6)}
    zone = max(found.zones, key=lambda row: row.grown, default=None)
    owner, task, size = _owner(stretch)
    whole = stretch.fresh.total
    if whole > 0 and zone is not None:
        numbers["share of the owner"] = round(size / whole, 4)
        share = words.share(size, whole)
        text += f" {share} of the {words.size(whole)} allocated {stretch.began} and still in use were allocated while {owner} ran."
        text += f" Most growth: “{_name(zone.zone)}”, {words.size(zone.grown)}."
    if ahead.at is not None and ahead.soonest is not None and ahead.latest is not None:
        numbers |= {"full at": ahead.at, "soonest": ahead.soonest, "latest": ahead.latest}
    return Finding("growth", text, seq=found.at, zone=zone.zone if zone else "", task=task, numbers=numbers)


def _owner(stretch: Stretch) -> tuple[str, int, int]:
    """The tasks of one name with most bytes allocated in the stretch, in words; the first of them; their bytes."""
    names, groups = stretch.names, dict[str, list[tuple[int, int]]]()
    for task, _, size in stretch.fresh.by("task"):
        groups.setdefault(names.get(task, "") or f"task {task}" if task else "", []).append((task, size))
    if not groups:
        return "", 0, 0
    name, members = max(groups.items(), key=lambda group: sum(size for _, size in group[1]))
    task = members[0][0]
    owner = words.task(task, names) if len(members) == 1 else f"the {words.number(len(members))} tasks named {_name(name)}"
    return owner, task, sum(size for _, size in members)


def leak_rate(stretch: Stretch, found: Diagnosis) -> list[Finding]:
    """The rate of the one leak that would have ended zone_map: its room by the element of the zone that asked, by the time it took.

    Nothing where another pattern was found: the zone that asked last says nothing then.
    """
    if found.pattern not in (LEAK, OTHER):
        return []
    memory, span = stretch.filled, found.time - found.began
    zone = next((zone for zone in stretch.after.machine()["zones"] if zone["name"] == asked_last(stretch.after, stretch.counts)), None)
    if memory is None or not memory.ended or memory.name != ZONE_MAP or zone is None or found.time_kind != "ns" or span <= 0:
        return []
    size = max(int(zone["elem_size"]), 1)
    elements = memory.room // size
    each = elements / (span / 1e9)
    text = (
        f"A leak of “{_name(zone['name'])}” alone would have ended zone_map at {per_second(each)}: "
        f"{words.size(memory.room)} by {words.count(size, 'byte')} by {words.duration(span)}."
    )
    return [Finding("rate", text, seq=found.at, zone=zone["name"], numbers={"elements": elements, "seconds": span / 1e9, "rate": each})]


def _name(text: str) -> str:
    return words.one_line(text, NAME_LENGTH)
