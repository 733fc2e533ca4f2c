"""Moments and ranges of a recording as a user writes them: `5000`, `panic`, `end`; `100:2000`, `5000:`, `:panic`."""

from zoneviz.errors import UsageError
from zoneviz.events import Kind
from zoneviz.recording import Recording
from zoneviz.state.rows import SEQ

PANIC, END = "panic", "end"


def moment(recording: Recording, at: str) -> int:
    """The event number that `at` means: the moment right after that event. The number before the first event is the start.

    Errors: UsageError if the recording has no such moment.
    """
    last = recording.event_count
    if at == END:
        return last
    if at == PANIC:
        found = recording.events_of(Kind.PANIC, backwards=True, most=1)
        if not len(found):
            raise UsageError(f"{recording.path} has no panic; its last event is {last}.")
        return int(found[0, SEQ])
    least = recording.first_event - 1
    # isdecimal alone would accept digits of other scripts, and any length
    if not (at.isascii() and at.isdecimal() and len(at) < 19 and least <= int(at) <= last):
        raise UsageError(f"{at!r} is not a moment of {recording.path}; use panic, end, or an event from {least} to {last}.")
    return int(at)


def event_range(recording: Recording, span: str | None) -> tuple[int, int]:
    """First and last event of `FIRST:LAST`, both included. Each is a moment as above; one left out is the recording's own.

    None: the whole recording. Errors: UsageError if the recording has no such range.
    """
    first, last = recording.first_event, recording.event_count
    if span is None:
        return first, last
    left, colon, right = span.partition(":")
    if not colon:
        raise UsageError(f"{span!r} is not a range; write FIRST:LAST, such as 100:2000, 5000: or :panic.")
    first = max(moment(recording, left), first) if left else first
    last = moment(recording, right) if right else last
    if first > last:
        raise UsageError(f"The range {span} is empty: event {first} comes after event {last}.")
    return first, last
