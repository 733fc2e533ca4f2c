"""The date and time of day at time 0 of a recording, if its file says so."""

from datetime import datetime

from zoneviz.playback.series import Series
from zoneviz.recording import Header


def wall_zero(header: Header) -> datetime | None:
    """The date of time 0: of captures with dates, or of a recording of a live machine; None if unknown."""
    if not header.has_readings or header.time_kind != "ns":
        return None
    try:
        return datetime.fromisoformat(str(header.parameters.get("start", "")).removesuffix(" UTC"))
    except ValueError:  # captures without dates, or a text of a stranger's file
        return None


def wall(series: Series) -> datetime | None:
    """The date of place 0 on the axis; None if the axis counts events or readings, or if the date is unknown."""
    return wall_zero(series.recording.header) if series.recording is not None and not series.by_event else None
