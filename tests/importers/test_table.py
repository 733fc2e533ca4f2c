"""The generic table: CSV and JSON lines, times as dates, as seconds, or missing; damaged rows are named."""

import json
from typing import Any

import pytest

from zoneviz.app.captures import import_files, import_text
from zoneviz.app.state import state
from zoneviz.errors import InputError

ROWS = [("2026-05-01 10:00:00", "a", 5, 50), ("2026-05-01 10:00:00", "b c", 6, 60), ("2026-05-01 10:01:00", "a", 7, 70)]
CSV = "time,zone,elements,bytes\n" + "".join(f'{time},"{zone}",{elements},{held}\n' for time, zone, elements, held in ROWS)


def imported(text: str) -> Any:
    result = import_text(text, None)
    assert result["captures"][0]["kind"] == "table"
    return result


def tops(text: str) -> list[dict[str, tuple[int, int | None]]]:
    snapshots = imported(text)["captures"][0]["said"]["snapshots"]
    return [{row["name"]: (row["in_use"], row["bytes"]) for row in snapshot["top"]} for snapshot in snapshots]


@pytest.mark.parametrize(
    "text",
    [
        CSV,
        CSV.replace(",", ";"),
        CSV.replace(",", "\t").replace("time", "Time"),
        CSV.replace("elements,bytes", "elements,bytes,note").replace("0\n", "0,x\n"),
        "".join(json.dumps({"bytes": held, "zone": zone, "elements": n, "time": time, "x": None}) + "\n" for time, zone, n, held in ROWS),
    ],
    ids=["comma", "semicolon", "tab", "more columns", "json lines"],
)
def test_rows_of_one_time_are_one_reading(text: str) -> None:
    assert tops(text) == [{"a": (5, 50), "b c": (6, 60)}, {"a": (7, 70)}]
    assert imported(text)["recordings"][0]["clock"] == "2026-05-01 10:00:00"


def test_without_bytes(tmp_path: Any) -> None:
    text = "time,zone,elements\n1777629600,a,5\n1777629660,a,7\n"
    assert tops(text) == [{"a": (5, None)}, {"a": (7, None)}]
    result = import_text(text, tmp_path / "a.zvz")
    assert "sizes" not in result["shows"] and result["seconds"] == 60
    assert [zone["cur_size"] for zone in state(tmp_path / "a.zvz", "end")["zones"]] == [None]


def test_seconds_since_boot_and_no_time() -> None:
    assert imported("time,zone,elements\n10,a,5\n70.5,a,7\n")["recordings"][0]["clock"] == "uptime"
    assert imported("time,zone,elements\n,a,5\n")["recordings"][0]["clock"] == "order"


@pytest.mark.parametrize("row", ["2026-05-01 10:02:00,a,x,1", "t,a,-5,1", "2026-05-01 10:02:00,a,5", "x,,5,5", "t,a,nan,1"])
def test_a_damaged_row_is_named(row: str) -> None:
    result = imported(CSV + row + "\n")
    assert result["recordings"][0]["readings"] == 2 and any("(line 5)" in sentence for sentence in result["sentences"])


def test_a_table_without_a_valid_row_is_refused(tmp_path: Any) -> None:
    (tmp_path / "a.csv").write_text("time,zone,elements\nx,,\n")
    with pytest.raises(InputError, match="without a valid row"):
        import_files([tmp_path / "a.csv"], None)
