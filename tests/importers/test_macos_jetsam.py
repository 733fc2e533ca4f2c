"""JetsamEvents: whole, cut, with keys in any order; the zone map, the largest zone and free memory."""

import json
from typing import Any

import pytest

from zoneviz.app.captures import import_text
from zoneviz.errors import InputError

MEMORY = {
    "compressorSize": 10, "compressions": 5, "decompressions": 4, "zoneMapCap": 4000, "largestZone": "APFS_4K_OBJS",
    "largestZoneSize": 500, "pageSize": 16384, "zoneMapSize": 1000, "memoryPages": {"free": 3, "wired": 7, "active": 9},
}  # fmt: skip
HEADER = '{"bug_type":"298","timestamp":"2025-05-28 01:35:47.00 -0500","os_version":"iPhone OS 18.5 (22F76)"}\n'
WHOLE = {
    "zone_map_bytes": 1000, "zone_map_cap": 4000, "largest_zone": "APFS_4K_OBJS", "largest_zone_bytes": 500, "page_size": 16384,
    "compressor_bytes": 163840, "free_bytes": 49152, "wired_bytes": 114688, "date": "2025-05-28 01:35:47.63 -0500",
    "largest_process": "node", "zone_map_used_percent": 25.0, "largest_zone_percent_of_map": 50.0, "zone_exhaustion": False,
}  # fmt: skip


def event(memory: dict[str, Any] = MEMORY, processes: tuple[dict[str, Any], ...] = ()) -> str:
    body = {"date": WHOLE["date"], "memoryStatus": memory, "largestProcess": "node", "processes": list(processes)}
    return HEADER + json.dumps(body, indent=1)


def said_of(text: str) -> Any:
    (capture,) = import_text(text, None)["captures"]
    assert capture["kind"] == "macos-jetsam"
    return {key: value for key, value in capture["said"].items() if key != "trust"}


def test_a_whole_event() -> None:
    assert said_of(event()) == WHOLE
    assert import_text(event(), None)["captures"][0]["system"] == "iOS 18.5"


def test_keys_in_any_order_and_twice() -> None:
    assert said_of(event(dict(reversed(MEMORY.items())))) == WHOLE
    assert said_of(event().replace('"zoneMapSize"', '"zoneMapSize": 77, "zoneMapSize"')) == WHOLE


def test_words_in_the_rows_of_processes_are_not_figures() -> None:
    rows = ({"name": '"zoneMapSize" : 5,', "free": 9, "wired": 8, "rpages": 1}, {"name": "x", "reason": "per-process-limit"})
    assert said_of(event(processes=rows)) == WHOLE


def test_a_process_ended_for_the_zone_map() -> None:
    assert said_of(event(processes=({"name": "x", "reason": "zone-map-exhaustion"},)))["zone_exhaustion"] is True


@pytest.mark.parametrize("end", range(len(HEADER) + 30, len(event()), 7))
def test_cut_anywhere_nothing_is_wrong(end: int) -> None:
    try:
        said = said_of(event()[:end])
    except InputError as error:
        assert "stub, or cut" in str(error)
        return
    assert {key: WHOLE[key] for key in said} == said


def test_a_release_without_zone_map() -> None:
    said = said_of(event({key: value for key, value in MEMORY.items() if "one" not in key}))
    assert "zone_map_bytes" not in said and said["free_bytes"] == 49152


def test_a_number_of_pages_that_is_cut_is_not_reported() -> None:
    text = '{"bug_type":"298"}\n{"memoryStatus":{"zoneMapSize":100,"zoneMapCap":200,"pageSize":4096,"memoryPages":{"free":12,"wired":5'
    (capture,) = import_text(text, None)["captures"]
    assert capture["said"]["free_bytes"] == 12 * 4096 and "wired_bytes" not in capture["said"]
