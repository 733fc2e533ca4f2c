"""Where the cursor is, in words: its place, and how long before it the last event was."""

from zoneviz import words
from zoneviz.gui.session.session import Session


def moment_words(session: Session, pixel: float) -> str:
    """`12.402 s`; `1.840 s, last event 600 ms before` if that event is more than `pixel`, a part of the axis, before the cursor."""
    series, x = session.series, session.moment_x
    before = x - series.x_at(session.moment)
    if series.by_event:
        return f"{series.counted} {int(x):,}"
    said = words.time(round(x * 1e9))
    if before <= max(pixel, 1e-9):
        return said
    return f"{said}, last {'reading' if len(series.readings) else 'event'} {words.duration(round(before * 1e9))} before"


def place_words(session: Session, x: float) -> str:
    """A place of the axis: `at 12.402 s`, `event 1,204`."""
    series = session.series
    return f"{series.counted} {int(x):,}" if series.by_event else f"at {words.time(round(x * 1e9))}"
