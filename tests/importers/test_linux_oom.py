"""Reports of the OOM killer: blocks of a log, cut ones, and what surrounds them."""

from typing import Any

import pytest

from zoneviz.app.captures import import_text

BLOCK = """\
[{at}.000001] stress invoked oom-killer: gfp_mask=0x100cca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0
[{at}.000002] CPU: 0 PID: 1 Comm: stress Not tainted 5.15.0-91-generic #101-Ubuntu
[{at}.000003] Mem-Info:
[{at}.000004]  slab_reclaimable:2000 slab_unreclaimable:100
[{at}.000005]  mapped:10 shmem:3 pagetables:4
[{at}.000006] 524154 pages RAM
[{at}.000007] Unreclaimable slab info:
[{at}.000008] Name                      Used          Total
[{at}.000009] request_sock_TCPv6          3KB          7KB
[{at}.000010] kmalloc-1k                200KB        {total}KB
[{at}.000011] kmalloc-1k                 20KB         30KB
[{at}.000012] Tasks state (memory values in pages):
"""


def imported(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    result = import_text(text, None)
    (capture,) = result["captures"]
    assert capture["kind"] == "linux-oom"
    return capture["said"], result


def test_each_block_is_a_moment_and_nothing_is_added_up() -> None:
    said, result = imported(BLOCK.format(at="  244", total="250") + BLOCK.format(at=" 1244", total="300"))
    assert [shot["total_bytes"] for shot in said["snapshots"]] == [287 * 1024, 337 * 1024]
    assert [shot["zones"] for shot in said["snapshots"]] == [3, 3]
    (line,) = result["recordings"]
    assert line["clock"] == "uptime" and line["readings"] == 2 and line["system"] == "Linux 5.15.0-91-generic"


def test_counters_before_the_block_are_read() -> None:
    said, _ = imported(BLOCK.format(at="  244", total="250"))
    assert (said["ram_pages"], said["slab_unreclaimable_pages"], said["slab_reclaimable_pages"]) == (524154, 100, 2000)
    assert said["top"][0] == {"name": "kmalloc-1k", "bytes": 250 * 1024, "in_use": None, "used_bytes": 200 * 1024, "elem_size": None}


@pytest.mark.parametrize(
    "before",
    [
        "Nov 30 16:47:12 node7 kernel: ",
        "Nov 30 16:47:12 node7 kernel: [  244.335645] ",
        "2026-11-30T16:47:12.123456+00:00 node7 kernel: ",
        "Mon Nov 30 16:47:12 2026 kern.warn kernel: [  244.335645] ",
        "[Mon Nov 30 16:47:12 2026] ",
        "<4>[  244.335645] ",
        "> [  244.335645][ T1234] ",
        "",
    ],
)
def test_every_log_writes_another_beginning(before: str) -> None:
    rows = ["Unreclaimable slab info:", "Name               Used          Total", "TCPv6       30KB     31KB", "RAWv6  1KB   2KB", "x"]
    said, _ = imported("".join(f"{before}{row}\n" for row in rows))
    assert (said["zones"], said["total_bytes"], said["skipped_rows"]) == (2, 33 * 1024, 0)


def test_a_line_that_the_log_repeats_counts_once() -> None:
    lines = BLOCK.format(at="  244", total="250").splitlines(keepends=True)
    said, result = imported("".join(line for line in lines for _ in range(2)))
    assert said["total_bytes"] == 287 * 1024
    assert any("The log repeats 3 lines" in sentence for sentence in result["sentences"])


def test_other_lines_between_rows_do_not_end_the_block() -> None:
    text = BLOCK.format(at="  244", total="250")
    said, _ = imported(text.replace("[  244.000010]", "[  244.000009] systemd[1]: something else\n[  244.000010]"))
    assert said["zones"] == 3


def test_cut_rows_are_named() -> None:
    said, result = imported("Unreclaimable slab info:\nTCPv6       30KB         31KB\nRAWv6       30K\n9p-fcall-cache            32KB\n")
    assert (said["zones"], said["skipped_rows"]) == (1, 2)
    assert any("The row RAWv6 is cut or damaged (line 3)" in sentence for sentence in result["sentences"])


def test_rows_of_an_extract_have_one_number() -> None:
    said, _ = imported("Unreclaimable slab info:\nkmalloc-8k  32KB\nTCPv6   31KB\n")
    assert said["total_bytes"] == 63 * 1024 and "used_bytes" not in said["top"][0]
    assert any("one number" in sentence for sentence in said["trust"])


@pytest.mark.parametrize(
    "before",
    [
        "kern  :warn  : [12345.100000] ",
        "kern  :info  : [Tue Mar  4 10:11:12 2025] ",
        "2025-03-04T10:11:12.123456789Z ",
        "<6>[12345.100001]  (3)[4242:java]",
        "[12345.100001] c3   4242 ",
        "6,1215,12345100000,-;",
    ],
)
def test_what_other_loggers_print_before_a_line_is_not_part_of_a_name(before: str) -> None:
    block = "\n".join(before + line.partition("] ")[2] for line in BLOCK.format(at="1", total="250").splitlines())
    said, _ = imported(block)
    assert [row["name"] for row in said["top"]] == ["kmalloc-1k", "kmalloc-1k", "request_sock_TCPv6"]
    assert (said["total_bytes"], said["ram_pages"], said["skipped_rows"]) == (287 * 1024, 524154, 0)


def test_a_row_with_its_numbers_run_together_is_named() -> None:
    said, _ = imported(BLOCK.format(at="1", total="250").replace("20KB         30KB", "20KB30KB"))
    assert (said["zones"], said["skipped_rows"]) == (2, 1)
