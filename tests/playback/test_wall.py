"""The date of time 0, as far as a file says so."""

from datetime import UTC, datetime

import pytest

from zoneviz.playback.wall import wall_zero
from zoneviz.recording import Header


@pytest.mark.parametrize(
    ("kind", "start", "zero"),
    [
        ("sampled", "2026-11-30 12:59:21 UTC", datetime(2026, 11, 30, 12, 59, 21)),
        ("sampled", "2022-07-10 01:18:15", datetime(2022, 7, 10, 1, 18, 15)),
        ("live", "2026-11-30T19:24:39.627+00:00", datetime(2026, 11, 30, 19, 24, 39, 627_000, tzinfo=UTC)),
        ("sampled", "", None),
        ("sampled", "<b>no date", None),
        ("simulated", "2026-11-30 12:59:21 UTC", None),
    ],
)
def test_a_capture_with_dates_has_a_clock(kind: str, start: str, zero: datetime | None) -> None:
    assert wall_zero(Header(kind=kind, time_kind="ns", parameters={"start": start})) == zero
    assert wall_zero(Header(kind=kind, time_kind="events", parameters={"start": start})) is None
