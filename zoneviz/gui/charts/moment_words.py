"""Places on the axis in words: times, by the clock too if the file has dates, or numbers of events or readings."""

from datetime import datetime, timedelta

from zoneviz import words
from zoneviz.gui.session.session import Session
from zoneviz.playback.wall import wall


def place_words(session: Session, x: float) -> str:
    """A place of the axis: `12.402 s`, `17:34:10 (4 h 34 min 18 s)`, `event 1,204`."""
    series = session.series
    if series.by_event:
        return f"{series.counted} {words.number(int(x))}"
    zero, said = wall(series), words.time(round(x * 1e9))
    return said if zero is None else f"{_clock(session, zero, x)} ({said})"


def moment_words(session: Session, pixel: float) -> str:
    """`12.402 s`; `1.840 s, last event 600 ms before` if that event is more than `pixel`, a part of the axis, before the cursor."""
    series, x = session.series, session.moment_x
    before = x - _shown_at(session)
    said = place_words(session, x)
    if series.by_event or before <= max(pixel, 1e-9):
        return said
    return f"{said}, last {'reading' if len(series.readings) else 'event'} {words.duration(round(before * 1e9))} before"


def _shown_at(session: Session) -> float:
    """The place of the event whose state is shown. The state knows its time, so that no event is read while the cursor is dragged."""
    series, state = session.series, session.player.state if session.player is not None else None
    if state is None or state.seq != session.moment or not state.seq or series.by_event or len(series.readings):
        return series.x_at(session.moment)
    return state.time / 1e9


def stretch_words(session: Session, low: float, high: float) -> str:
    """A stretch of the axis: `0 to 45.792 s`, `17:33:40 to 17:39:34`, `events 1 to 704,696`."""
    series = session.series
    if series.by_event:
        return f"{series.counted}s {words.number(round(max(low, 1)))} to {words.number(round(high))}"
    zero = wall(series)
    if zero is None:
        return words.span(round(low * 1e9), round(high * 1e9))
    step = 1.0 if high - low >= 10 else 0.001
    return f"{_clock(session, zero, low, step)} to {_clock(session, zero, high, step)}"


def begun(session: Session) -> str:
    """When a recording with dates begins: `2026-11-30 17:33:40 UTC`, without UTC if the file does not say so; "" without dates."""
    zero = wall(session.series)
    if zero is None:
        return ""
    said = str(session.header.parameters["start"])
    first = zero + timedelta(seconds=round(session.series.extent[0]))
    return f"{first:%Y-%m-%d %H:%M:%S}" + (" UTC" if said.endswith("UTC") else f"{first:%z}")


def _clock(session: Session, zero: datetime, x: float, step: float = 1.0) -> str:
    """The time of day at a place, after its day if the recording has more than one."""
    days = {words.clock(zero, end, 86400) for end in session.series.extent}
    return (f"{words.clock(zero, x, 86400)} " if len(days) > 1 else "") + words.clock(zero, x, step)
