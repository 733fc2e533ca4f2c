"""Listings of zprint: old and new layouts, without privilege, cut, dated, quoted. The rows are in the form of zprint's printing code."""

from typing import Any

import pytest

from zoneviz.app.captures import import_text
from zoneviz.errors import InputError

HEADER = """\
                            elem         cur         max        cur         max         cur  alloc  alloc
zone name                   size        size        size      #elts       #elts       inuse   size  count
-------------------------------------------------------------------------------------------------------------
"""
ROW = "kalloc.16                     16      17320K      19951K    1108480     1276896     1060838     4K    256  C\n"
LATER = "kalloc.16                     16      17420K      19951K    1114880     1276896     1070838     4K    256  C\n"


def said_of(text: str) -> Any:
    (capture,) = import_text(text, None)["captures"]
    assert capture["kind"] == "macos-zprint" and capture["system"] == "macOS"
    return capture["said"]


def top_of(text: str) -> dict[str, tuple[int, int, int]]:
    return {row["name"]: (row["elem_size"], row["bytes"], row["in_use"]) for row in said_of(text)["top"]}


KALLOC_16 = (16, 17320 * 1024, 1060838)


@pytest.mark.parametrize(
    "text",
    [
        HEADER + ROW,
        ROW,
        "> " + ROW,
        "**kalloc.16**" + ROW.removeprefix("kalloc.16"),
        ROW.replace("  C\n", "\n"),
        ROW.replace("  C\n", "  CXAP    744K   9999999K\n"),
        ROW.replace("19951K", "--------").replace("1276896", "---------"),
        HEADER + ROW + "-----------------------------------\nwired memory      id  tag  size\n" + ROW.replace("16 ", "17 "),
    ],
    ids=["headed", "bare", "quoted", "bold", "no flags", "more columns", "no limit", "another section"],
)
def test_a_row_in_every_form(text: str) -> None:
    assert top_of(text) == {"kalloc.16": KALLOC_16}


@pytest.mark.parametrize(
    ("name", "elem_size"),
    [("vm.object.hash.entries..$20", 20), ("non-kernel.map.entries...44", 44), ("x86.saved.state.of.tasks10240", 10240)],
)
def test_a_size_that_touches_its_name(name: str, elem_size: int) -> None:
    elements = 628 * 1024 // elem_size
    row = f"{name}    628K     768K  {elements}  40000  {elements - 1}    4K   204 C\n"
    ((found, figures),) = top_of(HEADER + row).items()
    assert figures == (elem_size, 628 * 1024, elements - 1) and found == name.removesuffix(str(elem_size))


def test_without_privilege_bytes_are_derived() -> None:
    hidden = "data_shared.kalloc.1024  1024  0K  0K  0  0  99999  16K  16  C\nempty.zone  64  0K  0K  0  0  0  16K  256\n"
    said = said_of(HEADER + hidden)
    assert [(row["bytes"], row["derived"]) for row in said["top"]] == [(99999 * 1024, True), (0, False)]
    assert "without privilege" in said["trust"][0]


@pytest.mark.parametrize("cut", range(12, len(LATER) - 8, 5))
def test_a_cut_row_is_named_and_not_read(cut: int) -> None:
    text = HEADER + ROW + LATER.replace("kalloc.16", "kalloc.99")[:cut]
    said = said_of(text)
    whole = text.split("\n")[-1].count("K") == 3 and said["skipped_rows"] == 0
    assert said["zones"] == 1 + whole and (whole or said["skipped_rows"] == (cut > 30))


def test_two_dated_listings_are_one_time_line() -> None:
    text = "Fri May  1 10:00:00 CEST 2026\n" + HEADER + ROW + "Fri May  1 10:10:00 CEST 2026\n" + HEADER + LATER
    result = import_text(text, None)
    assert [listing["top"][0]["in_use"] for listing in result["captures"][0]["said"]["snapshots"]] == [1060838, 1070838]
    assert [(made["readings"], made["clock"]) for made in result["recordings"]] == [(2, "2026-05-01 10:00:00")]


def test_a_header_without_rows_is_refused() -> None:
    with pytest.raises(InputError):
        import_text(HEADER, None)


def test_a_wrapped_row_is_joined() -> None:
    said = said_of(HEADER + ROW.replace("1060838  ", "\n    1060838") + LATER.replace("kalloc.16", "kalloc.32"))
    assert (said["zones"], said["skipped_rows"], said["total_bytes"]) == (2, 0, (17320 + 17420) * 1024)


def test_sections_after_the_table_are_left_out_without_a_rule_too() -> None:
    said = said_of(HEADER + ROW + "\n                     wired memory\n kernel_text     12345K     1\n" + LATER)
    assert (said["zones"], said["skipped_rows"], said["total_bytes"]) == (1, 0, 17320 * 1024)


def test_a_name_with_blanks() -> None:
    assert top_of(HEADER + ROW.replace("kalloc.16 ", "VM map entries ")) == {"VM map entries": KALLOC_16}
