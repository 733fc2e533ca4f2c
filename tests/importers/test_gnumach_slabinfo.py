"""Slab tables of GNU Mach: with and without flags and totals, wrapped, cut. The rows are in the form of kern/slab.c's printing code."""

from typing import Any

import pytest

from zoneviz.app.captures import import_text

PLAIN = """\
cache                          obj slab  bufs   objs   bufs    total reclaimable
name                          size size /slab  usage  count   memory      memory
vm_map_entry                    56   4k    72   2052   2088     116k          0k
kalloc 8192                   8192  64k     8      3      8      64k          0k
"""
FLAGGED = """\
cache                          obj slab  bufs   objs   bufs    total reclaimable
name                 flags    size size /slab  usage  count   memory      memory
vm_map_entry          0010      56   4k    72   2052   2088     116k          0k
kalloc 8192           0000    8192  64k     8      3      8      64k          0k
"""
TOTAL = "total: 180k, reclaimable: 0k\n"
ROWS = {"vm_map_entry": (56, 116 * 1024, 2052, 2088), "kalloc 8192": (8192, 65536, 3, 8)}


def said_of(text: str) -> Any:
    (capture,) = import_text(text, None)["captures"]
    assert capture["kind"] == "gnumach-slabinfo"
    return capture["said"]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN + TOTAL,
        FLAGGED + TOTAL,
        "db> show slabinfo\n" + FLAGGED + TOTAL + "db> \n",
        "".join(FLAGGED.splitlines(keepends=True)[2:]) + TOTAL,
        "> " + (FLAGGED + TOTAL).replace("\n", "\n> "),
        FLAGGED.replace("   2088     ", "   2088\n  "),
    ],
    ids=["2011", "total", "flags", "debugger", "no header", "quoted", "wrapped"],
)
def test_every_layout(text: str) -> None:
    said = said_of(text)
    assert {row["name"]: (row["elem_size"], row["bytes"], row["in_use"], row["bufs"]) for row in said["top"]} == ROWS
    assert said["total_bytes"] == 180 * 1024 and said["skipped_rows"] == 0
    assert said.get("printed_total_bytes", 180 * 1024) == 180 * 1024


def test_an_object_size_of_four_digits_is_not_a_flag() -> None:
    header = "".join(PLAIN.splitlines(keepends=True)[:2])
    (row,) = said_of(header + "name 0010    1024   4k     4     10     12      12k          0k\n")["top"]
    assert row["name"] == "name 0010" and row["elem_size"] == 1024


@pytest.mark.parametrize(
    "row",
    [
        "vm_object             0010      76   4k    53",
        "vm_object             0010      76   4k    53   2000   2014     999k          4k",
        "vm_object             0010      76   4k    53   3000   2014     152k          4k",
    ],
    ids=["cut", "memory", "more in use than there are"],
)
def test_damaged_rows_are_named(row: str) -> None:
    result = import_text(FLAGGED + row + "\n" + TOTAL, None)
    said = result["captures"][0]["said"]
    assert said["zones"] == 2 and said["skipped_rows"] == 1
    assert any("vm_object" in sentence for sentence in result["sentences"])


def test_fragmentation_is_not_called_a_leak() -> None:
    row = "ipc_port              0000      76   4k    53   1000  53000    4000k          8k\n"
    assert any("ipc_port" in sentence and "fragmented" in sentence for sentence in said_of(FLAGGED + row)["trust"])
