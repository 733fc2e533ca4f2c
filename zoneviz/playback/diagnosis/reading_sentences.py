"""What readings say about a machine, as sentences: what grew, since when, how fast, and when the limit is reached. No cause, no owner."""

from itertools import pairwise

import numpy as np

from zoneviz import words
from zoneviz.playback.diagnosis.memories import NAME_LENGTH
from zoneviz.playback.diagnosis.reading_curves import Curves, Regime, regimes
from zoneviz.playback.diagnosis.results import Finding
from zoneviz.playback.forecast import FEWEST, forecast
from zoneviz.playback.rates import hourly, per_second, until
from zoneviz.playback.zone_families import reclaimable
from zoneviz.recording.header import LIVE, Header

MOST = 3
"""Zones named for their growth, and for shrinking."""
_LEAST = 0.05
"""Share of all growth from which a zone is named."""
_FULL = 0.9
"""A memory that was last seen below this share of its limit did not end by what the readings show."""
_SLOWER = 0.5
"""A last regime with at most this share of the rate before is reported as slowing down."""
NEXT = {
    "macOS": "run `sudo zprint` every 10 minutes into a new file, keep the JetsamEvents and panics in /Library/Logs/DiagnosticReports",
    "OS X": "run `sudo zprint` every 10 minutes into a new file, and keep the .panic files of /Library/Logs/DiagnosticReports",
    "iPhone": "copy the JetsamEvent and panic-full files of Settings > Privacy > Analytics Data, of several days",
    "Linux": "run `sudo cat /proc/slabinfo` every 10 minutes into a new file",
    "FreeBSD": "run `vmstat -z` and `vmstat -m` every 10 minutes into new files",
    "GNU Mach": "run `cat /proc/slabinfo` every minute into a new file, and note the time since boot when it panics",
}
"""What to capture next, by the beginning of the system's name."""
HOWTO = {"OS X": "macos", "iPhone": "macos", "GNU Mach": "hurd"}
"""The page of `zoneviz howto`, where it is not the name in small letters."""
EVENTS = "To see what each process allocates and keeps, run `sudo zoneviz record --stacks --for 30s` while it grows."
LONGER = "To learn more, record longer: `zoneviz record --every 1m --keep 7d`."
"""What to do next about a machine that zoneviz itself has recorded."""
MERGED = " Linux merges caches of equal size under one name, so another cache may have grown: boot with slab_nomerge to see each."


def findings(header: Header, curves: Curves, flags: list[str], panicked: bool) -> list[Finding]:
    """All findings; `flags`: of each zone; `panicked`: whether the last reading is a panic's."""
    if not len(curves.ends):
        return [Finding("memory", "No reading is complete by this event.")]
    innocent = [reclaimable(name, flag) for name, flag in zip(curves.names, flags, strict=True)]
    clock = header.time_kind == "ns"
    return [
        *_end(header, curves, panicked),
        *_grown(header, curves, innocent, clock),
        *_limit(curves, clock),
        *_largest(header, curves, innocent, panicked),
        *(_mean(header, curves) if len(curves.ends) == 1 and panicked else []),
        *_shrank(curves),
        *_innocent(header, curves, innocent),
        *_next(header),
    ]


def _name(text: str) -> str:
    return words.one_line(text, NAME_LENGTH)


def _end(header: Header, curves: Curves, panicked: bool) -> list[Finding]:
    seq = int(curves.ends[-1])
    if not panicked:
        return [Finding("memory", "The readings end without a panic.", seq=seq)]
    when = f" at {words.time(int(curves.times[-1]))}" if header.time_kind == "ns" and curves.times[-1] else ""
    full = "the zone map" if header.panic_memory == "zone_map" else _name(header.panic_memory)
    what = f": {full} was full" if full else ""
    if full and _spare(curves):
        what = f": it says that {full} was full, but the last reading shows otherwise"
    out = [Finding("memory", f"The machine panicked{when}{what}. This boot ends there.", seq=seq)]
    asked = f"“{_name(header.panic_zone)}” asked last, which does not make it the cause; " if header.panic_zone else ""
    text = f"{asked}the panicked task, its thread and its call path show only who asked."
    out.append(Finding("asked", text[:1].upper() + text[1:], seq=seq, zone=header.panic_zone))
    if not header.panic_memory and not header.panic_zone:
        out.append(Finding("others", "The text of the panic names no zone: no zone explains it.", seq=seq))
    return out


def _spare(curves: Curves) -> bool:
    """Whether the last reading reports the memory below its limit. An earlier one says nothing of the end."""
    reported = bool(len(curves.used)) and len(curves.used) == len(curves.ends)
    return reported and bool(curves.cap) and int(curves.used[-1]) < _FULL * curves.cap


def _limit(curves: Curves, clock: bool) -> list[Finding]:
    """How near the limit, when it is reached, and whether it is what ended the machine."""
    if not len(curves.used) or not curves.cap:
        return [Finding("others", "The limit is not in the file: it cannot say when it is reached.")] if len(curves.ends) > 1 else []
    used, cap, now = int(curves.used[-1]), curves.cap, int(curves.used_times[-1])
    text = f"{curves.label.capitalize()}: {words.size(used)} of {words.size(cap)}, {words.share(used, cap)} of its limit"
    numbers: dict[str, int | float] = {"used": used, "size": cap}
    early = int(curves.times[-1]) - now
    if early and clock:
        text += f" when last reported, {words.duration(early)} before the end"
    if _spare(curves) and int(curves.ends[-1]):
        text += ". It was not full here"
    out = [Finding("others", f"{text}.", seq=int(curves.ends[-1]), numbers=numbers)]
    if not clock or len(curves.used) < 2:
        return out
    found = regimes(curves.used_times, curves.used)
    ahead = forecast(curves.used_times, curves.used, cap, now)
    if len(found) > 1:
        out.insert(0, Finding("since", f"{curves.label.capitalize()}: {_course(found)}.", seq=_seq(curves, found[-1].begins)))
    if ahead is not None and ahead.growing:
        more = {"rate": ahead.rate, "full at": ahead.at or 0, "soonest": ahead.soonest or 0, "latest": ahead.latest or 0}
        low, high = hourly(ahead.low), hourly(ahead.high)
        text = f"{curves.label.capitalize()} grows by {hourly(ahead.rate)} ({low} to {high}): {until(ahead, now)}."
        out.append(Finding("growth", text, seq=int(curves.ends[-1]), numbers=more))
    elif len(curves.used) >= FEWEST:
        out.append(Finding("growth", f"{curves.label.capitalize()} is not growing at the end.", seq=int(curves.ends[-1])))
    elif curves.used[1] > curves.used[0] and found:
        ends = now + round((cap - used) / found[-1].rate * 1e9)
        text = f"At the rate of the two readings it is full in {words.duration(ends - now)}; two readings give no range."
        out.append(Finding("growth", text, seq=int(curves.ends[-1]), numbers={"full at": ends}))
    return out


def _seq(curves: Curves, time: int) -> int:
    """The end of the reading at or before a time."""
    return int(curves.ends[max(int(np.searchsorted(curves.times, time, side="right")) - 1, 0)])


def _course(found: list[Regime]) -> str:
    """The regimes of a curve: `7 MiB/h until 10 h, then 3.5 GiB/h (14 times as fast)`; at most the last three."""
    shown = found[-3:]
    out = f"{hourly(shown[0].rate)} until {words.time(shown[0].ends)}"
    for before, regime in pairwise(shown):
        ends = "" if regime is shown[-1] else f" until {words.time(regime.ends)}"
        out += f", then {hourly(regime.rate)}{ends}"
        if before.rate > 0 and regime.rate >= 2 * before.rate:
            out += f" ({regime.rate / before.rate:,.3g} times as fast)"
        elif before.rate > 0 and 0 <= regime.rate <= _SLOWER * before.rate:
            out += " (slower)"
    return out


def _grown(header: Header, curves: Curves, innocent: list[bool], clock: bool) -> list[Finding]:
    """The zones that grew most, with their share of all growth, their rates and regimes; without zones, the machine's own figure."""
    if len(curves.ends) < 2:
        return [Finding("since", "One reading shows no growth. Capture a second one.")]
    if not len(curves.names):
        return _figure(curves, clock)
    growth = curves.growth
    total = int(growth.clip(0).sum())
    out = list[Finding]()
    for zone in np.argsort(-growth, kind="stable")[: MOST + sum(innocent)].tolist():
        size = int(growth[zone])
        if size <= _LEAST * total or innocent[zone] or len(out) == MOST:
            continue
        first = int(curves.born[zone])
        low, high = (words.size(int(curves.held[at, zone])) for at in (first, -1))
        text = f"“{_name(curves.names[zone])}” grew from {low} to {high}, {words.share(size, total)} of all growth"
        found = curves.regimes(zone) if clock else []
        seconds = (int(curves.times[-1]) - int(curves.times[first])) / 1e9
        numbers: dict[str, int | float] = {"grown": size, "share": round(size / total, 4)}
        if found:
            numbers |= {"rate": size / seconds, "rate now": found[-1].rate, "knee": found[-1].begins}
            text += f": {_course(found)}" if len(found) > 1 else f", by {hourly(size / seconds)}"
            elements = int(curves.in_use[-1, zone] - curves.in_use[first, zone])
            text += f"; {per_second(elements / seconds)} in elements" if elements > 0 and curves.in_use[first, zone] else ""
        begins = found[-1].begins if found else int(curves.times[first])
        span = (_seq(curves, begins), int(curves.ends[-1]))
        out.append(Finding("since", f"{text}.", seq=span[0], range=span, zone=curves.names[zone], numbers=numbers))
    return out or [Finding("since", f"No {header.zone_noun} grew that the system does not take back.")]


def _figure(curves: Curves, clock: bool) -> list[Finding]:
    """The growth of a machine whose zones are not in the file."""
    if not len(curves.used):
        return [Finding("since", "The readings have no figure of kernel memory.")]
    low, high = int(curves.used[0]), int(curves.used[-1])
    text = f"{_name(curves.label)} {'grew' if high > low else 'went'} from {words.size(low)} to {words.size(high)}"
    found = regimes(curves.used_times, curves.used) if clock else []
    if len(found) > 1:
        text += f": {_course(found)}"
    elif found:
        text += f", by {hourly(found[0].rate)}"
    out = [Finding("since", f"{text}. No zone can be named.", numbers={"from": low, "to": high})]
    steps = np.diff(curves.used) / np.maximum(np.diff(curves.used_times), 1)
    if len(steps) > 1 and (np.diff(steps) < 0).all() and (steps > 0).all() and steps[-1] <= _SLOWER * steps[0]:
        out.append(Finding("growth", "It grows more slowly each time, as caches that fill after boot do: no leak is proven."))
    return out


def _largest(header: Header, curves: Curves, innocent: list[bool], panicked: bool) -> list[Finding]:
    named = [zone for zone in range(len(curves.names)) if not curves.names[zone].startswith("(") and not innocent[zone]]
    zone = max(named, key=lambda zone: int(curves.held[-1, zone]), default=-1)
    size = int(curves.held[-1, zone]) if zone >= 0 else 0
    if not size:
        return []
    blamed = "The panic blames it because it is the largest. " if panicked and len(curves.ends) == 1 else ""
    share = words.share(size, int(curves.held[-1].sum()))
    text = (
        f"Largest {_name(header.zone_noun)}, those that the system takes back aside: {_name(curves.names[zone])} with {words.size(size)}, "
        f"{share} of all. {blamed}Large is not the same as leaking."
    )
    return [Finding("largest", text, seq=int(curves.ends[-1]), zone=curves.names[zone], numbers={"size": size})]


def _mean(header: Header, curves: Curves) -> list[Finding]:
    """The mean rate of the zone with most elements, of a single panic with an uptime: an upper bound of a leak since boot."""
    uptime, zone = int(curves.times[-1]), int(curves.in_use[-1].argmax()) if len(curves.names) else -1
    elements = int(curves.in_use[-1, zone]) if zone >= 0 else 0
    if not elements:
        return []
    name = _name(curves.names[zone])
    if header.time_kind != "ns" or uptime <= 0:
        return [Finding("rate", f"No uptime in the file: the rate of “{name}” is unknown.", zone=curves.names[zone])]
    each = elements / (uptime / 1e9)
    text = f"“{name}” had {words.count(elements, 'element')} after {words.duration(uptime)}: {per_second(each)} on average since boot."
    numbers = {"elements": elements, "seconds": uptime / 1e9, "rate": each}
    return [Finding("rate", text, seq=int(curves.ends[-1]), zone=curves.names[zone], numbers=numbers)]


def _shrank(curves: Curves) -> list[Finding]:
    growth = curves.growth
    lost = [zone for zone in np.argsort(growth, kind="stable")[:MOST].tolist() if growth[zone] < 0]
    if not lost:
        return []
    each = [f"{_name(curves.names[zone])} by {words.size(-int(growth[zone]))}" for zone in lost]
    return [Finding("shrank", f"Shrank: {words.listed(each)}.", numbers={curves.names[zone]: int(growth[zone]) for zone in lost})]


def _innocent(header: Header, curves: Curves, innocent: list[bool]) -> list[Finding]:
    """What the system takes back when memory runs short, and how much it grew."""
    if not any(innocent):
        return []
    mine = np.array(innocent)
    size, grown = int(curves.held[-1][mine].sum()), int(curves.growth[mine].sum())
    if not size:
        return []
    top = [int(zone) for zone in np.argsort(-curves.held[-1], kind="stable") if innocent[zone]][:MOST]
    names = words.listed([_name(curves.names[zone]) for zone in top])
    more = f", {words.signed_size(grown)} since the first reading" if len(curves.ends) > 1 else ""
    text = f"The system takes back when memory runs short: {words.size(size)} of {_name(header.zone_noun)}s such as {names}{more}."
    return [Finding("innocent", text, numbers={"size": size, "grown": grown})]


def _next(header: Header) -> list[Finding]:
    system = next((system for system in NEXT if header.system.startswith(system)), "")
    if not system:
        return []
    who = "" if "tasks" in header.shows else "The file names no owner. "
    page = f"`zoneviz howto {HOWTO.get(system, system.lower())}` has the exact commands."
    more = f"To learn more, {NEXT[system]}; then import the folder. {page}"
    if header.kind == LIVE:
        more = EVENTS if system == "Linux" else LONGER
    return [Finding("next", f"{who}{more}{MERGED if system == 'Linux' else ''}")]
