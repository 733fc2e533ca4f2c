"""Captures grouped by machine and boot: each boot is one time line.

Moments are ordered by the text's own stamps, by its uptimes if it has no stamps, or by the files' times if the user asked for that. A
capture without times is a separate time line and has only an order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from zoneviz.captures.capture import Capture, Moment
from zoneviz.captures.collection import Collection, Kept
from zoneviz.captures.stamps import Stamp
from zoneviz.words import count


@dataclass(slots=True)
class TimeLine:
    """The moments of one boot, in order. `times`: of each, in ns, rising; from boot on if the uptime is known, else from the first one.

    `start`: the date of time 0, None if unknown. `clock`: that date, or "uptime", "first reading" if time 0 is that, or "order" if only
    the order is known; the times are then 1, 2, 3. `assumed`: sentences on what grouping had to assume.
    """

    moments: list[Kept]
    times: list[int] = field(default_factory=list)
    start: Stamp | None = None
    clock: str = "order"
    assumed: list[str] = field(default_factory=list)

    @property
    def has_clock(self) -> bool:
        """Whether more than the order is known."""
        return self.clock != "order"

    @property
    def captures(self) -> list[Capture]:
        """The captures it has moments of, in order of first appearance."""
        found: dict[int, Capture] = {}
        for kept in self.moments:
            found.setdefault(id(kept.capture), kept.capture)
        return list(found.values())

    @property
    def system(self) -> str:
        """The system that its captures name, "" if none does."""
        return next((capture.system for capture in self.captures if capture.system), "")


@dataclass(slots=True)
class _Machine:
    """Captures of one machine, as far as their facts tell."""

    family: str
    facts: dict[str, str]
    moments: list[Kept] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)


def timelines(collection: Collection, *, file_times: bool = False) -> list[TimeLine]:
    """The time lines of all moments, those with dates first. Repeated moments are dropped, and added to `collection.duplicates`."""
    machines, alone = list[_Machine](), list[list[Kept]]()
    for moments in _by_capture(collection.moments):
        moments = _dated(moments, file_times)
        if all(kept.stamp is not None for kept in moments):
            _machine_of(moments[0].capture, machines).moments += moments
        else:
            alone.append(moments)
    lines = []
    for machine in machines:
        kept = _distinct(sorted(machine.moments, key=lambda kept: kept.stamp or Stamp(0, True)), collection)
        for boot in _boots(kept):
            line = _timed(TimeLine(boot))
            line.assumed += machine.assumed if len(line.captures) > 1 else []
            lines.append(line)
    for moments in alone:
        lines += [_timed(TimeLine(boot)) for boot in _boots(_panics_once(moments))]
    return lines


def _by_capture(moments: Iterable[Kept]) -> list[list[Kept]]:
    found: dict[int, list[Kept]] = {}
    for kept in moments:
        found.setdefault(id(kept.capture), []).append(kept)
    return list(found.values())


def _dated(moments: list[Kept], file_times: bool) -> list[Kept]:
    """The moments of a capture, with dates where they can be known: stamp, or boot plus uptime, or the file's time."""
    boots = [kept.stamp.ns - kept.moment.uptime for kept in moments if kept.stamp and kept.moment.uptime is not None]
    zoned = any(kept.stamp.zoned for kept in moments if kept.stamp)
    out = []
    for kept in moments:
        stamp, uptime = kept.stamp, kept.moment.uptime
        if stamp is None and boots and uptime is not None:
            stamp = Stamp(boots[0] + uptime, zoned)
        elif stamp is None and file_times and kept.modified and len(moments) == 1:
            stamp = Stamp(kept.modified, True)
        out.append(replace(kept, moment=replace(kept.moment, stamp=stamp)))
    return out


def _machine_of(capture: Capture, machines: list[_Machine]) -> _Machine:
    """The machine that a capture is of: the one that shares most facts with it and contradicts none, else a new one."""
    rated = []
    for machine in machines:
        shared = [machine.facts[name] == value for name, value in capture.facts.items() if name in machine.facts]
        if machine.family == capture.family and all(shared):
            rated.append((len(shared), machine))
    best = max((score for score, _ in rated), default=0)
    found = [machine for score, machine in rated if score == best]
    if len(found) != 1:
        machines.append(_Machine(capture.family, dict(capture.facts)))
        return machines[-1]
    if not best:
        sentence = "Not all files name their machine; they are taken to be of one. Import them separately if they are not."
        found[0].assumed[:] = [sentence]
    found[0].facts.update(capture.facts)
    return found[0]


def _distinct(moments: list[Kept], collection: Collection) -> list[Kept]:
    seen: dict[bytes, Kept] = {}
    out = []
    for kept in moments:
        earlier = seen.setdefault(kept.digest, kept)
        if earlier is kept:
            out.append(kept)
        elif earlier.capture is not kept.capture:
            collection.duplicates.append((kept.capture.file, earlier.capture.file))
    return out


def _panics_once(moments: list[Kept]) -> list[Kept]:
    """The moments without those that repeat a panic: a paste often has it twice, and each would be a boot."""
    seen = set[tuple[bytes, int | None]]()
    out = []
    for kept in moments:
        key = (kept.digest, kept.moment.uptime)
        if kept.moment.panic is None or key not in seen:
            out.append(kept)
        seen.add(key)
    return out


def _boots(moments: list[Kept]) -> list[list[Kept]]:
    """The moments split where another boot begins."""
    out: list[list[Kept]] = []
    names, counters = dict[str, str](), dict[str, Mapping[str, int]]()
    for kept in moments:
        kind, now = kept.capture.kind, kept.moment
        other = bool(now.boot) and names.get(kind, now.boot) != now.boot
        before = counters.get(kind, {})
        fell = any(value < before.get(name, 0) for name, value in now.counters.items())
        if not out or other or fell or _restarted(out[-1][-1].moment, now):
            out.append([])
            names, counters = {}, {}
        out[-1].append(kept)
        if now.boot:
            names[kind] = now.boot
        if now.counters:
            counters[kind] = now.counters
    return out


def _restarted(last: Moment, now: Moment) -> bool:
    """Whether a moment is of a later boot than the one before it: after a panic, or because the machine started since."""
    if last.panic is not None:
        return True
    if now.uptime is None:
        return False
    if now.stamp and last.stamp:
        return now.stamp.ns - now.uptime > last.stamp.ns
    return last.uptime is not None and now.uptime < last.uptime


def _timed(line: TimeLine) -> TimeLine:
    """The time line with its times."""
    stamps = [kept.stamp for kept in line.moments if kept.stamp is not None]
    uptimes = [kept.moment.uptime for kept in line.moments if kept.moment.uptime is not None]
    elapsed = [kept.moment.elapsed for kept in line.moments if kept.moment.elapsed is not None]
    if len(stamps) == len(line.moments):
        start = stamps[0].ns
        boots = [kept.stamp.ns - kept.moment.uptime for kept in line.moments if kept.stamp and kept.moment.uptime is not None]
        if boots:
            start = min(start, boots[-1])
        line.start = Stamp(start, stamps[0].zoned)
        line.clock = str(line.start)
        line.times = [stamp.ns - start for stamp in stamps]
    elif len(uptimes) == len(line.moments):
        line.clock, line.times = "uptime", uptimes
    elif len(elapsed) == len(line.moments):
        line.clock, line.times = "first reading", elapsed
    else:
        line.times = list(range(1, len(line.moments) + 1))
        if len(line.moments) > 1:
            line.assumed = [f"The {count(len(line.moments), 'reading')} have no times: only their order is known, and no rate."]
    for place in range(1, len(line.times)):
        line.times[place] = max(line.times[place], line.times[place - 1] + 1)
    return line
