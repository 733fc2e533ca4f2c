"""Reads a stream line by line: columns by name, what cannot be read or cannot be true skipped and counted."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zoneviz.errors import InputError
from zoneviz.events import Catalog, Sink
from zoneviz.importers import Check, Details, ImportReport, Skips
from zoneviz.importers.gnumach_stream.ledger import UNREADABLE, Skip
from zoneviz.importers.gnumach_stream.lines import Columns, columns, fields, lines
from zoneviz.importers.gnumach_stream.people import HANDLERS, WITH_ADDRESS, Rows, leftover
from zoneviz.importers.gnumach_stream.rows import ADDRESS_LIMIT, CACHE_LIMIT, NUMBER_LIMIT, PERSON_LIMIT, TEXTS_LIMIT, checked
from zoneviz.importers.gnumach_stream.zones import whole

FLUSH = 20_000
"""Events between two calls of `flush`, at least."""
_TIME_LIMIT = 1 << 53  # microseconds: 285 years, and in ns within 64 bits
_SKIPPED_LIMIT = 1000  # from here on, a stream of which most is skipped is refused
_KINDS_LIMIT = 1000
_IDS_LIMIT = 100_000
_MESSAGE_CODES = 0x10000000  # mach_msg's own results begin here: a time-out is no failed operation
_ORDER = ("n", "time_us", "event", "zone_or_map", "size", "address", "task", "thread", "call_path", "detail")


class _Ids(dict[str, int]):
    """Our ids by the text in the columns task and thread."""

    def __missing__(self, text: str) -> int:
        if len(self) > _IDS_LIMIT:
            self.clear()
        self[text] = found = checked(int(text), PERSON_LIMIT) + 1 if text else 0
        return found


class Reader:
    """One reading of one stream; `run` may be called once."""

    def __init__(
        self, beside: Mapping[str, Any], catalog: Catalog, sink: Sink, flush: Callable[[], object], details: Details | None
    ) -> None:
        self.report = ImportReport("gnumach-stream")
        self._beside, self._sink, self._flush, self._details = beside, sink, flush, details
        self._rows = Rows(catalog, beside)
        self._handlers: dict[str, Callable[[Rows], None]] = dict(HANDLERS)
        self._kinds: dict[str, int] = {}
        self._ids = _Ids()
        self._rests: dict[tuple[str, str], str] = {}  # what has no column of ours, by event and detail
        self._expected = 0  # the next number in column n, once known
        self._stamp = ""  # what stood in column time_us last
        self._gaps, self._backwards = Skips(), Skips()

    def run(self, blocks: Iterable[bytes]) -> ImportReport:
        """All events into the sink. See `Importer.read` for the contract and the errors."""
        where: Columns | None = None
        for first, odd, found in lines(blocks):
            start = 0
            if where is None:
                where, start = columns(found[0]), 1
            self._read(first + start, odd, found[start:], where)
            self.report.lines += len(found) - start
            skipped = self.report.skipped.count
            if skipped >= _SKIPPED_LIMIT and skipped * 2 > self.report.lines:
                raise self._refusal()
            if len(self._rows.batch) >= FLUSH:
                self._send(False)
        self._send(True)
        if not self.report.events:
            raise self._refusal()
        self._finish()
        return self.report

    def _read(self, first: int, odd: bool, found: list[str], where: Columns) -> None:
        rows, ids, paths, kinds, handlers = self._rows, self._ids, self._rows.path_ids, self._kinds, self._handlers
        width, details, stamp, expected = where.width, self._details, self._stamp, self._expected
        n, time, event, zone, size, address, task, thread, path, detail = (where.at[name] for name in _ORDER)
        short = max(where.at.values()) == width
        for number, line in enumerate(found, first):
            try:
                row = line.split(",")
                if odd or len(row) != width:
                    row = careful(line, where)
                if short:
                    row.append("")
                text = row[n]
                if text:
                    count = int(text)
                    if count != expected and expected:
                        self._gaps.add(number)
                    expected = count + 1
                text = row[time]
                if text != stamp:
                    rows.time = self._clock(number, text)
                    stamp = text
                text = row[path]
                known = paths.get(text)
                rows.path = rows.path_id(text) if known is None else known
                rows.task = ids[row[task]]
                rows.thread = ids[row[thread]]
                rows.name = row[zone]
                rows.detail = row[detail]
                text = row[size]
                rows.size = bytes_ = int(text) if text else 0
                text = row[address]
                rows.address = place = int(text, 16) if text else 0
                if not (0 <= bytes_ <= NUMBER_LIMIT and 0 <= place < ADDRESS_LIMIT):
                    raise Skip(UNREADABLE)
                rows.event = name = row[event]
                kinds[name] = kinds.get(name, 0) + 1
                (handlers.get(name) or self._handler(name))(rows)
                if details:
                    self._tell_rest(details, row, where)
            except Skip as skip:
                self._skip(number, str(skip))
            except ValueError:
                self._skip(number, UNREADABLE)
        self._stamp, self._expected = stamp, expected

    def _clock(self, number: int, text: str) -> int:
        """ns for what stands in column time_us. A clock that goes back is held where it was, and counted."""
        now = self._rows.time
        if not text:
            return now
        new = checked(int(text), _TIME_LIMIT) * 1000
        if new < now:
            self._backwards.add(number)
            return now
        return new

    def _handler(self, name: str) -> Callable[[Rows], None]:
        if not name or len(self._handlers) > _KINDS_LIMIT:
            if name:
                raise InputError(f"The stream has more than {_KINDS_LIMIT:,} kinds of event: no kernel has.")
            raise Skip(UNREADABLE)
        handler = Rows.kmem_alloc if name.startswith("kmem_alloc") else Rows.other
        self._handlers[name] = handler
        return handler

    def _tell_rest(self, details: Details, row: list[str], where: Columns) -> None:
        rows = self._rows
        key = rows.event, rows.detail
        own = self._rests.get(key)
        if own is None:
            own = leftover(rows.event, rows.address, rows.detail)
            # Few rows have words of their own; those in which the address is one are not remembered.
            if len(self._rests) < CACHE_LIMIT and rows.event not in WITH_ADDRESS:
                self._rests[key] = own
        text = own
        if where.unknown:
            rest = [f"{name}={row[at]}" for name, at in where.unknown if row[at]]
            text = " ".join([own, *rest] if own else rest)
        if text:
            details(rows.told + len(rows.batch), text)

    def _skip(self, number: int, reason: str) -> None:
        self.report.skipped.add(number)
        self.report.reasons.setdefault(reason, Skips()).add(number)

    def _send(self, everything: bool) -> None:
        events = self._rows.take_batch(everything)
        sink = self._sink
        for event in events:
            sink(event)
        self.report.events += len(events)
        self._flush()

    def _refusal(self) -> InputError:
        report = self.report
        if not report.lines:
            return InputError("The stream holds a header and no events.")
        worst = max(report.reasons, key=lambda reason: report.reasons[reason].count)
        return InputError(f"The stream does not hold together: {report.skipped.count:,} of its first {report.lines:,} lines are {worst}.")

    def _finish(self) -> None:
        """What is known at the end: outcome, checks, notes."""
        report, rows, beside = self.report, self._rows, self._beside
        said = beside.get("outcome")
        said = said if isinstance(said, dict) else {}
        report.kern_return = whole(said.get("kern_return"))
        report.panic = rows.panic_told
        if report.panic:
            report.outcome = "panic"
        elif report.kern_return and report.kern_return < _MESSAGE_CODES:
            report.outcome = "error"
        report.checks = self._checks() + rows.ledger.checks(beside)
        notes = report.notes
        text = said.get("panic")
        if "panic" in said and text != (report.panic["text"] if report.panic else None):
            notes.append(f"The file beside the stream says that it ended with {text or 'no panic'}; the events do not.")
        if self._gaps.count:
            notes.append(f"The column n jumps {self._gaps.count:,} times: rows are missing before the lines {self._gaps}.")
        if self._backwards.count:
            notes.append(f"The clock goes back {self._backwards.count:,} times, at the lines {self._backwards}: it was held.")
        if rows.assumed:
            notes.append(f"The first limit of these zones was another than the usual: {', '.join(rows.assumed[:10])}.")
        if rows.texts_dropped:
            notes.append(f"{rows.texts_dropped:,} details are not kept: there are more than {TEXTS_LIMIT:,} different ones.")
        notes += rows.ledger.notes()

    def _checks(self) -> list[Check]:
        beside, rows = self._beside, self._rows
        kinds = beside.get("events_per_kind")
        figures: list[tuple[str, object, int]] = [
            ("rows", beside.get("total_events"), self.report.lines),
            ("tasks seen", beside.get("tasks_seen"), rows.tasks_seen),
            ("threads seen", beside.get("threads_seen"), rows.threads_seen),
        ]
        if rows.operations:  # not every program tells its rounds
            figures.append(("operations", beside.get("operations_done"), rows.operations))
        if isinstance(kinds, dict):
            figures += [(f"rows of {name}", said, self._kinds.get(name, 0)) for name, said in kinds.items()]
        return [Check(what, number, found) for what, said, found in figures if (number := whole(said)) is not None]


def careful(line: str, where: Columns) -> list[str]:
    """The fields of a line that has quotes, a NUL or another number of fields than the header. Raises Skip if it cannot be read."""
    if "\0" in line:
        raise Skip(UNREADABLE)
    row = fields(line) if '"' in line else line.split(",")
    last = where.width - 1
    # A comma in the last words of a kernel must not cost us the panic.
    if len(row) > where.width and where.at["detail"] == last and row[where.at["event"]] == "PANIC":
        row = [*row[:last], ",".join(row[last:])]
    if len(row) != where.width:
        raise Skip(UNREADABLE)
    return row
