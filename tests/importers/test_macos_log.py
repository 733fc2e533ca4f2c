"""Lines of zone map exhaustion, in the styles of `log show`."""

import json
from typing import Any

import pytest

from zoneviz.app.captures import import_text

TIME = "2020-08-03 21:59:36.366262+0800"
MAP = "zone_map_exhaustion: Zone map size 6126231552, capacity 6442450944 [jetsam limit 95%]"
LARGEST = "zone_map_exhaustion: Largest zone kalloc.128, size 5229490176"
SNAPSHOT = {
    "time": TIME, "zone_map_bytes": 6126231552, "zone_map_cap": 6442450944, "jetsam_limit_percent": 95, "largest_zone": "kalloc.128",
    "largest_zone_bytes": 5229490176,
}  # fmt: skip


def said_of(text: str) -> Any:
    (capture,) = import_text(text, None)["captures"]
    assert capture["kind"] == "macos-log"
    return capture["said"]


def line(message: str, time: str = TIME) -> str:
    return f"{time} 0x202      Default     0x0                  0      0    kernel: {message}\n"


def pair(time: str = TIME) -> str:
    return line(MAP, time) + line(LARGEST, time)


@pytest.mark.parametrize(
    "text",
    [
        pair(),
        f"{TIME}  localhost kernel[0]: {MAP}\n{TIME}  localhost kernel[0]: {LARGEST}\n",
        "".join(json.dumps({"timestamp": TIME, "eventMessage": message}) + "\n" for message in (MAP, LARGEST)),
        json.dumps([{"timestamp": TIME, "eventMessage": message} for message in (MAP, LARGEST)], indent=2),
    ],
    ids=["default", "syslog", "ndjson", "json"],
)
def test_one_moment_in_every_style(text: str) -> None:
    said = said_of(text)
    assert said["snapshots"] == [SNAPSHOT] and said["used_percent"] == 95.09


def test_repetitions_within_a_second_are_one_moment() -> None:
    result = import_text(pair() * 50 + pair(TIME.replace(":36.", ":38.")), None)
    assert len(result["captures"][0]["said"]["snapshots"]) == 2 and result["recordings"][0]["readings"] == 2
    assert any("49 further snapshots" in sentence for sentence in result["sentences"])


def test_a_cut_line_is_named() -> None:
    result = import_text(pair() + line(MAP)[:-40], None)
    assert len(result["captures"][0]["said"]["snapshots"]) == 1
    assert any("cut or damaged (line 3)" in sentence for sentence in result["sentences"])


def test_lines_without_dates_have_an_order() -> None:
    result = import_text(f"{MAP}\n{LARGEST}\n{MAP}\n{LARGEST}\n", None)
    assert result["recordings"][0]["clock"] == "order" and "time" not in result["captures"][0]["said"]["snapshots"][0]


def test_a_number_that_may_be_cut_is_said() -> None:
    size = "zone_map_exhaustion: Zone map size 6126231552, capacity 6442450944\n"
    lines = size + "zone_map_exhaustion: Largest zone kalloc.128, size 5229490176\n"
    assert not any("may be cut" in sentence for sentence in import_text(lines, None)["captures"][0]["said"]["trust"])
    for text in (lines[:-2], lines + lines[:60]):
        (capture,) = import_text(text, None)["captures"]
        assert len(capture["said"]["snapshots"]) == 1 and any("may be cut" in sentence for sentence in capture["said"]["trust"])
