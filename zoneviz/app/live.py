"""Recording this machine: readings of its caches, and if wanted every allocation, driven in slices by the caller like a simulation.

Readings set the figures of the caches, and events count on from them to the next reading: the kernel frees some elements without an event.
What events alone have counted since the start is compared with the machine's own figures, and the difference kept with the recording.
"""

import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from zoneviz import words
from zoneviz.app import collector
from zoneviz.app.alerting import Alerting
from zoneviz.app.keeping import Keeper
from zoneviz.app.live_spec import LIMIT, LiveSpec, LiveStatus
from zoneviz.app.spec import default_output
from zoneviz.captures.capture import Moment
from zoneviz.captures.readings import ReadingWriter
from zoneviz.captures.zone_names import ZoneNames
from zoneviz.errors import UsageError, ZonevizError, described
from zoneviz.events import Catalog, Kind
from zoneviz.playback import shown
from zoneviz.playback.player import Player
from zoneviz.recording import Header, Recorder, Recording, files, schema
from zoneviz.recording.header import LIVE
from zoneviz.sources.counted import Counted, Difference
from zoneviz.sources.kmem_source import KmemSource
from zoneviz.sources.source import ReadingSource
from zoneviz.state.rows import Ints

EVENTS_SECONDS = 0.1
"""Time between two looks at the kernel's events: what the window lags behind, and what a commit holds."""
CHECK_SECONDS = 1.0
"""Time between two looks at the size of the file."""
SHARE = 4
"""The file may take one part in this many of the free disk."""
_WORST = 20
"""Caches named in the comparison of counted and reported elements."""
_SECOND = 10**9


class Live:
    """A recording of this machine in progress, with the interface of `Simulation`. Use it from one operating-system thread.

    `source`: gives the readings; `clock`: CLOCK_MONOTONIC in ns; `sleep`: waits for seconds. `started`: the time on that clock when the
    recording's time was 0.
    Errors of the constructor: UsageError, and EnvironmentProblem if the machine cannot be read or the file not be written. Errors of
    advancing: EnvironmentProblem; the recording is then closed as incomplete.
    """

    def __init__(
        self,
        spec: LiveSpec,
        source: ReadingSource,
        *,
        clock: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.spec = spec = spec.checked()
        self.catalog = Catalog()
        self._source, self._clock, self._sleep = source, clock, sleep
        self._names = ZoneNames()
        self._writer = ReadingWriter(self._names.names, self.catalog)
        self._counted = Counted()
        self._alerting = Alerting(spec.alerts, int(spec.alert_before * _SECOND), spec.then)
        self._waiting: list[tuple[int, Moment]] = []
        self._result: dict[str, Any] | None = None
        self._truth: list[Difference] = []
        self._readings = self._lost = 0
        self._rate, self._since = 0.0, (clock(), 0)
        schema.prepare()  # events wait in the kernel's buffer until the file is there
        self._kmem = KmemSource(self.catalog, wanted=spec.wanted, stacks=spec.stacks, buffer=spec.buffer) if spec.events else None
        try:
            self.started = self._read_at = clock()
            first = source.moment()
            self._recorder = self._begin()
        except BaseException:
            self._close()
            raise
        self.path: Path = self._recorder.path
        self.limit = spec.limit or min(LIMIT, (shutil.disk_usage(self.path.parent).free) // SHARE)
        keep, every = int((spec.keep or 0.0) * _SECOND), int(spec.every * _SECOND)
        self._keeper = Keeper(self._recorder, keep, every, self.limit) if keep else None
        self._next_reading = self.started + int(spec.every * _SECOND)
        self._next_events = self.started + int(EVENTS_SECONDS * _SECOND)
        self._next_check = self.started + int(CHECK_SECONDS * _SECOND)
        self._ends = None if spec.seconds is None else self.started + int(spec.seconds * _SECOND)
        collector.relax(self)
        self._waiting.append((self.started, first))
        try:
            self._guarded(lambda: self._feed(self.started))
        except UsageError:  # an alert on a cache that this machine does not have
            files.remove(self.path)
            raise

    @property
    def events(self) -> int:
        """Number of committed events."""
        return self._recorder.events

    @property
    def time(self) -> int:
        """Nanoseconds from the start to the last committed event."""
        return self._recorder.time

    @property
    def ended(self) -> bool:
        """Whether the recording has ended and is closed."""
        return self._result is not None

    def advance(self, wall_seconds: float) -> bool:
        """Record for about `wall_seconds`; sleeps when nothing is due. Returns False when the recording has ended."""
        until = self._clock() + int(wall_seconds * _SECOND)
        while not self.ended:
            self._guarded(self._work)
            now = self._clock()
            if now >= until or self.ended:
                break
            self._sleep(max(min(until, self._due()) - now, 0) / _SECOND)
        return not self.ended

    def due(self) -> float:
        """Seconds until there is something to do."""
        return max(self._due() - self._clock(), 0) / _SECOND

    def step(self) -> bool:
        """Take a reading now. Returns False when the recording has ended."""
        if not self.ended:
            self._next_reading = min(self._next_reading, self._clock())
            self._guarded(self._work)
        return not self.ended

    def flush(self) -> None:
        """Commit what the kernel has reported so far."""
        if not self.ended:
            self._guarded(lambda: self._feed(self._safe()))

    def stop(self, outcome: str = "interrupted", why: str = "") -> None:
        """End the recording; it is complete. Does nothing after the end."""
        if not self.ended:
            self._guarded(lambda: self._finish(outcome, why))

    def result(self) -> dict[str, Any]:
        """The result of the ended recording, as `record --json` prints it. Errors: ValueError before that."""
        if self._result is None:
            raise ValueError("the recording has not ended")
        return self._result

    def status(self) -> LiveStatus:
        """How it goes."""
        size = self._size()
        return LiveStatus(self._readings, self.events, self._rate, self._lost, size, self.limit, self._alerting.active)

    def news(self) -> list[str]:
        """Lines for the user since the last call: alerts that were raised, and commands that failed."""
        return self._alerting.news()

    def __del__(self) -> None:
        collector.restore(self)
        with suppress(AttributeError):
            self._close()  # a recording that its caller gave up

    def _begin(self) -> Recorder:
        source, spec = self._source, self.spec
        now = datetime.now(UTC).astimezone()
        shows = source.shows | ({"elements", "paths", "tasks", "sizes"} if self._kmem else set())
        header = Header(
            kind=LIVE,
            system=source.system,
            zone_noun=source.zone_noun,
            shows=frozenset(shows),
            scenario="this machine",
            parameters=spec.parameters() | {"start": now.isoformat(timespec="milliseconds")},
            created=now.isoformat(timespec="seconds"),
        )
        return Recorder(spec.output or default_output("machine", 1, now), self.catalog, header, force=spec.force)

    def _due(self) -> int:
        """When there is something to do, on the clock."""
        soon = min(self._next_reading, self._next_check, self._next_events if self._kmem else self._next_reading)
        return soon if self._ends is None else min(soon, self._ends)

    def _work(self) -> None:
        now = self._clock()
        if now >= self._next_reading:
            # A reading that is late is not made up for: the machine cannot be read in the past.
            self._next_reading += int(self.spec.every * _SECOND) * (1 + (now - self._next_reading) // int(self.spec.every * _SECOND))
            self._take_reading(now)
        if self._kmem is None or now >= self._next_events:
            self._feed(self._safe())
            self._next_events = now if self._behind else now + int(EVENTS_SECONDS * _SECOND)
        if self._keeper is not None:
            self._keeper.work()
        if now >= self._next_check:
            self._next_check = now + int(CHECK_SECONDS * _SECOND)
            self._check(now)
        if not self.ended and self._ends is not None and now >= self._ends:
            self._finish("finished", "")

    def _take_reading(self, at: int) -> None:
        """Each reading has a later time than the one before."""
        if at > self._read_at:
            self._read_at = at
            self._waiting.append((at, self._source.moment()))

    def _check(self, now: int) -> None:
        then, before = self._since
        self._rate, self._since = (self.events - before) * _SECOND / max(now - then, 1), (now, self.events)
        self._lost = self._kmem.lost if self._kmem is not None else 0
        if self._size() >= self.limit:
            self._finish("stopped", f"The file has reached its limit of {words.size(self.limit)}.")

    @property
    def _behind(self) -> bool:
        """Whether there are more events to read now."""
        return self._kmem is not None and self._kmem.behind

    def _safe(self) -> int:
        return self._clock() if self._kmem is None else self._kmem.safe()

    def _feed(self, until: int) -> None:
        """Commit what happened up to a time, readings in their place among the events."""
        parts, readings = [], self._readings
        while self._waiting and self._waiting[0][0] <= until:
            parts.append(self._events(self._waiting[0][0]))
            if self._behind:
                break  # the reading waits for events of the time before it
            parts.append(self._reading(*self._waiting.pop(0)))
        else:
            parts.append(self._events(until))
        rows = np.concatenate(parts)
        if len(rows):
            self._recorder.feed(rows)
        if self._readings > readings:
            self._alerting.look(self._recorder.totals, self.catalog, self.time, self.path)

    def _events(self, until: int) -> Ints:
        """The events up to a time; the time in them is from the start of the recording."""
        none = np.zeros((0, 9), np.int64)
        if self._kmem is None:
            return none
        rows = self._kmem.rows(until)
        rows[:, 1] = np.maximum(rows[:, 1] - self.started, 0)
        # Of what came before the start, only the zones that were first seen then.
        kept: Ints = rows[(rows[:, 1] > 0) | (rows[:, 0] == Kind.ZINIT)]
        self._writer.moved(self._counted.take(kept))
        return kept

    def _reading(self, at: int, moment: Moment) -> Ints:
        """The events of a reading taken at a time."""
        self._readings += 1
        rows = self._names.rows(moment.zones)
        if self._kmem is None:
            return self._writer.reading(self._readings, at - self.started, moment, rows)
        self._truth = self._counted.differences(rows, self._writer.ids(rows))
        moment.counts = {**moment.counts, "lost_events": self._lost}
        if not self.spec.wanted.partial:
            moment.counts["elements_miscounted"] = sum(abs(one.counted - one.reported) for one in self._truth)
        written = self._writer.reading(self._readings, at - self.started, moment, rows)
        self._counted.set(rows, self._writer.ids(rows))
        return written

    def _finish(self, outcome: str, why: str) -> None:
        if self._kmem is not None:
            self._kmem.stop()
        self._take_reading(self._clock())
        self._feed(self._clock())
        while self._behind:
            self._feed(self._clock())
        if self._kmem is not None:
            self._lost = self._kmem.lost
        source = self._source
        result: dict[str, Any] = {"outcome": outcome, "kern_return": None, "panic": None}
        result |= {"why": why} if why else {}
        result |= self._alerting.result()
        result |= {"readings": self._readings, "seconds": (self._clock() - self.started) / _SECOND}
        result |= {"trust": list(source.trust), "cannot_show": list(source.cannot_show)}
        if self._kmem is not None:
            truth = [] if self.spec.wanted.partial else self._differences()
            result |= {"lost_events": self._lost, "kmem": asdict(self._kmem.counts), "truth": truth, "merged": self._kmem.merged}
            result["trust"] += self._kmem.trust
        self._recorder.finish(outcome, result)
        self._close()
        with Recording(self.path) as recording:
            machine = shown.machine(Player(recording).at_end(), recording.header)
        self._alerting.close()
        self._result = {
            "file": str(self.path),
            **result,
            "zone_noun": source.zone_noun,
            **machine,
            "events": self.events,
            "digest": self._recorder.header.digest,
        }
        collector.restore(self)

    def _differences(self) -> list[dict[str, Any]]:
        """The caches whose elements in use were counted otherwise than the machine reports at the end."""
        names = [zone.name for zone in self.catalog.zones]
        return [{"zone": names[one.zone - 1], "counted": one.counted, "reported": one.reported} for one in self._truth[:_WORST]]

    def _size(self) -> int:
        """Bytes of the file; 0 if somebody has removed it."""
        try:
            return files.size(self.path)
        except OSError:
            return 0

    def _close(self) -> None:
        """Leave the machine as it was."""
        kmem, self._kmem = getattr(self, "_kmem", None), None
        if kmem is not None:
            kmem.close()

    def _guarded(self, act: Callable[[], object]) -> None:
        """Do something that reads the machine or writes the file; on any error the recording is closed and stays readable."""
        try:
            act()
        except BaseException as error:
            self._recorder.abort(str(error) if isinstance(error, ZonevizError) else f"zoneviz failed: {described(error)}")
            self._close()
            collector.restore(self)
            raise
