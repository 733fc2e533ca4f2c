"""Tables in each format: the same rows everywhere, and text that stays text."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from tests.exporters import hostile
from tests.recording import live_machine
from zoneviz.exporters import TABLES, exporters, find
from zoneviz.exporters.csv import cell as csv_cell
from zoneviz.exporters.markdown import cell as markdown_cell
from zoneviz.playback import Player
from zoneviz.playback.search import parse_filter
from zoneviz.playback.tables import ADDRESSES, NUMBER, SHARE, TEXT, Part, table
from zoneviz.recording import Recording


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile.record(tmp_path_factory.mktemp("made") / "h.zvz")


def part(recording: Recording, **more: Any) -> Part:
    return Part(recording, recording.event_count, 1, recording.event_count)._replace(**more)


def exported(recording: Recording, name: str, view: str = "", **more: Any) -> bytes:
    out = io.BytesIO()
    find(name).write(view, part(recording, **more), out)
    return out.getvalue()


@pytest.mark.parametrize("view", TABLES)
def test_all_formats_have_the_same_rows(made: Path, view: str) -> None:
    with Recording(made) as recording:
        found = table(view, part(recording))
        rows = [list(row) for batch in found.batches for row in zip(*batch, strict=True)]
        names = [column.name for column in found.columns]
        assert rows and all(len(row) == len(names) for row in rows)
        for column, value in zip(found.columns, rows[0], strict=True):
            assert value is None or type(value) is {TEXT: str, NUMBER: int, ADDRESSES: int, SHARE: float}[column.kind], column
        objects = [dict(zip(names, row, strict=True)) for row in rows]
        assert json.loads(exported(recording, "json", view)) == objects
        assert [json.loads(line) for line in exported(recording, "jsonl", view).splitlines()] == objects
        read = pyarrow.parquet.read_table(io.BytesIO(exported(recording, "parquet", view)))
        assert read.to_pylist() == objects
        lines = list(csv.reader(io.StringIO(exported(recording, "csv", view).decode())))
        assert lines[0] == [csv_cell(name) for name in names] and len(lines) == len(rows) + 1
        for line, row in zip(lines[1:], rows, strict=True):
            for shown, value, column in zip(line, row, found.columns, strict=True):
                text = "" if value is None else hex(value) if column.kind == ADDRESSES else str(value)
                assert shown == (csv_cell(value) if column.kind == TEXT else text)
        assert len(exported(recording, "markdown", view).splitlines()) == len(rows) + 2


def test_a_moment(made: Path) -> None:
    with Recording(made) as recording:
        zones = json.loads(exported(recording, "json", "zones", at=1500))
        machine = Player(recording).seek(1500).machine()
        assert zones == machine["zones"]
        taken = sum(zone["in_use"] for zone in zones)
        tasks = json.loads(exported(recording, "json", "tasks", at=1500))
        assert {task["task"] for task in tasks} == {1}
        assert 0 < tasks[0]["live_zone_bytes"] < sum(z["in_use"] * z["elem_size"] for z in zones) and taken


def test_a_range_and_a_filter(made: Path) -> None:
    with Recording(made) as recording:
        rows = json.loads(exported(recording, "json", "events", first=100, last=900))
        assert [row["seq"] for row in rows] == list(range(100, 901))
        match = parse_filter("kind=zalloc zone=kalloc.64 task=1", recording.catalog)
        fewer = json.loads(exported(recording, "json", "events", first=100, last=900, match=match))
        assert fewer == [r for r in rows if r["kind"] == "ZALLOC" and r["zone"] == "kalloc.64" and r["task"] == 1] and fewer
        seqs = [row["seq"] for row in json.loads(exported(recording, "json", "series", first=500, last=2000))]
        assert seqs == [n for n in range(500, 2001) if n % 256 == 0]


@pytest.mark.parametrize("text", [hostile.FORMULA, "+1", "-1", "@x", "\tx", "\rx"])
def test_a_formula_is_text_in_a_spreadsheet(text: str) -> None:
    assert csv_cell(text).startswith("'")


def test_hostile_names_are_text(made: Path) -> None:
    with Recording(made) as recording:
        for name, exporter in exporters().items():
            if name in ("parquet", "perfetto"):
                continue  # not read as text
            for view in exporter.views or ("",):
                text = exported(recording, name, view).decode()
                assert "\x1b" not in text and "\x07" not in text and "\u202e" not in text, (name, view)
        zones = exported(recording, "markdown", "zones").decode()
        assert "<script>" not in zones and "&lt;script&gt;" in zones
        assert all(line.replace("\\|", "").count("|") == 8 for line in zones.splitlines())


def test_markdown_keeps_the_text() -> None:
    assert markdown_cell("kalloc.8192") == "kalloc.8192"
    assert markdown_cell("ipc_port") == "ipc\\_port"
    assert markdown_cell("<b>|") == "&lt;b&gt;\\|"


def test_stacks_and_speedscope_sum_to_the_live_bytes(made: Path) -> None:
    with Recording(made) as recording:
        total = sum(z["in_use"] * z["elem_size"] for z in Player(recording).seek(recording.event_count).machine()["zones"])
        lines = exported(recording, "stacks").decode().splitlines()
        assert sum(int(line.rpartition(" ")[2]) for line in lines) == total
        told = json.loads(exported(recording, "speedscope"))
        profile = told["profiles"][0]
        assert sum(profile["weights"]) == profile["endValue"] == total and profile["unit"] == "bytes"
        assert max(max(sample) for sample in profile["samples"]) == len(told["shared"]["frames"]) - 1
        match = parse_filter("zone=kalloc.64", recording.catalog)
        one = exported(recording, "stacks", match=match).decode().splitlines()
        assert one and all("[kalloc.64] " in line for line in one)


def test_the_series_of_a_live_machine_has_no_figures_of_mach(tmp_path: Path) -> None:
    live_machine.record(tmp_path / "a.zvz", 3, allocs=300).finish("finished")
    with Recording(tmp_path / "a.zvz") as recording:
        rows = json.loads(exported(recording, "json", "series"))
    assert list(rows[-1])[:3] == ["seq", "time_ns", "reading: slab_unreclaimable"] and rows[-1]["bytes of cache-1"] > 0
