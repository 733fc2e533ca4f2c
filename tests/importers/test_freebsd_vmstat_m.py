"""Listings of vmstat -m: all eras, JSON, damaged rows. The rows are in the form of vmstat's printing code."""

import json
from typing import Any

import pytest

from zoneviz.app.captures import import_text

HEADER = "         Type InUse MemUse HighUse Requests  Size(s)\n"
ROW = "    CAM queue    54  1518K       -     1002  16,32,64,128\n"
OTHER = "        vtbuf    24  1968K       -       46  4096\n"


def said_of(text: str) -> Any:
    (capture,) = import_text(text, None)["captures"]
    assert capture["kind"] == "freebsd-vmstat-m"
    return capture["said"]


@pytest.mark.parametrize(
    "text",
    [
        HEADER + ROW,
        HEADER + ROW.replace("      - ", "   1600K"),
        HEADER.replace(" HighUse", "") + ROW.replace("       -", ""),
        HEADER + ROW.replace("16,32,64,128", ""),
        HEADER + ROW.replace("16,32,64,128", "\n   16,32,64,128"),
        "        Type  InUse MemUse HighUse  Limit Requests Limit Limit Size(s)\n"
        "   CAM queue    54  1518K  1600K 40960K     1002    0     0  16,1K\n",
        "         Type  Use Memory Req  Size(s)\n    CAM queue    54  1518K     1002  16,32\n",
    ],
    ids=["dash", "high use", "no high use", "no sizes", "wrapped", "with limits", "newest"],
)
def test_every_layout(text: str) -> None:
    (row,) = said_of(text)["top"]
    assert row == {"name": "CAM queue", "bytes": 1518 * 1024, "in_use": 54, "elem_size": None, "requests": 1002}


def test_the_unit_of_memory_without_a_letter_comes_from_the_rows() -> None:
    header = "         Type  Use Memory Req  Size(s)\n"
    rows = [f"        type{number}   10  {memory}   12  64\n" for number, memory in enumerate((640, 640, 1280, 1280, 2560))]
    assert said_of(header + "".join(rows))["total_bytes"] == 6400
    few = said_of(header + "".join(rows[:2]))
    assert "total_bytes" not in few and few["top"][0]["bytes"] is None
    small = "        small   10  1   12  64\n"
    assert said_of(header + rows[0] + small)["total_bytes"] == 641 * 1024


@pytest.mark.parametrize("row", ["   vtbuf    24  1968K", "   vtbuf    24  19", "   vtbuf    2x  1968K       -       46  4096"])
def test_damaged_rows_are_named(row: str) -> None:
    result = import_text(HEADER + ROW + row + "\n", None)
    said = result["captures"][0]["said"]
    assert said["zones"] == 1 and said["skipped_rows"] == 1
    assert any("vtbuf" in sentence for sentence in result["sentences"])


def test_the_totals_below_the_oldest_table_are_not_rows() -> None:
    header = "        Type  InUse MemUse HighUse  Limit Requests Limit Limit Size(s)\n"
    totals = "\nMemory Totals:  In Use    Free    Requests\n                 6437K    389K      123456\n"
    said = said_of(header + "   CAM queue    54  1518K  1600K 40960K     1002    0     0  16,1K\n" + totals)
    assert said["zones"] == 1 and said["skipped_rows"] == 0


def test_dates_make_moments() -> None:
    text = "".join(f"Mon Nov 30 12:0{minute}:00 UTC 2020\n{HEADER}{ROW}" for minute in range(3))
    (line,) = import_text(text, None)["recordings"]
    assert line["readings"] == 3 and said_of(text)["skipped_rows"] == 0


def test_libxo_json() -> None:
    rows = [{"type": "CAM queue", "in-use": 54, "memory-use": 1518, "high-use": "-", "requests": 1002, "size": [16, 32]},
            {"type": "vtbuf", "in-use": 24, "memory-use": -1, "requests": 46}]  # fmt: skip
    said = said_of(json.dumps({"vmstat": {"malloc-statistics": {"memory": rows}}}))
    assert said["top"] == [{"name": "CAM queue", "bytes": 1518 * 1024, "in_use": 54, "elem_size": None, "requests": 1002}]
    assert said["skipped_rows"] == 1


def test_it_is_not_one_time_line_with_vmstat_z() -> None:
    date = "Mon Nov 30 12:00:00 UTC 2020\n"
    said = said_of(date + HEADER + ROW + OTHER)
    assert any("vmstat -z" in sentence for sentence in said["trust"]) and said["total_bytes"] == (1518 + 1968) * 1024


def test_a_last_row_that_may_be_cut_is_said() -> None:
    text = "         Type InUse MemUse HighUse Requests  Size(s)\n        acpica  2345   250K       -    99999  16\n  feeder  7  1K  -  1"
    for end, said in (("", True), ("\n", False)):
        (capture,) = import_text(text + end, None)["captures"]
        assert any("may be cut" in sentence for sentence in capture["said"]["trust"]) == said
