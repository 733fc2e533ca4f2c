"""Reports of memleak in all renderings; memory that pages and slabs show twice counts once."""

from typing import Any

import pytest

from zoneviz.app.captures import import_text

HEADER = "[23:59:58] Top 10 stacks with outstanding allocations:\n"


def imported(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    result = import_text(text, None)
    (capture,) = result["captures"]
    assert capture["kind"] == "linux-memleak"
    return capture["said"], result


@pytest.mark.parametrize(
    "stack",
    [
        "\t\tkmem_cache_alloc+0x13a [kernel]\n\t\tgetname_flags+0x4f [kernel]\n",
        "\t\t0xffffffff8f2a9a1b\tkmem_cache_alloc+0x13a [kernel]\n\t\t0xffffffff8f2a9a1c\t[unknown]\n",
        "\tb'\\t\\tkmem_cache_alloc+0x13a [kernel]\\n\\t\\tgetname_flags+0x4f [kernel]'\n",
        "\t0 [<ffffffffad4c3bfa>] kmem_cache_alloc+0x13a\n\t1 [<ffffffffad4c3bfb>] getname_flags+0x4f\n",
        "\taddr = ffff8881 size = 40\n\taddr = ffff8882 size = 40\n\t\tkmem_cache_alloc+0x13a [kernel]\n",
    ],
)
def test_frames_of_all_renderings(stack: str) -> None:
    said, _ = imported(HEADER + "\t80 bytes in 2 allocations from stack\n" + stack)
    assert said["top"] == [{"bytes": 80, "allocs": 2, "frame": "kmem_cache_alloc+0x13a"}]
    assert (said["time"], said["stacks"], said["total_bytes"]) == ("23:59:58", 1, 80)


def test_the_pages_of_a_slab_stack_count_once() -> None:
    pages = "\t4096 bytes in 1 allocations from stack\n\t\t__alloc_pages+0x13a [kernel]\n\t\tnew_slab+0x4f [kernel]\n"
    slab = "\t4096 bytes in 1 allocations from stack\n\t\t__kmalloc+0x13a [kernel]\n\t\tfoo+0x4f [kernel]\n"
    said, _ = imported(HEADER + pages + slab)
    assert (said["stacks"], said["total_bytes"], len(said["top"])) == (2, 4096, 1)
    assert any("counted once" in sentence for sentence in said["trust"])


def test_reports_have_times_from_the_first_one_across_midnight() -> None:
    stack = "\t80 bytes in 2 allocations from stack\n\t\tkmem_cache_alloc+0x13a [kernel]\n"
    said, result = imported(HEADER + stack + HEADER.replace("23:59:58", "00:00:03") + stack.replace("80", "120"))
    assert [shot["total_bytes"] for shot in said["snapshots"]] == [80, 120]
    assert result["recordings"][0]["clock"] == "first reading"


def test_a_cut_stack_is_named() -> None:
    said, result = imported(HEADER + "\t80 bytes in 2 allocations from stack\n\t\tfoo+0x13a [kernel]\n\t90 bytes in 3 alloc")
    assert (said["stacks"], said["skipped_rows"]) == (1, 1)
    assert any("The stack is cut or damaged (line 4)" in sentence for sentence in result["sentences"])
