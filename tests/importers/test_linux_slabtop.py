"""Listings of slabtop, as terminals, mailers and other languages print them."""

from pathlib import Path
from typing import Any

from zoneviz.app.captures import import_text
from zoneviz.app.state import state

HEAD = """\
 Active / Total Objects (% used)    : 604675 / 684235 (88.4%)
 Active / Total Slabs (% used)      : 24040 / 24040 (100.0%)
 Active / Total Caches (% used)     : 99 / 159 (62.3%)
 Active / Total Size (% used)       : 140593.95K / 160692.10K (87.5%)
 Minimum / Average / Maximum Object : 0.01K / 0.23K / 12.00K

  OBJS ACTIVE  USE OBJ SIZE  SLABS OBJ/SLAB CACHE SIZE NAME
"""
ROWS = """\
165945 149714  90%    0.10K   4255       39     17020K buffer_head
107898  66011  61%    0.19K   5138       21     20552K dentry
"""


def imported(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    result = import_text(text, None)
    (capture,) = result["captures"]
    assert capture["kind"] == "linux-slabtop"
    return capture["said"], result


def test_the_difference_to_the_summary_is_a_separate_zone(tmp_path: Path) -> None:
    import_text(HEAD + ROWS, tmp_path / "a.zvz")
    zones = {zone["name"]: zone["cur_size"] for zone in state(tmp_path / "a.zvz", "end")["zones"]}
    assert zones["(not listed)"] == 164548710 - (17020 + 20552) * 1024 and len(zones) == 3


def test_rows_without_a_header_and_with_single_blanks() -> None:
    said, _ = imported("\n".join(" ".join(row.split()) for row in ROWS.splitlines()))
    assert said["total_bytes"] == (17020 + 20552) * 1024 and "summary_total_bytes" not in said


def test_decimal_commas() -> None:
    size = "140593.95K / 160692.10K (87.5%)"
    said, _ = imported((HEAD + ROWS).replace("0.19K", "0,19K").replace(size, size.replace(".", ",")))
    assert said["summary_total_bytes"] == 164548710 and said["top"][0]["shown_size_K"] == 0.19 and said["zones"] == 2


def test_a_wrapped_name_is_joined_and_a_cut_row_is_named() -> None:
    wrapped = " 24576  24576 100%    0.01K     48      512       192K\nsome_cache_with_a_long_name\n"
    said, result = imported(HEAD + wrapped + ROWS + " 33514  33126  98%    0.58K   2578\n")
    assert (said["zones"], said["skipped_rows"]) == (3, 1)
    assert any("The row without a name is cut or damaged (line 12)" in sentence for sentence in result["sentences"])


def test_listings_of_a_loop_are_a_time_line() -> None:
    _, result = imported(f"1700000000\n{HEAD}{ROWS}1700000060\n{HEAD}{ROWS.replace('66011', '66000')}")
    (line,) = result["recordings"]
    assert line["readings"] == 2 and line["clock"] == "2023-11-14 22:13:20 UTC"


def test_a_figure_that_cannot_be_is_said() -> None:
    said, _ = imported(HEAD + ROWS.replace("5138       21", "513       21"))
    assert any(sentence.startswith("dentry has more objects than its slabs can hold") for sentence in said["trust"])


def test_a_row_with_thousands_separators_is_named() -> None:
    said, _ = imported(HEAD + "1,665,945 1,149,714  69%    0.10K 142,555       39    570,220K buffer_head\n" + ROWS)
    assert (said["zones"], said["skipped_rows"]) == (2, 1)


def test_rows_that_lost_a_column_or_a_blank_are_named() -> None:
    glued = "3351433126  98%    0.58K   2578       13     20624K inode_cache"
    short = "67350   100%    0.13K   2245       30      8980K kernfs_node_cache"
    for damaged in (glued, short):
        said, _ = imported(f"{HEAD}{damaged}\n{ROWS}")
        assert (said["zones"], said["skipped_rows"]) == (2, 1)
