"""Reads a stream line by line; skips and counts unreadable and impossible rows."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zoneviz import words
from zoneviz.captures.capture import Skips
from zoneviz.errors import InputError
from zoneviz.events import Catalog, Sink
from zoneviz.importers import Check, Details, ImportReport
from zoneviz.importers.gnumach_stream.ledger import UNREADABLE, Skip
from zoneviz.importers.gnumach_stream.lines import Columns, columns, fields, lines
from zoneviz.importers.gnumach_stream.memory_rows import ACTOR_LIMIT, ADDRESS_LIMIT, CACHE_LIMIT, NUMBER_LIMIT, TEXTS_LIMIT, checked
from zoneviz.importers.gnumach_stream.task_rows import HANDLERS, WITH_ADDRESS, Rows, leftover
from zoneviz.importers.gnumach_stream.zones import whole

FLUSH = 20_000
"""Events between two calls of `flush`, at least."""
_TIME_LIMIT = 1 << 53  # microseconds: 285 years, and in ns within 64 bits
_SKIPPED_LIMIT = 1000  # skipped rows from which a stream with more skipped than read rows is refused
_KINDS_LIMIT = 1000
_IDS_LIMIT = 100_000
_MESSAGE_CODES = 0x10000000  # from here on results of mach_msg: a time-out is not a failed operation
_ORDER = ("n", "time_us", "event", "zone_or_map", "size", "address", "task", "thread", "call_path", "detail")


class _Ids(dict[str, int]):
    """Ids in the recording by the text in the columns task and thread."""

    def __missing__(self, text: str) -> int:
        if len(self) > _IDS_LIMIT:
            self.clear()
        self[text] = found = checked(int(text), ACTOR_LIMIT) + 1 if text else 0
        return found


class Reader:
    """Reads one stream; `run` may be called once."""

    def __init__(
        self, companion: Mapping[str, Any], catalog: Catalog, sink: Sink, flush: Callable[[], object], details: Details | None
    ) -> None:
        self.report = ImportReport("gnumach-stream")
        self._companion, self._sink, self._flush, self._details = companion, sink, flush, details
        self._rows = Rows(catalog, companion)
        self._handlers: dict[str, Callable[[Rows], None]] = dict(HANDLERS)
        self._kinds: dict[str, int] = {}
        self._ids = _Ids()
        self._rests: dict[tuple[str, str], str] = {}  # rest without a column in the recording, by event and detail
        self._expected = 0  # the next number in column n, 0 if unknown
        self._stamp = ""  # column time_us of the previous row
        self._gaps, self._backwards = Skips(), Skips()

    def run(self, blocks: Iterable[bytes]) -> ImportReport:
        """Send all events to the sink. Contract and errors: `Importer.read`."""
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
                    self._send_rest(details, row, where)
            except Skip as skip:
                self._skip(number, str(skip))
            except ValueError:
                self._skip(number, UNREADABLE)
        self._stamp, self._expected = stamp, expected

    def _clock(self, number: int, text: str) -> int:
        """Column time_us in ns. A clock that goes backwards keeps its last value and is counted."""
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
                raise InputError(f"The stream is not from a kernel: it has more than {words.number(_KINDS_LIMIT)} kinds of event.")
            raise Skip(UNREADABLE)
        handler = Rows.kmem_alloc if name.startswith("kmem_alloc") else Rows.other
        self._handlers[name] = handler
        return handler

    def _send_rest(self, details: Details, row: list[str], where: Columns) -> None:
        rows = self._rows
        key = rows.event, rows.detail
        own = self._rests.get(key)
        if own is None:
            own = leftover(rows.event, rows.address, rows.detail)
            # Few rests differ, except those with an address, which are not cached.
            if len(self._rests) < CACHE_LIMIT and rows.event not in WITH_ADDRESS:
                self._rests[key] = own
        text = own
        if where.unknown:
            rest = [f"{name}={row[at]}" for name, at in where.unknown if row[at]]
            text = " ".join([own, *rest] if own else rest)
        if text:
            details(rows.sent + len(rows.batch), text)

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
            return InputError("The stream has a header but no events.")
        worst = max(report.reasons, key=lambda reason: report.reasons[reason].count)
        skipped = f"of its first {words.number(report.lines)} lines {words.number(report.skipped.count)} were skipped, mostly {worst}"
        return InputError(f"The stream is inconsistent: {skipped}.")

    def _finish(self) -> None:
        """Fill in outcome, checks and notes."""
        report, rows, companion = self.report, self._rows, self._companion
        outcome = companion.get("outcome")
        outcome = outcome if isinstance(outcome, dict) else {}
        report.kern_return = whole(outcome.get("kern_return"))
        report.panic = rows.panic_found
        if report.panic:
            report.outcome = "panic"
        elif report.kern_return and report.kern_return < _MESSAGE_CODES:
            report.outcome = "error"
        report.checks = self._checks() + rows.ledger.checks(companion)
        notes = report.notes
        text = outcome.get("panic")
        if "panic" in outcome and text != (report.panic["text"] if report.panic else None):
            notes.append(f"The companion file reports {'the panic ' + repr(text) if text else 'no panic'}, the events another end.")
        if self._gaps.count:
            notes.append(f"Column n has {words.number(self._gaps.count)} gaps: rows are missing before lines {self._gaps}.")
        if self._backwards.count:
            times = f"{words.number(self._backwards.count)} times"
            notes.append(f"The clock goes backwards {times}, at lines {self._backwards}; the last time was kept.")
        if rows.assumed:
            notes.append(f"These zones did not start with their usual limit: {', '.join(rows.assumed[:10])}.")
        if rows.texts_dropped:
            dropped = words.number(rows.texts_dropped)
            notes.append(f"Dropped {dropped} details: there are more than {words.number(TEXTS_LIMIT)} different ones.")
        notes += rows.ledger.notes()

    def _checks(self) -> list[Check]:
        companion, rows = self._companion, self._rows
        kinds = companion.get("events_per_kind")
        figures: list[tuple[str, object, int]] = [
            ("rows", companion.get("total_events"), self.report.lines),
            ("tasks seen", companion.get("tasks_seen"), rows.tasks_seen),
            ("threads seen", companion.get("threads_seen"), rows.threads_seen),
        ]
        if rows.operations:  # not every program counts its operations
            figures.append(("operations", companion.get("operations_done"), rows.operations))
        if isinstance(kinds, dict):
            figures += [(f"rows of {name}", expected, self._kinds.get(name, 0)) for name, expected in kinds.items()]
        return [Check(what, number, found) for what, expected, found in figures if (number := whole(expected)) is not None]


def careful(line: str, where: Columns) -> list[str]:
    """The fields of a line with quotes, a NUL or a wrong number of fields. Raises Skip if it is unreadable."""
    if "\0" in line:
        raise Skip(UNREADABLE)
    row = fields(line) if '"' in line else line.split(",")
    last = where.width - 1
    # A panic text may contain an unquoted comma.
    if len(row) > where.width and where.at["detail"] == last and row[where.at["event"]] == "PANIC":
        row = [*row[:last], ",".join(row[last:])]
    if len(row) != where.width:
        raise Skip(UNREADABLE)
    return row
