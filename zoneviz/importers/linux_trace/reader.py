"""Reads kmem events line by line and sends them on as events of a recording."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from zoneviz import words
from zoneviz.captures.capture import Skips
from zoneviz.captures.joining import Joiner
from zoneviz.captures.text import Line, lines
from zoneviz.errors import InputError
from zoneviz.events import WIDTH, Catalog, Kind, Sink, TaskInfo, ThreadInfo, ZoneInfo
from zoneviz.importers import ImportReport
from zoneviz.importers.kmem import Kmem, KmemRows, kmalloc_cache
from zoneviz.importers.linux_trace.lines import BEGINS, Head, KmemLine, frame, function, head, parse
from zoneviz.state.rows import Ints
from zoneviz.words import count

TOP = 5
"""Call sites in `said`."""
_BATCH = 20_000
_LOST = re.compile(
    r"(?:CPU:(?P<cpu>\d{1,5}) .{0,50}?)?"
    r"(?:\[(?:(?P<dropped>\d{1,15}) )?EVENTS DROPPED\]|\[LOST (?:(?P<lost>\d{1,15}) )?EVENTS\]|\bLOST (?P<chunk>\d{1,15}) events"
    r"|PERF_RECORD_LOST(?:_SAMPLES)?\b(?: lost (?P<perf>\d{1,15}))?)"
)
"""How ftrace and trace_pipe, trace-cmd and perf say that events were lost, with their number if they know it."""
_ENTRIES = re.compile(r"entries-in-buffer/entries-written: (\d{1,15})/(\d{1,15})")
_ALLOCATOR = re.compile(r"\.?_*(?:kmalloc|kmem_cache_alloc|kfree|kmem_cache_free|slab_alloc|slab_free|kmalloc_trace|kmalloc_node)\w*")
_CONTINUED = re.compile(r"\s*(?:[\w.]+=|\(|\||GFP_|__GFP_)")
_SIZE_LIMIT = 1 << 40
_TIME_LIMIT = 1 << 62
_FRAMES = 128


class Reader:
    """Reads one stream; `run` may be called once."""

    def __init__(self, catalog: Catalog, sink: Sink, flush: Callable[[], object], name: str = "The trace") -> None:
        self.report = ImportReport("linux-trace")
        self._catalog, self._sink, self._flush, self._name = catalog, sink, flush, name
        self._ledger = Kmem(sized=True)
        self._joiner = Joiner(parse, lambda text: bool(BEGINS.search(text)), lambda text: bool(_CONTINUED.match(text)))
        self._rows = list[tuple[int, ...]]()
        self._zones, self._tasks = dict[str, int](), dict[str, int]()
        self._written = 0
        self._processors: set[int] = set()
        self._commands: dict[int, str] = {}
        self._sites: dict[int, str] = {}
        self._caches: dict[str, None] = {}
        self._waiting: KmemLine | None = None
        self._chain = list[str]()
        self._start: int | None = None
        self._time = self._digits = 0
        self._counts = {"events": 0, "allocs": 0, "frees": 0, "null_frees": 0, "lost_marks": 0, "lost_events": 0}
        self._entries: tuple[int, int] | None = None
        self._unpaired = self._untimed = 0

    def run(self, blocks: Iterable[bytes]) -> ImportReport:
        """Send all events to the sink. Errors: InputError if the text has no event."""
        for line in lines(blocks, self._name):
            self.report.lines += 1
            event = parse(line.text)
            lost = self._joiner.end() if event is not None and self._joiner.broken else None
            if event is None:
                if self._waiting is not None and (name := frame(line.text)):
                    if len(self._chain) < _FRAMES:
                        self._chain.append(name)
                    continue
                event, lost = self._joiner.take(line)
            self._skip(lost)
            if event is None:
                self._other(line)
            elif self._plausible(event, line):
                self._finish_event()
                self._waiting = event
        self._skip(self._joiner.end())
        self._finish_event()
        self._send()
        if not self._counts["events"]:
            raise InputError(f"{self._name} has no complete kmem event. Record it again, and save the whole output of `trace-cmd report`.")
        self._finish()
        return self.report

    def _plausible(self, event: KmemLine, line: Line) -> bool:
        """Whether the pointer has as many digits as the others: one with fewer is cut."""
        if event.digits:
            if event.digits < self._digits:
                self._skip(line)
                return False
            self._digits = max(self._digits, event.digits)
        return event.size < _SIZE_LIMIT and event.asked < _SIZE_LIMIT

    def _skip(self, line: Line | None) -> None:
        if line is not None:
            self.report.skipped.add(line.number)
            self.report.reasons.setdefault("the event is cut or damaged", Skips()).add(line.number)

    def _other(self, line: Line) -> None:
        """A line that is not an event."""
        if not line.text.strip():
            self._finish_event()
        elif lost := _LOST.search(line.text):
            self._finish_event()
            self._gap(line.text, lost)
        elif entries := _ENTRIES.search(line.text):
            self._entries = int(entries[1]), int(entries[2])

    def _gap(self, text: str, lost: re.Match[str]) -> None:
        """Events were lost. perf says when and on which processor, the others where the gap is in the text."""
        self._send()
        where = head(text)
        if where.time is not None and self._start is not None and where.time <= _TIME_LIMIT:
            self._time = max(self._time, where.time - self._start)
        number = int(next((lost[name] for name in ("dropped", "lost", "chunk", "perf") if lost[name]), 0))
        thread = self._thread(int(lost["cpu"]) + 1 if lost["cpu"] else where.processor)
        self._counts["lost_marks"] += 1
        self._counts["lost_events"] += number
        self._sink((int(Kind.LOST), self._time, 0, thread, 0, thread, 0, number, 0))
        self.report.events += 1

    def _finish_event(self) -> None:
        """Count and keep the event whose call chain has ended."""
        event, self._waiting = self._waiting, None
        if event is None:
            return
        chain, self._chain = self._chain, []
        self._counts["events"] += 1
        self._counts["allocs" if event.alloc else "frees"] += 1
        if event.pointer < 0:
            self._unpaired += 1
            return
        self._counts["null_frees"] += not event.alloc and event.pointer < 1 << 12
        where = head(event.head)
        task = self._clock(where)
        if event.cache:
            self._caches.setdefault(event.cache)
        pointer = event.pointer - (1 << 64) if event.pointer >> 63 else event.pointer
        zone = self._zone(event) if event.alloc else 0
        thread, path = self._thread(where.processor), self._path(event.site, chain)
        self._rows.append((event.alloc, self._time, task, thread, path, zone, pointer, event.size, event.asked))
        if len(self._rows) >= _BATCH:
            self._send()

    def _clock(self, where: Head) -> int:
        """Set the time from what is before an event. Returns the task."""
        time = where.time
        if time is None or time > _TIME_LIMIT:
            self._untimed += 1
        else:
            if self._start is None:
                self._start = time
            self._time = max(self._time, time - self._start)
        return self._task(where.interrupt, where.comm, where.pid) if where.comm else 0

    def _task(self, interrupt: str, comm: str, pid: int) -> int:
        """The task of a program in a process, or of interrupts: a process that runs another program is another task."""
        if interrupt or not pid:
            name = f"interrupts ({interrupt})" if interrupt else "idle"
        elif comm == "<...>":
            name = self._commands.get(pid) or f"pid {pid}"
        else:
            name = self._commands[pid] = f"{comm[:64]} ({pid})"
        found = self._tasks.get(name)
        if found is None:
            found = self._tasks[name] = len(self._tasks) + 1
            self._catalog.tasks.append(TaskInfo(found, name))
        return found

    def _thread(self, number: int) -> int:
        """The processor + 1, which stands for a thread: named when first seen."""
        if number and number not in self._processors:
            self._processors.add(number)
            self._catalog.threads.append(ThreadInfo(number, 0, f"CPU {number - 1}"))
        return number

    def _zone(self, event: KmemLine) -> int:
        if event.cache:
            name = event.cache
        elif event.event.startswith("kmalloc"):
            name = kmalloc_cache(event.size, event.kmalloc)
        else:
            name = f"{function(event.site)} {event.size} (inferred)"
        found = self._zones.get(name)
        if found is None:
            found = self._zones[name] = len(self._catalog.zones) + 1
            self._catalog.zones.append(ZoneInfo(found, name, event.size, 0, 0, ""))
        return found

    def _path(self, site: str, chain: list[str]) -> int:
        """The path to a call site. `chain`: functions, innermost first; the first ones belong to the allocator."""
        name = function(site)
        own = (i for i, caller in enumerate(chain) if not _ALLOCATOR.fullmatch(caller))
        inside = chain.index(name) + 1 if name in chain else next(own, 0)
        found = 0
        for caller in reversed(chain[inside:]):
            found = self._catalog.paths[found, caller]
        found = self._catalog.paths[found, site]
        self._sites[found] = site
        return found

    def _send(self) -> None:
        if not self._rows:
            return
        columns: Ints = np.array(self._rows, np.int64)
        self._rows.clear()
        rows = self._ledger.rows(KmemRows(columns[:, 0] > 0, *(columns[:, i] for i in range(1, 9))))
        new = self._catalog.zones[self._written :]
        self._written += len(new)
        made = np.zeros((len(new), WIDTH), np.int64)
        made[:, 0], made[:, 1] = int(Kind.ZINIT), columns[0, 1]
        made[:, 5], made[:, 7] = [zone.id for zone in new], [zone.elem_size for zone in new]
        for row in np.concatenate([made, rows]).tolist():
            self._sink(tuple(row))
        self.report.events += len(made) + len(rows)
        self._flush()

    def _finish(self) -> None:
        """Fill in what is said."""
        counts, ledger = self._counts, self._ledger.counts
        said: dict[str, Any] = dict(counts)
        if not self._unpaired:
            said |= {"unmatched_frees": ledger.unmatched, "implied_frees": ledger.implied}
            said |= self._live()
        if self._caches:
            said["cache_names_seen"] = list(self._caches)[:1000]
        if self._entries:
            said["buffer_entries"], said["written_entries"] = self._entries
        said["trust"] = list(self._trust())
        self.report.said = said
        self.report.notes += said["trust"]

    def _live(self) -> dict[str, Any]:
        live = self._ledger.live
        sites: dict[str, list[int]] = {}
        paths, index = np.unique(live[:, 4], return_inverse=True)
        numbers, sizes = np.bincount(index), np.bincount(index, weights=live[:, 2])
        for path, number, size in zip(paths.tolist(), numbers.tolist(), sizes.tolist(), strict=True):
            found = sites.setdefault(self._sites[path], [0, 0])
            found[0] += number
            found[1] += int(size)
        top = sorted(sites.items(), key=lambda pair: -pair[1][0])[:TOP]
        said = [{"site": site, "live": number, "bytes": size} for site, (number, size) in top]
        return {"live_allocs": len(live), "live_bytes": int(live[:, 2].sum()), "top_call_sites": said}

    def _trust(self) -> Iterable[str]:
        counts, ledger = self._counts, self._ledger.counts
        if not counts["frees"]:
            yield "The trace has no free: nothing in it shows a leak. Record kmem:kfree and kmem:kmem_cache_free too."
        if ledger.implied:
            yield f"{count(ledger.implied, 'pointer')} came again without a free: the frees in between are not in the trace."
        if ledger.unmatched:
            yield f"{count(ledger.unmatched, 'free')} without an allocation in the trace: an older or a lost one."
        if counts["lost_marks"]:
            yield f"Events were lost at {count(counts['lost_marks'], 'place')}: elements freed there still seem to be in use."
        if self._entries and self._entries[0] < self._entries[1]:
            kept, written = (words.number(count) for count in self._entries)
            yield f"The trace lost its beginning: the buffer kept {kept} of {written} entries."
        if self._unpaired:
            yield f"{count(self._unpaired, 'event')} without a pointer, only (____ptrval____): what is in use at the end is unknown."
        if self._untimed:
            yield f"{count(self._untimed, 'event')} without a time, placed at the time of the event before."
        if any(zone.name.endswith("(inferred)") for zone in self._catalog.zones):
            yield "This kernel does not name caches when it allocates: zones are named after call site and size."
        if self._start is not None:
            yield f"Time 0 is the first event, {self._start / 10**9:,.6f} s on the trace's clock."
