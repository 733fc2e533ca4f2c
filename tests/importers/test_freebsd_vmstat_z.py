"""Listings of vmstat -z: all eras, JSON, wrapped, cut, repeated. The rows are in the form of vmstat's printing code."""

import json
from pathlib import Path
from typing import Any

import pytest

from zoneviz.app.captures import import_files, import_text

ERAS = {
    5: ("ITEM            SIZE     LIMIT    USED    FREE  REQUESTS\n\n", "socket:          696,   130295,     30,     65,    43764\n"),
    6: ("ITEM                     SIZE     LIMIT      USED      FREE  REQUESTS  FAILURES\n\n",
        "socket:                   696,   130295,       30,       65,    43764,        1\n"),
    7: ("ITEM                   SIZE  LIMIT     USED     FREE      REQ FAIL SLEEP\n\n",
        "socket:                 696, 130295,      30,      65,   43764,   1,   2\n"),
    8: ("ITEM                   SIZE  LIMIT     USED     FREE      REQ     FAILSLEEP XDOMAIN\n",
        "socket:                 696, 130295,      30,      65,   43764,   1,   2,   3\n"),
}  # fmt: skip
HEADER, ROW = ERAS[8]
BUCKET = "128 Bucket:            1024,      0,     138,      89,    2105,10295,   0,   0\n"
FULL = "mbuf_cluster:          2048,    100,     100,       0,    2105,  12,   0,   0\n"
SAMPLES = Path(__file__).parent / "captures" / "freebsd-vmstat-z"


def said_of(text: str, kind: str = "freebsd-vmstat-z") -> Any:
    (capture,) = import_text(text, None)["captures"]
    assert capture["kind"] == kind
    return capture["said"]


@pytest.mark.parametrize("values", ERAS)
def test_every_era(values: int) -> None:
    (row,) = said_of("".join(ERAS[values]))["top"]
    known = dict(zip(("requests", "fail", "sleep", "xdomain"), (43764, 1, 2, 3), strict=True))
    later = dict(list(known.items())[: values - 4])
    figures = {"bytes": 95 * 696, "in_use": 30, "elem_size": 696, "limit": 130295, "free": 65}
    assert row == {"name": "socket", "values": values} | figures | later


@pytest.mark.parametrize(
    "text",
    [
        HEADER + ROW + BUCKET,
        "% vmstat -z | egrep 'socket|Bucket'\n" + ROW + BUCKET,
        "> > " + (HEADER + ROW + BUCKET).replace("\n", "\n> > "),
        (HEADER + ROW + BUCKET).replace("43764,", "43764,\n  "),
        (HEADER + ROW + BUCKET).replace(", ", ","),
        (HEADER + ROW + BUCKET).replace("\n", "\r\n"),
    ],
    ids=["headed", "grep", "quoted", "wrapped", "no blanks", "CRLF"],
)
def test_rows_in_every_form(text: str) -> None:
    said = said_of(text)
    assert [(row["name"], row["bytes"], row["values"]) for row in said["top"]] == [("128 Bucket", 227 * 1024, 8), ("socket", 95 * 696, 8)]
    assert said["skipped_rows"] == 0


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("mbuf_cluster:          2048,    100,", "mbuf_cluster"),
        ("mbuf_cluster:          2048,    100,     100,       0,    2105,  12", "mbuf_cluster"),
        ("mbuf_cluster:          2048     100,     100,       0,    2105,  12,   0,   0", "mbuf_cluster"),
        ("mbuf_cluster:          2o48,    100,     100,       0,    2105,  12,   0,   0", "mbuf_cluster"),
        ("mbuf_cluster:          2048,    100,    -100,       0,    2105,  12,   0,   0", "mbuf_cluster"),
        ("mbuf_cluster:          2048,    100, 18446744073709551612,       0,    2105,  12,   0,   0", "mbuf_cluster"),
    ],
    ids=["cut", "cut late", "comma lost", "letter", "negative", "wrapped round"],
)
def test_damaged_rows_are_named(row: str, name: str) -> None:
    result = import_text(HEADER + ROW + row + "\n" + BUCKET, None)
    said = result["captures"][0]["said"]
    assert said["skipped_rows"] == 1 and [row["name"] for row in said["top"]] == ["128 Bucket", "socket"]
    assert any(name in sentence for sentence in result["sentences"])


def test_a_zone_at_its_limit_is_said() -> None:
    assert "mbuf_cluster ended at its limit: 100 of 100 items in use, 12 failures." in said_of(HEADER + FULL)["trust"]
    assert "128 Bucket: 10,295 failed requests since boot." in said_of(HEADER + BUCKET)["trust"]


def test_listings_with_dates_are_moments_of_one_boot_until_requests_fall() -> None:
    first = "Mon Nov 30 12:00:00 UTC 2020\n" + HEADER + ROW
    second = "Mon Nov 30 12:01:00 UTC 2020\n" + HEADER + ROW.replace("43764", "43999")
    third = "Mon Nov 30 12:05:00 UTC 2020\n" + HEADER + ROW.replace("43764", "120")
    result = import_text(first + second + third, None)
    assert [line["readings"] for line in result["recordings"]] == [2, 1]
    assert result["recordings"][0]["clock"] == "2020-11-30 12:00:00 UTC"


def test_a_grep_in_a_loop_is_several_moments_and_zones_of_a_name_in_a_listing_are_not() -> None:
    assert len(said_of(ROW + BUCKET + ROW + BUCKET)["snapshots"]) == 2
    assert said_of(HEADER + ROW + ROW + BUCKET)["zones"] == 3


def test_two_boots_without_times_are_compared_and_not_joined() -> None:
    paths = sorted(SAMPLES.glob("0[45]*.txt"))
    result = import_files(paths, None)
    assert [(line["readings"], line["clock"]) for line in result["recordings"]] == [(1, "order"), (1, "order")]
    together = import_text("\n".join(path.read_text() for path in paths), None)
    assert [line["readings"] for line in together["recordings"]] == [1, 1]


def test_libxo_json_of_several_moments_whole_and_cut() -> None:
    rows = [dict(zip(("name", "size", "limit", "used", "free", "requests", "fail", "sleep", "xdomain"), values, strict=True))
            for values in (("UMA Kegs", 384, 0, 174, 0, 174, 0, 0, 0), ("mbuf_cluster", 2048, 100, 100, 0, 1740, 3, 1, 0))]  # fmt: skip
    one = {"__version": "1", "vmstat": {"memory-zone-statistics": {"zone": rows}}}
    for indent in (None, 2):
        text = json.dumps(one, indent=indent)
        said = said_of(text)
        assert said["zones"] == 2 and said["top"][0]["bytes"] == 204800 and said["top"][0]["sleep"] == 1
        said = said_of("Mon Nov 30 12:00:00 UTC 2020\n" + text + "\nMon Nov 30 12:01:00 UTC 2020\n" + text[: text.rindex("free")])
        assert [listing["zones"] for listing in said["snapshots"]] == [2, 1] and said["skipped_rows"] == 1


def test_a_load_average_with_decimal_commas_is_skipped() -> None:
    said = said_of(" 11:28:15 up 10 min,  1 user,  load average: 0,28, 0,40, 0,27\n" + ROW + BUCKET)
    assert said["zones"] == 2


def test_a_row_that_is_wrapped_after_its_name() -> None:
    said = said_of(HEADER + BUCKET + FULL.replace("cluster: ", "cluster:\n") + "root@fw:\n")
    assert (said["zones"], said["skipped_rows"], said["top"][0]["name"]) == (2, 0, "128 Bucket")
    assert said["total_bytes"] == (138 + 89) * 1024 + 100 * 2048


def test_a_row_without_its_name_is_named_as_such() -> None:
    said = said_of(HEADER + BUCKET + FULL.partition(":")[2] + ROW)
    assert (said["zones"], said["skipped_rows"]) == (2, 1)
