"""Panic texts of every release and in every wrapping. The sentences are in the form of the kernel's printing code."""

import json
from typing import Any

import pytest

from zoneviz.app.captures import import_text

CALLER = "panic(cpu 6 caller 0xfffffe003cefaf8c): "
TEXT = (
    "zalloc[3]: zone map exhausted while allocating from zone [data.kalloc.32], likely due to memory leak in zone [data.kalloc.1024] "
    "(20G, 21171952 elements allocated)"
)
REPORT = f"""\
{CALLER}{TEXT} @zalloc.c:4575
Debugger message: panic
OS version: 25C56
Kernel version: Darwin Kernel Version 25.2.0: root:xnu-12377.61.12~1/RELEASE_ARM64_T6041
Epoch Time:        sec       usec
  Boot    : 0x66096549 0x000abbbd
  Calendar: 0x660f47de 0x00087814

Zone info:
  Zone map: 0xfffffe10368d8000 - 0xfffffe30368d8000
Largest zones:
       Zone Name                            Cur Size      Free Size
  data.   kalloc.1024                            20G             0B
  data_shakalloc.3072                           338M            96K
  default.kalloc.512                            100M             1M
          VM map entries                         90M           512K
Panicked task 0xfffffe2: 12345 pages, 12 threads: pid 123: launchd
Compressor Info: 12% of compressed pages limit (OK) and 93% of segments limit (BAD) with 4 swapfiles and OK swap space
"""
HEADER = '{"timestamp":"2024-04-05 00:37:18.00 +0000","bug_type":"210","os_version":"macOS 26.2 (25C56)"}\n'
NAMES = ["data.kalloc.1024", "data_shared.kalloc.3072", "default.kalloc.512", "VM map entries"]
G = 1 << 30


def said_of(text: str) -> Any:
    (capture,) = import_text(text, None)["captures"]
    assert capture["kind"] == "macos-panic"
    return capture["said"]


@pytest.mark.parametrize(
    "text",
    [
        REPORT,
        REPORT.replace("\n", "\r\n"),
        "".join(f"> {line}\n" for line in REPORT.split("\n")),
        HEADER + json.dumps({"panicString": REPORT}),
        HEADER + json.dumps({"panicString": REPORT}, indent=2),
        HEADER + json.dumps({"panicString": REPORT, "stackshot": "x" * 100_000})[:2000],
        HEADER + '{"panicString": "' + REPORT + '", "x": 1}',
        REPORT.replace("[data", r"\[data").replace("]", r"\]").replace("data_sha", r"data\_sha"),
        REPORT.replace(" likely due", "\nlikely due").replace("elements allocated", "elements\nallocated"),
        f"```\n{REPORT}```\n",
    ],
    ids=["plain", "crlf", "quoted", "json", "indented", "cut json", "real line ends", "escaped", "wrapped", "fenced"],
)
def test_one_report_in_every_wrapping(text: str) -> None:
    said = said_of(text)
    assert said["panic_text"] == TEXT
    assert (said["failed_zone"], said["blamed_zone"], said["kern_return"]) == ("data.kalloc.32", "data.kalloc.1024", 3)
    assert said["blamed_bytes_range"] == [20 * G, 21 * G - 1] and said["blamed_elements"] == 21171952
    assert [zone["name"] for zone in said["zones"]] == NAMES
    assert said["uptime_seconds"] == 385685 and said["mean_growth_elements_per_s"] == 54.89
    assert said["compressor"]["segments"] == "BAD" and said["zone_map_range_bytes"] == 128 * G
    assert "skipped_rows" not in said


def test_zones_in_bytes_and_what_is_not_a_zone() -> None:
    text = (
        'panic(cpu 2 caller 0xffffff80191cfe3b): "zalloc: zone map exhausted while allocating from zone kalloc.48, likely due to memory '
        'leak in zone kalloc.48 (4294967280 total bytes, 89478485 elements allocated)"@/x/xnu-4570.71.69/osfmk/kern/zalloc.c:3541\n'
        "System uptime in nanoseconds: 98765432109876\n"
        "Zone Name                      Cur Size        Free Size\nkalloc.48   4294967280   1440\nvm objects   9345678   128\n"
        "Kernel Stacks   4816896\nPageTables   34521088\nKalloc.Large   98765432\nlast loaded kext at 71717171: com.example.driver 1.0\n"
    )
    said = said_of(text)
    assert said["zones"] == [
        {"name": "kalloc.48", "cur_bytes": 4294967280, "free_bytes": 1440},
        {"name": "vm objects", "cur_bytes": 9345678, "free_bytes": 128},
    ]
    assert (said["blamed_bytes"], said["uptime_seconds"], said["kalloc_large"]) == (4294967280, 98765, 98765432)


def test_the_oldest_table() -> None:
    text = (
        'panic(cpu 0 caller 0xffffff8000227c55): "zalloc: zone map exhausted while allocating from zone kalloc.256, likely due to memory '
        'leak in zone kalloc.256 (1234567890 total bytes, 4822530 elements allocated)"@/x/xnu-1699.24.8/zalloc.c:1800\n'
        "vm objects          :12345678\nkalloc.256          :1234567890\nKernel Stacks:4816896\nPageTables:34521088\n"
    )
    assert [zone["name"] for zone in said_of(text)["zones"]] == ["vm objects", "kalloc.256"]


def test_a_wait_for_memory_tells_the_capacity() -> None:
    text = "zone map exhaustion: waited for 5000ms (pages: 1310700, max: 1310720, wanted: 1)"
    said = said_of(f"{CALLER}{text} @zalloc.c:4100\nroot:xnu-8019.41.5~1/RELEASE_ARM64_T6000\n")
    assert said["panic_text"] == text and said["waited"] == {"ms": 5000, "pages": 1310700, "max": 1310720, "wanted": 1}
    assert (said["zone_map_cap"], said["zone_map_bytes"]) == (1310720 * 16384, 1310700 * 16384)
    assert "zone_map_cap" not in said_of(CALLER + text)  # without the machine the page size is unknown


@pytest.mark.parametrize(
    ("text", "failed", "code"),
    [
        ('zalloc: "kalloc.8192" (102391 elements) retry fail 3, kfree_nop_count: 0', "kalloc.8192", 3),
        ('zalloc: zone "maps" empty.', "maps", None),
    ],
)
def test_the_sentences_before_10_9(text: str, failed: str, code: int | None) -> None:
    said = said_of(f'{CALLER}"{text}"@/x/zalloc.c:948\n')
    assert (said["panic_text"], said["failed_zone"], said.get("kern_return")) == (text, failed, code)
    assert "blamed_zone" not in said


@pytest.mark.parametrize("name", ['"ipc ports"', "ipc ports"])
def test_the_sentence_of_gnu_mach_names_its_zone(name: str) -> None:
    said = said_of(f'panic(cpu 0 caller 0xc011c3a2): "zalloc: zone {name} exhausted"\n')
    assert (said["panic_text"], said["failed_zone"]) == (f"zalloc: zone {name} exhausted", "ipc ports")


CUT = CALLER + TEXT


@pytest.mark.parametrize("end", range(len(CALLER) + 60, len(CUT) + 1))
def test_a_text_cut_anywhere_says_nothing_wrong(end: int) -> None:
    said = said_of(CUT[:end])
    whole = said_of(CUT)
    wrong = {key: said[key] for key in said if key not in ("panic_text", "trust") and said[key] != whole[key]}
    assert not wrong and CUT[:end].rstrip(", (").startswith(CALLER + said["panic_text"].rstrip(", ("))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("stack_alloc: kernel_memory_allocate(size:0x4000) failed with 3 @stack.c:205", "not the zone map"),
        ('"Cannot grow ipc space beyond IVAC_ENTRIES_MAX. Some process is leaking vouchers"@/x/ipc_voucher.c:1', "not the zone map"),
        ('"a freed zone element has been modified in zone kalloc.32: expected 0xdeadbeef but found 0"@/x/zalloc.c:5', "not a full one"),
        ("Kernel trap at 0xffffff800e4a6d7a, type 14=page fault", "not about a zone"),
    ],
)
def test_another_panic_blames_no_zone(text: str, note: str) -> None:
    said = said_of(CALLER + text)
    assert not {"failed_zone", "blamed_zone"} & set(said) and said["zones"] == [] and note in said["trust"][0]


@pytest.mark.parametrize("row", ["  default.kalloc.10", "  default.kalloc.1024   3", "  VM map entr"])
def test_a_cut_row_is_named(row: str) -> None:
    text = REPORT[: REPORT.index("  default.")] + row
    result = import_text(text, None)
    assert result["captures"][0]["said"]["skipped_rows"] == 1 and any("is cut" in line for line in result["sentences"])
    assert [zone["name"] for zone in result["captures"][0]["said"]["zones"]] == NAMES[:2]


def test_several_panics_in_one_text() -> None:
    later = REPORT.replace("0x66096549", "0x67096549").replace("0x660f47de", "0x670f47de")
    result = import_text(f"{REPORT}\nand another one\n{later}", None)
    assert [one["blamed_elements"] for one in result["captures"][0]["said"]["snapshots"]] == [21171952] * 2
    assert result["summary"] == "1 panic of 2 boots" and len(result["recordings"]) == 2


def test_a_sentence_typed_off_with_other_numbers() -> None:
    said = said_of(REPORT.replace("(20G, 21171952 ", "(20.4 GB, 21,171,952 "))
    assert said["blamed_elements"] == 21171952 and said["panic_text"].endswith("(20.4 GB, 21,171,952 elements allocated)")
    assert said["blamed_bytes_range"][0] == int(20.4 * G)


def test_a_report_on_one_line_with_single_blanks() -> None:
    flat, whole = (said_of(text) for text in (" ".join(REPORT.split()), REPORT))
    assert [zone["name"] for zone in flat["zones"]] == NAMES
    for one, other in zip(flat["zones"], whole["zones"], strict=True):
        assert {**one, "printed_name": ""} == {**other, "printed_name": ""}
    assert flat["panicked_task"] == "launchd"
