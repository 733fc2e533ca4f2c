"""Panics of GNU Mach: typed off, wrapped, quoted, with a trace; and texts of other kernels that look alike."""

from typing import Any

import pytest

from zoneviz.app.captures import import_text
from zoneviz.errors import InputError

TRACE = """\
Kernel Breakpoint trap, eip 0xc0109e5a
Stopped at  0xc0109e59: int $3
db> trace
0xc0109e59(c01e0a7f,c02d3f44,c5a3bd10,0,c02e4f00)
0xc011c3a2(c02d3f44,1,0,0,0)
kalloc(2000,c5a3bdc4,0,c0110001)
>>>>> user space <<<<<
Bad frame pointer: 0x0
"""


def said_of(text: str) -> Any:
    (capture,) = import_text(text, None)["captures"]
    assert capture["kind"] == "gnumach-console"
    return capture["said"]


@pytest.mark.parametrize(
    "text",
    [
        "panic: zalloc: zone ipc ports exhausted\n" + TRACE,
        "> panic: zalloc: zone ipc\n> ports exhausted\n> Kernel Breakpoint trap, eip 0xc0109e5a\n",
        "<antrik> panic: zalloc: zone ipc ports exhausted\n",
        "Panic: zalloc: zone ipc ports exhausted",
        "panic (cpu 0): zalloc: zone ipc ports exhausted",
        "Subject: panic: zalloc: zone ipc ports exhausted\n\nthe machine says\n\n  panic: zalloc: zone ipc ports exhausted\n",
        'I get "panic: zalloc: zone ipc ports exhausted" on the Hurd',
        'login: panic: zalloc: zone "ipc ports" exhausted',
        "root@hurd:~# panic: zalloc: zone `ipc ports' exhausted.",
        "panic: zalloc: zone \u201cipc ports\u201d exhausted",
        'panic(cpu 0): "zalloc: zone ipc ports exhausted"',
        "cpu0: panic: zalloc: zone ipc ports exhausted",
        "Jul 10 01:18:10 hurd sshd[12]: session opened\nJul 10 01:18:15 hurd gnumach: panic: zalloc: zone 'ipc ports' exhausted\n",
        "2006-07-10 01:18:15 panic: zalloc: zone ipc ports exhausted",
    ],
    ids=["trace", "wrapped", "IRC", "capital", "cpu", "subject", "prose", "prompt", "shell", "curly", "quoted", "cpu0", "syslog", "dated"],
)
def test_the_zone_that_asked(text: str) -> None:
    said = said_of(text)
    assert said["panic_text"] == "zalloc: zone ipc ports exhausted"
    assert said["failed_zone"] == "ipc ports" and said["what_ended"] == "zone_map" and said["zones"] == []
    assert "blamed_zone" not in said and "uptime_seconds" not in said
    assert any("only asked last" in sentence for sentence in said["trust"])


@pytest.mark.parametrize("sentence", ["zalloc: zone_map exhausted", "zalloc: zone map exhausted", "zalloc failed: zone_map is exhausted"])
def test_a_full_zone_map_in_a_syslog(sentence: str) -> None:
    head = "Jul 10 01:18:"
    said = said_of(f"{head}10 hurd login: root on tty1\n{head}15 hurd kernel: panic: {sentence}\n{head}16 hurd kernel: rebooting\n")
    assert (said["panic_text"], said["what_ended"]) == (sentence, "zone_map") and "failed_zone" not in said


def test_a_full_zone_map_in_a_syslog_without_a_panic() -> None:
    said = said_of("Jul 10 01:18:10 hurd kernel: hd0: 4 GB\nJul 10 01:18:15 hurd kernel: zone_map exhausted\n")
    assert said["what_ended"] == "zone_map"


def test_is_does_not_belong_to_the_name() -> None:
    assert said_of("panic: zalloc: zone ipc ports is exhausted")["failed_zone"] == "ipc ports"


@pytest.mark.parametrize("zone", ['"ipc ports"', "'ipc ports'", "ipc ports"])
def test_a_zone_that_may_not_grow(zone: str) -> None:
    said = said_of(f"login: panic: zalloc: zone {zone} empty.\n")
    assert (said["failed_zone"], said["what_ended"]) == ("ipc ports", 'zone "ipc ports"')


def test_the_trace_and_the_size_asked_for() -> None:
    said = said_of("panic: zalloc: zone kalloc.8192 exhausted\n" + TRACE)
    assert said["trace"] == ["0xc0109e59", "0xc011c3a2", "kalloc"] and said["requested_bytes"] == 0x2000


@pytest.mark.parametrize(
    ("text", "words", "ended"),
    [
        ("panic: ipc_task_init", "ipc_task_init", "ipc_spaces"),
        ("panic: stack_alloc", "stack_alloc", "kernel_map"),
        ("panic: zalloc", "zalloc", "zone_map"),
        ("panic: zalloc: no wired memory for zone kalloc.256", "zalloc: no wired memory for zone kalloc.256", None),
        ("panic: something else", "something else", None),
    ],
)
def test_other_panics(text: str, words: str, ended: str | None) -> None:
    said = said_of(f"{text}\n{TRACE}")
    assert (said["panic_text"], said.get("what_ended")) == (words, ended)


def test_a_map_without_room_did_not_panic() -> None:
    result = import_text("GNU Mach 1.8\nno more room for vm_map_enter in c1234568 (ipc_kernel_map)\n", None)
    said = result["captures"][0]["said"]
    assert said["what_ended"] == "ipc_kernel_map" and result["captures"][0]["system"] == "GNU Mach 1.8"


def test_an_uptime_comes_only_from_the_command() -> None:
    assert said_of(" 10:15:00 up 6:36,  1 user\npanic: zalloc: zone maps exhausted\n")["uptime_seconds"] == 6 * 3600 + 36 * 60
    assert "uptime_seconds" not in said_of("It came up 5 min later.\npanic: zalloc: zone maps exhausted\n")


def test_two_panics_are_two_boots() -> None:
    result = import_text("panic: zalloc: zone maps exhausted\n\npanic: zalloc: zone tasks exhausted\n", None)
    assert len(result["captures"][0]["said"]["snapshots"]) == 2 and len(result["recordings"]) == 2


def test_other_kernels_are_not_taken_for_gnu_mach() -> None:
    with pytest.raises(InputError):
        import_text("Linux version 6.1\n[ 1.0] Kernel panic - not syncing: zone map exhausted\n", None)


def test_the_time_of_day_before_an_uptime_may_have_capitals() -> None:
    text = " 10:21AM  up 2 days, 3:04, 2 users\npanic: zalloc: zone threads exhausted\nKernel Breakpoint trap, eip 0x10b5d3\n"
    (capture,) = import_text(text, None)["captures"]
    assert capture["said"]["uptime_seconds"] == 2 * 86400 + 3 * 3600 + 4 * 60
