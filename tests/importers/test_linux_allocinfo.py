"""Listings of /proc/allocinfo: whole, sorted, shortened and cut."""

from pathlib import Path
from typing import Any

from zoneviz.app.captures import import_text
from zoneviz.app.state import state

ROWS = """\
   127664128    31168 mm/page_ext.c:270 func:alloc_page_ext
    56373248     4737 mm/slub.c:2259 func:alloc_slab_page
     4136960     1010 drivers/staging/ctagmod/ctagmod.c:20 [ctagmod] func:ctagmod_start
"""
HEADER = "allocinfo - version: 1.0\n#     <size>  <calls> <tag info>\n"


def said(text: str) -> dict[str, Any]:
    (capture,) = import_text(text, None)["captures"]
    assert capture["kind"] == "linux-allocinfo"
    found: dict[str, Any] = capture["said"]
    return found


def test_a_module_is_not_a_part_of_the_name() -> None:
    found = said(HEADER + ROWS)["top"][2]
    assert (found["name"], found["module"]) == ("drivers/staging/ctagmod/ctagmod.c:20 func:ctagmod_start", "ctagmod")


def test_pages_of_slabs_are_a_figure_and_not_a_zone(tmp_path: Path) -> None:
    import_text(HEADER + ROWS, tmp_path / "a.zvz")
    end = state(tmp_path / "a.zvz", "end")
    assert [zone["cur_size"] for zone in end["zones"]] == [127664128, 4136960] and end["figures"] == {"slab_pages": 56373248}


def test_shortened_sizes_are_said_to_be_rounded() -> None:
    found = said("2.8M    22648 fs/kernfs/dir.c:615 func:__kernfs_new_node\n")
    assert found["top"][0]["bytes"] == 2936012 and any("rounded" in sentence for sentence in found["trust"])


def test_cut_rows_are_named_and_loops_are_series() -> None:
    result = import_text(f"1700000000\n{HEADER}{ROWS}1700000060\n{HEADER}{ROWS}    2894464    22613 fs/kernfs/dir.c:615 fun", None)
    assert result["captures"][0]["said"]["skipped_rows"] == 1 and result["recordings"][0]["readings"] == 2
    assert any("The row fs/kernfs/dir.c:615 is cut or damaged (line 13)" in sentence for sentence in result["sentences"])


def test_a_row_that_is_cut_in_its_place_is_named() -> None:
    found = said(HEADER + ROWS + "     1234567       21 fs/ext4/in")
    assert (found["sites"], found["skipped_rows"]) == (3, 1)
