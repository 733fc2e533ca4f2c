"""Lines of macOS's unified log on zone map exhaustion: exact sizes, with the capacity. `log show`, in any style, or dmesg."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zoneviz import words
from zoneviz.captures import stamps
from zoneviz.captures.capture import Capture, Moment, Moments, ZoneRow
from zoneviz.captures.text import Line, Text
from zoneviz.importers import CaptureImporter

_MAP = re.compile(
    r"zone_map_exhaustion: Zone map size (?P<size>\d{1,15}), capacity (?P<cap>\d{1,15})(?!\d)"
    r"(?:\s*\[jetsam limit (?P<limit>\d{1,3})\s*%\])?"
)
_LARGEST = re.compile(r"zone_map_exhaustion: Largest zone (?P<zone>\S.*?), size (?P<size>\d{1,15})(?!\d)")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d)(?!\d))?")
_SECOND = 1_000_000_000


@dataclass(slots=True)
class _Snapshot:
    said: dict[str, Any]
    stamp: stamps.Stamp | None
    line: int


def _snapshots(text: Text, capture: Capture) -> Iterator[_Snapshot]:
    """The moments: a line with the size of the map, and the next one with the largest zone."""
    now: _Snapshot | None = None
    time = ""
    for line in text.lines():
        shown = _TIME.search(line.prefix + line.text)
        time = shown[0] if shown else time
        found = _MAP.search(line.text)
        if found and 0 < int(found["cap"]) < int(found["size"]):
            capture.skip(line.number, "the capacity is below the size: a number is cut or damaged")
        elif found:
            if now is not None:
                yield now
            now = _begun(found, time, line)
        elif found := _LARGEST.search(line.text):
            if now is None or "largest_zone" in now.said:
                capture.skip(line.number, "a largest zone without the size of the map before it")
            else:
                now.said |= {"largest_zone": found["zone"], "largest_zone_bytes": int(found["size"])}
        elif "zone_map_exhaustion: Zone map size" in line.text or "zone_map_exhaustion: Largest zone" in line.text:
            capture.skip(line.number, "a line on the zone map is cut or damaged")
    if now is not None:
        if text.unfinished:
            capture.trust.append("The text ends without a line end: its last number may be cut.")
        yield now


def _begun(found: re.Match[str], time: str, line: Line) -> _Snapshot:
    said: dict[str, Any] = {"time": time} if time else {}
    said |= {"zone_map_bytes": int(found["size"]), "zone_map_cap": int(found["cap"])}
    if found["limit"]:
        said["jetsam_limit_percent"] = int(found["limit"])
    return _Snapshot(said, stamps.find(time), line.number)


def read(text: Text, capture: Capture) -> Moments:
    """One moment a second at most; see `CaptureImporter.read`."""
    capture.system = "macOS"
    said = list[dict[str, Any]]()
    last: int | None = None
    thinned = 0
    for snapshot in _snapshots(text, capture):
        second = snapshot.stamp.ns // _SECOND if snapshot.stamp else None
        if second is not None and second == last and "largest_zone" in said[-1]:
            thinned += 1
            continue
        last = second
        said.append(snapshot.said)
        yield _moment(snapshot)
    if not said:
        return
    capture.said["snapshots"] = said
    if said[-1]["zone_map_cap"]:
        capture.said["used_percent"] = round(100 * said[-1]["zone_map_bytes"] / said[-1]["zone_map_cap"], 2)
    if len(said) == 1:
        capture.trust.append("One snapshot only: no rate.")
    if thinned:
        capture.trust.append(f"The log repeats itself: {words.number(thinned)} further snapshots within the same second were left out.")
    capture.cannot_show += ["It names only the largest zone.", "It has no lines from before the zone map was nearly full."]
    capture.said["trust"] = capture.trust


def _moment(snapshot: _Snapshot) -> Moment:
    said = snapshot.said
    zones = [ZoneRow(said["largest_zone"], cur_size=said["largest_zone_bytes"])] if "largest_zone" in said else []
    sizes = {"zone_map_used": said["zone_map_bytes"], "zone_map_cap": said["zone_map_cap"]}
    return Moment(zones, sizes, stamp=snapshot.stamp, total=said["zone_map_bytes"], rest="(other zones)", line=snapshot.line)


IMPORTER = CaptureImporter(
    "macos-log",
    "log of zone map exhaustion",
    "the unified log's lines zone_map_exhaustion, macOS",
    lambda text: bool(_MAP.search(text)),
    read,
    rank=12,
)
