"""What readings say about a machine: sizes and growth of zones. They name no call sites and no owners, so no cause."""

from zoneviz import words
from zoneviz.playback.diagnosis.results import Finding
from zoneviz.playback.points import at_ends
from zoneviz.playback.readings import Readings
from zoneviz.playback.series import Series
from zoneviz.playback.zone_families import reclaimable
from zoneviz.recording import Recording
from zoneviz.state.rows import Ints

MOST = 3
"""Zones that are named for their growth."""
_LEAST = 0.05
"""Share of all growth from which a zone is named."""


def captured(recording: Recording, at: int) -> list[Finding]:
    """The findings up to event `at`: what ended the machine, how full it was, what is largest and what grew."""
    readings, header, catalog = Readings(recording), recording.header, recording.catalog
    ends = readings.ends[readings.ends <= at]
    if not len(ends):
        return [Finding("memory", "No reading is complete by this event.")]
    points = at_ends(recording, ends[[0, -1]] if len(ends) > 1 else ends)
    sizes = points.figure("cur_size")
    out: list[Finding] = []
    if header.panic_text and at == recording.event_count:
        asked = f" {words.one_line(header.panic_zone, 60)} asked last, which does not make it the cause." if header.panic_zone else ""
        out.append(Finding("memory", f"The machine panicked.{asked}", seq=at, zone=header.panic_zone))
    else:
        out.append(Finding("memory", "The readings end without a panic.", seq=at))
    series = Series()
    series.load(recording)
    used = int(points.count("zone_map_used")[-1])
    if used and series.ceiling:
        share = f"{words.share(used, series.ceiling)} of the zone map was used: {words.size(used)} of {words.size(series.ceiling)}."
        out.append(Finding("others", share, seq=at, numbers={"used": used, "size": series.ceiling}))
    named = [i for i, zone in enumerate(catalog.zones) if not zone.name.startswith("(") and not reclaimable(zone.name, zone.flags)]
    largest = max(named, key=lambda i: int(sizes[-1, i]), default=-1)
    if largest >= 0 and sizes[-1, largest]:
        name, size = catalog.zones[largest].name, int(sizes[-1, largest])
        sentence = (
            f"Largest {header.zone_noun}, those that the system takes back aside: {words.one_line(name, 60)} with {words.size(size)}, "
            f"{words.share(size, int(sizes[-1].sum()))} of all. Large is not the same as leaking."
        )
        out.append(Finding("largest", words.one_line(sentence), zone=name, numbers={"size": size}))
    return [*out, *_grown(recording, readings, ends, sizes, named)]


def _grown(recording: Recording, readings: Readings, ends: Ints, sizes: Ints, named: list[int]) -> list[Finding]:
    """The zones that grew most from the first reading to the last, of those that both report."""
    if len(ends) < 2:
        return [Finding("since", "One reading shows no growth. Capture a second one.")]
    grown = [(int(sizes[-1, i] - sizes[0, i]), i) for i in named if readings.born.get(i + 1, 0) == 0]
    total = sum(size for size, _ in grown if size > 0)
    seconds = (int(readings.times[len(ends) - 1]) - int(readings.times[0])) / 1e9
    clock = recording.header.time_kind == "ns"
    out = []
    for size, i in sorted(grown, reverse=True)[:MOST]:
        if size > _LEAST * total > 0:
            name = recording.catalog.zones[i].name
            rate = f", {words.size(round(size / seconds * 3600))} an hour" if clock else ""
            grew = f"{words.one_line(name, 60)} grew by {words.size(size)}{rate}: {words.share(size, total)} of all growth."
            out.append(Finding("since", grew, zone=name, range=(int(ends[0]), int(ends[-1])), numbers={"grown": size}))
    return out or [Finding("since", "Nothing grew that the system does not take back.")]
