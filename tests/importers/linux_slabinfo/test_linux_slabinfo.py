"""Listings of /proc/slabinfo of all versions, whole and damaged."""

from typing import Any

from zoneviz.app.captures import import_text
from zoneviz.importers.linux_slabinfo.rows import PAGE, Rows, SlabRow, parse

HEADER = """\
slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>
"""  # noqa: E501
DENTRY = "dentry             66011 107898    192   21    1 : tunables    0    0    0 : slabdata   5138   5138      0\n"
LAST = "kmem_cache           240    240    256   16    1 : tunables    0    0    0 : slabdata     15     15      0\n"


def said(text: str) -> dict[str, Any]:
    (capture,) = import_text(text, None)["captures"]
    assert capture["kind"] == "linux-slabinfo"
    found: dict[str, Any] = capture["said"]
    return found


def test_a_text_becomes_rows() -> None:
    (row,) = parse(HEADER + DENTRY, page=65536)
    assert (row.name, row.elem_size, row.in_use, row.free, row.cur_size) == ("dentry", 192, 66011, 41887, 5138 * 65536)


def test_five_values_of_slabdata_are_read_and_said() -> None:
    found = said(HEADER + DENTRY.replace("5138      0", "5138      0      7      9") + LAST)
    assert found["zones"] == 2 and found["total_bytes"] == (5138 + 15) * PAGE
    assert any("more numbers than known, dentry first" in sentence for sentence in found["trust"])


def test_the_header_says_where_a_new_column_is() -> None:
    rows = Rows()
    rows.header(HEADER.splitlines()[1].replace("<num_objs>", "<num_objs> <new>"))
    assert rows.row(DENTRY.strip().replace("107898", "107898 99")) == SlabRow("dentry", 66011, 107898, 192, 21, 1, 5138)


def test_a_name_with_blanks_and_one_of_a_group() -> None:
    rows = Rows()
    for name in ("file lock cache", "dentry(12:user slice)", "9p-fcall-cache"):
        row = rows.row(DENTRY.replace("dentry", name).strip())
        assert row is not None and row.name == name and row.slabs == 5138


def test_version_1_with_statistics_and_per_cpu_figures() -> None:
    rows = "inode_cache  10 20 480 4 5 2 : 100 200 30 4 0 : 124 62 : 1 2 3 4\nuid cache   0 0 32 0 0 1 : 252 126\n"
    found = said("slabinfo - version: 1.1 (statistics) (SMP)\n" + rows)
    assert [(row["name"], row["bytes"], row["objs"]) for row in found["top"]] == [("inode_cache", 10 * PAGE, 20), ("uid cache", 0, 0)]


def test_version_1_0_has_no_sizes() -> None:
    found = said("slabinfo - version: 1.0\nkmem_cache            28     42\ninode_cache         1207   1240\n")
    assert found["zones"] == 2 and "total_bytes" not in found
    assert found["top"][0] == {"name": "inode_cache", "bytes": None, "in_use": 1207, "elem_size": None, "objs": 1240}


def test_rows_that_a_mailer_wrapped_are_joined() -> None:
    wrapped = DENTRY.replace(" : slabdata", " :\n> slabdata").replace("dentry", "> dentry")
    found = said("> slabinfo - version: 2.1\n" + wrapped + "> " + LAST)
    assert found["zones"] == 2 and found["skipped_rows"] == 0 and found["top"][0]["bytes"] == 5138 * PAGE


def test_damaged_rows_are_named() -> None:
    result = import_text(HEADER + DENTRY.replace("5138   5138      0", "5138   51") + "kmalloc-64  12 x7 64\n" + LAST, None)
    assert result["captures"][0]["said"]["skipped_rows"] == 2 and result["captures"][0]["said"]["zones"] == 1
    assert [sentence for sentence in result["sentences"] if "cut or damaged" in sentence] == [
        "Pasted text: The row dentry is cut or damaged (line 3).",
        "Pasted text: The row kmalloc-64 is cut or damaged (line 4).",
    ]


def test_statistics_that_a_mailer_wrapped_are_no_rows() -> None:
    statistics = " : globalstat  44  40  8  0\n0  0  37 :\ncpustat  37  9  10  0\n"
    found = said(HEADER + DENTRY.replace("\n", statistics) + LAST)
    assert (found["zones"], found["skipped_rows"]) == (2, 0)


def test_the_screens_of_watch_are_a_time_line() -> None:
    head = "Every 2.0s: grep dentry /proc/slabinfo     somehost: Fri Mar  5 12:00:0{} 2021\n\n"
    result = import_text(head.format(1) + DENTRY + head.format(3) + DENTRY.replace("66011", "66012"), None)
    assert result["captures"][0]["said"]["skipped_rows"] == 0
    assert (result["recordings"][0]["readings"], result["recordings"][0]["clock"]) == (2, "2021-03-05 12:00:01")


def test_rows_as_people_quote_them() -> None:
    noted = DENTRY.replace("\n", "   <-- this one\n")
    found = said("# name            : tunables    : slabdata   \n" + noted + "12:" + LAST)
    assert [row["name"] for row in found["top"]] == ["dentry", "kmem_cache"] and found["skipped_rows"] == 0


def test_a_row_without_its_beginning_is_named() -> None:
    found = said("0 : tunables    0    0    0 : slabdata   5138   5138      0\n" + LAST)
    assert (found["zones"], found["skipped_rows"]) == (1, 1)


def test_a_loop_with_dates_is_a_time_line() -> None:
    listing = HEADER + DENTRY + LAST
    result = import_text(f"1700000000\n{listing}1700000060\n{listing.replace('66011', '66012')}", None)
    (line,) = result["recordings"]
    assert line["readings"] == 2 and line["clock"] == "2023-11-14 22:13:20 UTC"
    assert [shot["time"] for shot in result["captures"][0]["said"]["snapshots"]] == ["2023-11-14 22:13:20 UTC", "2023-11-14 22:14:20 UTC"]


def test_a_cache_that_comes_again_without_a_time_is_another_listing() -> None:
    result = import_text(DENTRY + LAST + DENTRY + LAST, None)
    assert len(result["captures"][0]["said"]["snapshots"]) == 2 and result["recordings"][0]["clock"] == "order"
    assert any("different machines or boots" in sentence for sentence in result["sentences"])


def test_pages_of_64_kib_show_in_what_a_slab_holds() -> None:
    rows = "".join(f"cache_{size} 10 400 {size} {65536 // size} 1 : tunables 0 0 0 : slabdata 4 4 0\n" for size in (64, 192, 512))
    found = said(HEADER + rows)
    assert found["total_bytes"] == 3 * 4 * 65536
    assert any("64 KiB" in sentence for sentence in found["trust"])


def test_dates_and_words_between_listings_are_no_rows() -> None:
    listing = HEADER + DENTRY + LAST
    between = "Mon Nov 30 16:47:12 UTC 2026\n 16:47:12 up  3:47,  0 users,  load average: 1.73, 2.01, 2.10\n"
    found = said(between + listing + between.replace("16:47", "16:48") + listing + "\nIt took 3 GB after 2 days.\nversion 2 of 2026\n")
    assert found["skipped_rows"] == 0 and len(found["snapshots"]) == 2


def test_the_file_name_and_line_numbers_are_no_part_of_a_name() -> None:
    for before in ("/proc/slabinfo:", "/proc/slabinfo:17:", "17:", "    17\t"):
        found = said("".join(before + line + "\n" for line in (HEADER + DENTRY + LAST).splitlines()))
        assert [row["name"] for row in found["top"]] == ["dentry", "kmem_cache"] and found["skipped_rows"] == 0
