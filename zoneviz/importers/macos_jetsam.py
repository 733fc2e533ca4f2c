"""JetsamEvents of macOS and iOS: the size of the zone map, its cap, the largest zone, and free memory at one moment."""

import re
from typing import Any

from zoneviz.captures import ips, stamps
from zoneviz.captures.capture import UNKNOWN, Capture, Moment, Moments, ZoneRow
from zoneviz.captures.text import Text
from zoneviz.errors import InputError
from zoneviz.importers import CaptureImporter

_SNIFF = re.compile(r'"bug_type"\s*:\s*"298"|"memoryStatus"\s*:\s*\{')
_PAGES = {"compressor_bytes": "compressorSize", "free_bytes": "free", "wired_bytes": "wired"}
_FIGURES = {"compressor_bytes": "compressor", "free_bytes": "free_memory", "wired_bytes": "wired_memory"}
_REASON = re.compile(r'(?<!\\)"reason"\s*:\s*"zone-map-exhaustion"')


def read(text: Text, capture: Capture) -> Moments:
    """The moment of an event; see `CaptureImporter.read`."""
    raw = text.whole()
    said = _said(raw)
    if "zone_map_bytes" not in said and "free_bytes" not in said:
        raise InputError(f"{text.name} is a JetsamEvent without memoryStatus: a stub, or cut. Copy the whole file.")
    capture.system = ips.system(raw[:4096])
    capture.facts = ips.facts(raw)
    zones, total = [], said.get("zone_map_bytes", UNKNOWN)
    if "largest_zone" in said and "largest_zone_bytes" in said:
        zones.append(ZoneRow(said["largest_zone"], cur_size=said["largest_zone_bytes"]))
    sizes = {name: said[key] for key, name in _FIGURES.items() if key in said}
    sizes |= {name: said[key] for key, name in (("zone_map_bytes", "zone_map_used"), ("zone_map_cap", "zone_map_cap")) if key in said}
    kernel = ips.string(raw, "kernel")
    counters = {key: value for key in ("compressions", "decompressions") if (value := ips.number(raw, key)) is not None}
    _say(capture, said)
    yield Moment(
        zones,
        sizes,
        stamp=stamps.find(said.get("date", "")),
        boot=kernel.text if kernel else "",
        counters=counters,
        total=total,
        rest="(other zones)",
    )


def _said(raw: str) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for key, name in (("zone_map_bytes", "zoneMapSize"), ("zone_map_cap", "zoneMapCap")):
        if (value := ips.number(raw, name)) is not None:
            said[key] = value
    zone, size = ips.string(raw, "largestZone"), ips.number(raw, "largestZoneSize")
    if zone and zone.whole and zone.text:
        said["largest_zone"] = zone.text
    if size is not None:
        said["largest_zone_bytes"] = size
    page = ips.number(raw, "pageSize")
    if page:
        said["page_size"] = page
        for key, name in _PAGES.items():
            source = _memory_pages(raw) if key != "compressor_bytes" else raw
            if (pages := ips.number(source, name)) is not None:
                said[key] = pages * page
    date = ips.string(raw, "date") or ips.string(raw, "timestamp")
    if date and date.whole:
        said["date"] = date.text
    process = ips.string(raw, "largestProcess")
    if process and process.whole and process.text:
        said["largest_process"] = process.text
    if said.get("zone_map_cap") and "zone_map_bytes" in said:
        said["zone_map_used_percent"] = round(100 * said["zone_map_bytes"] / said["zone_map_cap"], 2)
    if said.get("zone_map_bytes") and "largest_zone_bytes" in said:
        said["largest_zone_percent_of_map"] = round(100 * said["largest_zone_bytes"] / said["zone_map_bytes"], 2)
    said["zone_exhaustion"] = bool(_REASON.search(raw))
    return said


def _memory_pages(raw: str) -> str:
    """The object memoryPages; its words also occur in the rows of processes."""
    found = re.findall(r'(?<!\\)"memoryPages"\s*:\s*\{([^}]*\}?)', raw)
    return str(found[-1]) if found else ""


def _say(capture: Capture, said: dict[str, Any]) -> None:
    capture.said = said
    if "zone_map_bytes" in said:
        capture.trust.append("One zone is named: the others are unknown, not zero.")
    else:
        capture.trust.append("This release reports no zone map.")
        capture.shows = frozenset({"machine"})
    if "largest_process" in said:
        capture.trust.append(f"The largest process, {said['largest_process']}, is not the cause: processes hold no zone memory.")
    if not said["zone_exhaustion"]:
        capture.trust.append("No process was ended because of the zone map: the event is about other memory.")
    capture.cannot_show.append("It names only the largest zone.")
    said["trust"] = capture.trust


IMPORTER = CaptureImporter(
    "macos-jetsam", "JetsamEvent", "a JetsamEvent report, macOS and iOS", lambda text: bool(_SNIFF.search(text)), read, rank=10
)
