"""Panics of FreeBSD and tables of its debugger. The texts are in the form of the kernel's printing code."""

from typing import Any

import pytest

from zoneviz.app.captures import import_text

PANIC = """\
panic: kmem_malloc(16384): kmem_map too small: 331350016 total allocated
cpuid = 3
KDB: enter: panic
Uptime: 3d4h5m6s
Physical memory: 2047 MB
"""
UMA = """\
db> show uma
              Zone   Size    Used    Free    Requests  Sleeps  Bucket  Total Mem    XFree
   mbuf_jumbo_page   4096   16192     131       16207       0      64   66859008        0
        128 Bucket   1024     138      89        2105       0      32     232448        0
"""
MALLOC = """\
db> show malloc
              Type        InUse        MemUse     Requests
         CAM queue           54         1518K         1002
"""


def said_of(text: str) -> Any:
    (capture,) = import_text(text, None)["captures"]
    assert capture["kind"] == "freebsd-panic"
    return capture["said"]


@pytest.mark.parametrize(
    "text",
    [PANIC, "> " + PANIC.replace("\n", "\n> "), PANIC.replace("too small: ", "too small:\n"), PANIC + "savecore: reboot after " + PANIC],
    ids=["plain", "quoted", "wrapped", "again"],
)
def test_a_full_kmem_map(text: str) -> None:
    said = said_of(text)
    assert said["panic_text"] == "kmem_malloc(16384): kmem_map too small: 331350016 total allocated"
    assert said["what_ended"] == "kmem_map" and said["requested_bytes"] == 16384 and said["map_allocated_bytes"] == 331350016
    assert said["uptime_seconds"] == ((3 * 24 + 4) * 60 + 5) * 60 + 6 and said["zones"] == []


def test_what_the_table_lacks_is_in_no_row() -> None:
    said = said_of(PANIC + UMA)
    assert said["total_bytes"] == 16323 * 4096 + 227 * 1024 and said["rows"] == 2
    assert said["not_listed_bytes"] == 331350016 - said["total_bytes"]


def test_a_table_alone_is_a_listing() -> None:
    said = said_of(UMA + "   mbuf_cluster   2048    96\n" + "db> \n")
    assert said["zones"] == 2 and said["skipped_rows"] == 1 and "panic_text" not in said
    row = said["top"][0]
    assert (row["name"], row["bytes"], row["in_use"], row["elem_size"], row["free"]) == ("mbuf_jumbo_page", 66859008, 16192, 4096, 131)
    assert said_of(MALLOC)["top"][0]["bytes"] == 1518 * 1024


def test_a_zone_at_its_limit_did_not_panic() -> None:
    result = import_text("FreeBSD 10.3-RELEASE\n[zone: mbuf_cluster] kern.ipc.nmbclusters limit reached\n", None)
    (capture,) = result["captures"]
    assert capture["system"] == "FreeBSD 10.3-RELEASE" and capture["said"]["failed_zone"] == "mbuf_cluster"
    assert "panic_text" not in capture["said"]


def test_another_panic_is_not_blamed_on_memory() -> None:
    said = said_of("panic: page fault\ncpuid = 0\nKDB: stack backtrace:\n")
    assert said["panic_text"] == "page fault" and "what_ended" not in said
    assert "This panic is not about a memory that ran out." in said["trust"]
