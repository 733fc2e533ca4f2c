"""kmem events as text: tasks, times, pointers, caches, lost and damaged events."""

from pathlib import Path
from typing import Any

import pytest

from zoneviz.app.captures import import_text
from zoneviz.app.state import state
from zoneviz.errors import InputError
from zoneviz.events import Catalog, Event, Kind
from zoneviz.importers.linux_trace import about
from zoneviz.importers.linux_trace.lines import head, parse
from zoneviz.importers.linux_trace.reader import Reader

ALLOC = "{}: kmalloc: call_site=foo+0x10/0x20 ptr={} bytes_req=50 bytes_alloc=64 gfp_flags=GFP_KERNEL node=-1 accounted=false\n"
FREE = "{}: kfree: call_site=bar+0x1/0x2 ptr={}\n"
A, B = "00000000873301d3", "0000000003218205"


def said(text: str) -> dict[str, Any]:
    (capture,) = import_text(text, None)["captures"]
    assert capture["kind"] == "linux-trace"
    found: dict[str, Any] = capture["said"]
    return found


def events(text: str) -> tuple[list[Event], Catalog]:
    catalog, sent = Catalog(), list[Event]()
    Reader(catalog, sent.append, lambda: None).run([text.encode()])
    return sent, catalog


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("          <idle>-0     [003] ..s. 312444.111637: ", (312444111637000, "<idle>", 0)),
        ("           <...>-39771 [000] .... 312444.141944: ", (312444141944000, "<...>", 39771)),
        ("   kworker/u8:2-12345 (12345) [001] d..2.   12.000001: ", (12000001000, "kworker/u8:2", 12345)),
        (" my task-a-77 (-----) [001] 12.000001: ", (12000001000, "my task-a", 77)),
        ("jbd2/dm-3-8  7666 [000]  4666.621521: kmem", (4666621521000, "jbd2/dm-3-8", 7666)),
        ("jbd2/dm-3-8  7666  4666.621521:          1 kmem", (4666621521000, "jbd2/dm-3-8", 7666)),
        ("trace-cmd 12/13 [000]  4666.621521123: ", (4666621521123, "trace-cmd", 12)),
        ("  4582.696626: ", (4582696626000, "", 0)),
        ("", (None, "", 0)),
    ],
)
def test_what_is_before_an_event(before: str, expected: tuple[int | None, str, int]) -> None:
    assert head(before)[:3] == expected


def test_values_of_all_renderings() -> None:
    plain = parse(ALLOC.format("1.000000", A))
    assert plain is not None and (plain.pointer, plain.asked, plain.size) == (0x873301D3, 50, 64)
    sizes = "bytes_req=0x32 (50) bytes_alloc=0x40 (64) gfp_flags=0xcc0"
    fields = parse(f"1.0: kmalloc: call_site=0xff (-1) ptr=0xffff9e0e8571e000 (-10) {sizes}")
    assert fields is not None and (fields.site, fields.pointer, fields.size) == ("0xff", 0xFFFF9E0E8571E000, 64)
    module = parse("1.0: kmem_cache_free: (foo+0x1) call_site=foo+0x1/0x2 [xfs] ptr=0xffff9e0e8571e000 name=xfs_ili")
    assert module is not None and (module.site, module.cache) == ("foo+0x1/0x2", "xfs_ili")
    assert parse("1.0: kmalloc: call_site=foo ptr=0xffff9e0e8571e000 bytes_req=50 bytes_alloc=6") is None


def test_kmallocs_are_of_the_cache_that_their_flags_tell() -> None:
    flags = ("GFP_KERNEL|__GFP_ZERO node=-1 accounted=false", "GFP_KERNEL_ACCOUNT node=-1 accounted=true", "GFP_KERNEL|__GFP_ACCOUNT",
             "GFP_NOFS|__GFP_RECLAIMABLE node=-1 accounted=false", "GFP_KERNEL|GFP_DMA")  # fmt: skip
    line = "1.{0:06}: kmalloc: call_site=foo ptr=0xffff9e0e8571{0:04} bytes_req=9 bytes_alloc=64 gfp_flags={1}\n"
    sent, catalog = events("".join(line.format(number, text) for number, text in enumerate(flags)))
    zones = [catalog.zones[event[5] - 1].name for event in sent if event[0] == Kind.ZALLOC]
    assert zones == ["kmalloc-64", "kmalloc-cg-64", "kmalloc-64", "kmalloc-rcl-64", "dma-kmalloc-64"], "5.13 has no kmalloc-cg"


def test_frees_are_told_apart() -> None:
    lines = [ALLOC.format("1.000001", A), FREE.format("1.000002", A), FREE.format("1.000003", B), FREE.format("1.000004", "(null)")]
    found = said("".join(lines))
    assert (found["events"], found["allocs"], found["frees"]) == (4, 1, 3)
    assert (found["null_frees"], found["unmatched_frees"], found["implied_frees"], found["live_allocs"]) == (1, 1, 0, 0)


def test_without_pointers_what_is_live_is_not_said() -> None:
    found = said(ALLOC.format("1.000001", "(____ptrval____)") + FREE.format("1.000002", "(____ptrval____)"))
    assert (found["allocs"], found["frees"]) == (1, 1)
    assert not {"live_bytes", "unmatched_frees", "top_call_sites"} & set(found)


def test_a_trace_is_a_recording_with_tasks_and_paths(tmp_path: Path) -> None:
    text = "bash-7 [000] .... " + ALLOC.format("5.000001", A) + "bash-8 [000] .... " + ALLOC.format("5.000003", B)
    import_text(text, tmp_path / "a.zvz")
    end = state(tmp_path / "a.zvz", "end")
    assert [(zone["name"], zone["in_use"]) for zone in end["zones"]] == [("kmalloc-64", 2)]
    sent, catalog = events(text)
    assert [(Kind(event[0]), event[1], event[2]) for event in sent] == [(Kind.ZINIT, 0, 0), (Kind.ZALLOC, 0, 1), (Kind.ZALLOC, 2000, 2)]
    assert [task.name for task in catalog.tasks] == ["bash (7)", "bash (8)"] and catalog.paths.text(sent[1][4]) == "foo+0x10/0x20"


def test_a_call_chain_is_the_path_without_the_allocator() -> None:
    chain = "    27f1dc .__kmalloc (/boot/vmlinux)\n       0 [unknown] ([unknown])\n    3de108 .ext4_find_extent (/boot/vmlinux)\n\n"
    sent, catalog = events("a 7 [000] 1.000001: kmem:" + ALLOC.format("", A)[2:] + chain)
    assert catalog.paths.text(sent[1][4]) == ".ext4_find_extent > [unknown] > foo+0x10/0x20"


def test_lost_events_are_counted_and_marked() -> None:
    header = "# tracer: nop\n#\n# entries-in-buffer/entries-written: 2/90   #P:4\n"
    text = header + ALLOC.format("1.000001", A) + "CPU:3 [LOST 57 EVENTS]\nCPU:2 [7 EVENTS DROPPED]\n" + ALLOC.format("1.000002", B)
    found = said(text)
    assert (found["lost_marks"], found["lost_events"], found["buffer_entries"], found["written_entries"]) == (2, 64, 2, 90)
    sent, catalog = events(text)
    assert [Kind(event[0]).name for event in sent] == ["ZINIT", "ZALLOC", "LOST", "LOST", "ZALLOC"]
    assert sent[2] == (Kind.LOST, 0, 0, 4, 0, 4, 0, 57, 0)
    assert [thread.name for thread in catalog.threads] == ["CPU 3", "CPU 2"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("CPU:1 [LOST EVENTS]", (0, 2, 0)),
        ("python  6277 [000] 1.572333: PERF_RECORD_LOST lost 782", (572_332_000, 1, 782)),
        ("perf 1 [001] 1.000009: PERF_RECORD_LOST_SAMPLES lost 3", (8000, 2, 3)),
    ],
)
def test_lost_events_have_the_time_processor_and_number_that_the_text_tells(line: str, expected: tuple[int, int, int]) -> None:
    sent, _ = events("a-1 [000] .... " + ALLOC.format("1.000001", A) + line + "\n" + FREE.format("1.9", A))
    gap = next(event for event in sent if event[0] == Kind.LOST)
    assert (gap[1], gap[5], gap[7]) == expected and gap[3] == gap[5]


def test_owners_are_programs_interrupts_and_the_idle_loop() -> None:
    heads = ("sh-7 [000] .... ", "<...>-7 [000] d..1. ", "make-7 [000] .... ", "make-7 [000] ..s1 ", "make-7 [000] d.h2. ")
    text = "".join(f"{before}{ALLOC.format(f'1.{number:06}', A)}" for number, before in enumerate((*heads, "<idle>-0 [000] d... ")))
    sent, catalog = events(text)
    owners = [catalog.task_names[event[2]] for event in sent if event[0] == Kind.ZALLOC]
    assert owners == ["sh (7)", "sh (7)", "make (7)", "interrupts (softirq)", "interrupts (hardirq)", "idle"]


def test_wrapped_events_are_joined() -> None:
    found = said(ALLOC.format("1.000001", A).replace(" ptr=", "\n> ptr=").replace(" gfp_", "\n>  gfp_") + FREE.format("1.000002", A))
    assert (found["allocs"], found["frees"], found["live_allocs"]) == (1, 1, 0)


def test_cut_events_are_named(tmp_path: Path) -> None:
    text = ALLOC.format("1.000001", A) + FREE.format("1.000002", B[:9]) + "1.000003: kmalloc: call_site=foo+0x1"
    result = import_text(text, tmp_path / "a.zvz")
    assert "The event is cut or damaged (2): 2, 3." in result["sentences"]


def test_a_trace_without_kmem_events_names_them() -> None:
    with pytest.raises(InputError, match="kmem:kfree"):
        import_text("# tracer: nop\n#\n  bash-7 [000] .... 1.000001: sched_switch: prev_comm=a\n", None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_times_are_seen_in_every_encoding(encoding: str) -> None:
    assert about(ALLOC.format("1.000001", A).encode(encoding), {}).time_kind == "ns"
    assert about(ALLOC.format("", A).encode(encoding), {}).time_kind == "events"


def test_a_null_pointer_padded_to_its_width() -> None:
    found = said("  a-1 [000] .... 1.000001" + ALLOC.format("", A) + "  a-1 [000] .... 1.000002" + FREE.format("", "          (null)"))
    assert (found["events"], found["frees"], found["null_frees"], found["unmatched_frees"], found["live_bytes"]) == (2, 1, 1, 0, 64)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("          <idle>-0     [003] ..s. 312444.111637: ", 4),
        ("   kworker/u8:2-12345 (12345) [001] d..2.   12.000001: ", 2),
        ("jbd2/dm-3-8  7666 [000]  4666.621521: kmem", 1),
        (" a [007] b-77 [011] 12.000001: ", 12),
        ("jbd2/dm-3-8  7666  4666.621521:          1 kmem", 0),
        ("", 0),
    ],
)
def test_the_processor_before_an_event(before: str, expected: int) -> None:
    assert head(before).processor == expected


def test_threads_are_processors_and_a_free_that_was_not_seen_has_none() -> None:
    lines = (("[000]", ALLOC, A), ("[001]", FREE, A), ("[001]", ALLOC, B), ("[000]", ALLOC, B))
    sent, catalog = events("".join(f"bash-7 {cpu} .... {line.format(f'5.00000{i}', p)}" for i, (cpu, line, p) in enumerate(lines)))
    assert [(event[0], event[3]) for event in sent[1:]] == [
        (Kind.ZALLOC, 1), (Kind.ZFREE, 2), (Kind.ZALLOC, 2), (Kind.ZFREE, 0), (Kind.ZALLOC, 1),
    ]  # fmt: skip
    assert sorted((thread.id, thread.name) for thread in catalog.threads) == [(1, "CPU 0"), (2, "CPU 1")]
