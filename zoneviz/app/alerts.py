"""Alerts of a recording in progress: conditions that became true, and limits that will soon be reached.

An alert is raised once, and again only after it was false in between. docs/watching.md describes them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from zoneviz import words
from zoneviz.errors import UsageError
from zoneviz.events import Catalog
from zoneviz.importers.linux_meminfo import FIGURES
from zoneviz.playback.forecast import Forecast
from zoneviz.playback.nearing import Nearing, Use, limits
from zoneviz.playback.watch import Watch, parse_watch
from zoneviz.state.figures import UNKNOWN
from zoneviz.state.totals import Totals

FORECAST_EVERY = 5 * 10**9
"""Machine time in ns between two forecasts."""
_PATIENCE = 4
"""A forecast is forgotten after this part of the warning: rates vary, and an alert is not to be raised again for that."""
_FIRST_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alert that was raised. `text`: the sentence; `alert`: the condition, or the memory; `time`: ns since the recording began.

    `value`, `limit`: the figure at that time and its limit; `ahead`: ns until it is expected there, 0 if the condition holds.
    """

    text: str
    alert: str
    time: int
    value: int
    limit: int
    ahead: int = 0


class Alerts:
    """Follows the figures of a recording. `conditions`: as in `playback.watch`, with the names of /proc/meminfo too; `before`: ns of
    warning before a limit is reached, 0 for no forecasts."""

    def __init__(self, conditions: Sequence[str], before: int = 0) -> None:
        self._conditions, self._before = conditions, before
        self._watches: list[Watch] | None = None
        self._nearing = Nearing(before)
        self._hold: dict[str, Alarm] = {}
        self._foreseen: dict[str, Alarm] = {}
        self._next = 0

    @property
    def active(self) -> list[str]:
        """The sentences of the alerts that hold."""
        return [alarm.text for alarm in (*self._hold.values(), *self._foreseen.values())]

    def look(self, totals: Totals, catalog: Catalog, time: int) -> list[Alarm]:
        """The alerts that the figures of a reading at `time` in ns raise.

        Errors, at the first reading: UsageError if a condition is invalid or names an unknown figure, or if nothing has a limit.
        """
        if self._watches is None:
            self._watches = self._parsed(totals, catalog)
        hold = {watch.text: _holding(watch, time, watch.figure(totals)) for watch in self._watches if watch.holds(totals)}
        raised = [alarm for name, alarm in hold.items() if name not in self._hold]
        self._hold = hold
        return raised + self._foresee(totals, catalog, time) if self._before else raised

    def _foresee(self, totals: Totals, catalog: Catalog, time: int) -> list[Alarm]:
        """The alerts that forecasts raise. One holds until nothing was foreseen within twice the warning for a part of it."""
        assert self._watches is not None
        uses = limits(totals, catalog)
        full = {*uses}
        for watch in self._watches:
            if watch.text not in self._hold and watch.compare[0] in "<>" and watch.figure(totals) != UNKNOWN:
                uses[watch.text] = _use(watch, totals)
        for name, use in uses.items():
            self._nearing.add(name, time, use.used)
        if time < self._next:
            return []
        self._next, raised = time + FORECAST_EVERY, []
        for name, use in uses.items():
            known = name in self._foreseen
            near = self._nearing.near(name, time, use, self._before * (2 if known else 1))
            if near is not None:
                alarm = _ahead(name, f"{name} full" if name in full else name, time, use, near)
                raised += [] if known else [alarm]
                self._foreseen[name] = alarm
        since = time - self._before // _PATIENCE
        self._foreseen = {name: alarm for name, alarm in self._foreseen.items() if alarm.time >= since and name not in self._hold}
        return raised

    def _parsed(self, totals: Totals, catalog: Catalog) -> list[Watch]:
        watches = [parse_watch(_FIRST_WORD.sub(_figure, text.strip(), count=1), catalog) for text in self._conditions]
        if self._before and not watches and not limits(totals, catalog):
            raise UsageError("--alert-before needs a limit, and this machine reports none. Add one, such as --alert 'dentry > 1G'.")
        return watches


def _figure(name: re.Match[str]) -> str:
    """The figure that a line of /proc/meminfo became: "SUnreclaim" is recorded as "slab_unreclaimable"."""
    return FIGURES.get(name[0], name[0])


def _holding(watch: Watch, time: int, value: int) -> Alarm:
    return Alarm(f"{watch.text}: {_amount(value, watch.unit)} now.", watch.text, time, value, watch.value)


def _use(watch: Watch, totals: Totals) -> Use:
    sign = 1 if watch.compare.startswith(">") else -1
    return Use(sign * watch.figure(totals), sign * watch.value, watch.unit)


def _ahead(name: str, what: str, time: int, use: Use, found: Forecast) -> Alarm:
    """`what`: is expected, in words."""
    assert found.at is not None and found.soonest is not None and found.latest is not None
    ahead, soonest, latest = (max(moment - time, 0) for moment in (found.at, found.soonest, found.latest))
    value, limit = abs(use.used), abs(use.limit)
    when = f"in {words.duration(ahead)} ({words.duration(soonest)} to {words.duration(latest)}) at this rate"
    now = f"{_amount(value, use.unit)} of {_amount(limit, use.unit)} now, {_amount(round(abs(found.rate) * 3600), use.unit)} an hour"
    return Alarm(f"{what} {when}: {now}.", name, time, value, limit, ahead)


def _amount(value: int, unit: str) -> str:
    return words.size(value) if unit == "bytes" else words.number(value)
