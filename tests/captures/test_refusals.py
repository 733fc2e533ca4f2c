"""Texts that people take for captures: what each looks like, and the command that gives a readable one."""

import io

import pytest

from zoneviz.captures.text import Text
from zoneviz.captures.unpacking import Unpacked
from zoneviz.errors import InputError
from zoneviz.importers import find


@pytest.mark.parametrize(
    ("data", "looks", "command"),
    [
        (b"CACHE  OBJSIZE  ALLOCATED  TOTAL  SLABS  SSIZE  NAME\nff 1 2 3 4 5k x\n", "crash dump", "/proc/slabinfo"),
        (b"3797/14672/26624 mbufs in use (current/peak/max):\n", "network buffers", "vmstat -z"),
        (b"cache                        buf    buf    buf    memory     alloc alloc\n", "illumos", "Linux"),
        (b"<vmstat><memory-zone-statistics><zone><name>UMA Kegs</name>", "XML", "--libxo json"),
        (b"Memory resource pool statistics\nName        Size Requests Fail    InUse\n", "OpenBSD", "FreeBSD"),
        (b"Mach Virtual Memory Statistics: (page size of 16384 bytes)\nPages free: 5.\n", "vm_stat", "zprint"),
        (b'{"app_name":"x","bug_type":"309"}\n{"uptime": 5}', "about a program", "JetsamEvent"),
        (b"Process:  Finder [12]\nPath: /x\nException Type:  EXC_BAD_ACCESS\n", "crash report", "zprint"),
        (b"procs -----------memory---------- ---swap-- -----io----\n r  b   swpd   free\n", "vmstat", "/proc/slabinfo"),
        (b"USER  PID %CPU %MEM  VSZ RSS TTY STAT START TIME COMMAND\nroot 1 0 0 1 1 ? S 1 1 init\n", "ps or top", "/proc/slabinfo"),
        (b"               total        used        free      shared\nMem: 1 1 1 1\n", "free", "/proc/slabinfo"),
        (b"# tracer: function_graph\n#\n# CPU  DURATION\n", "another tracer", "trace-cmd"),
        (b"Cache                       Num  Total   Size  Pages\ndentry 1 2 192 21\n", "vmstat -m", "/proc/slabinfo"),
        (b"Node 0, zone   Normal      1      2      3\n", "free pages", "/proc/slabinfo"),
        (b"nr_free_pages 12345\nnr_zone_inactive_anon 5\n", "page counts", "/proc/slabinfo"),
        (b"SUMMARY (SLAB allocator)\n====\nTotal bytes requested: 5\n", "perf kmem", "perf script"),
        (b"# tracer: nop\n#\n  bash-7 [000] .... 1.000001: sched_switch: prev_comm=a\n", "without events", "kmem:kfree"),
        (b"\x17\x08\x44tracing6\x00" + bytes(100), "trace-cmd", "trace-cmd report"),
        (b"PERFILE2" + bytes(100), "perf", "perf script"),
        (b"cpus=2\nversion = 7\n", "without kmem events", "trace-cmd record"),
        (b"(lldb) bt\n* thread #1\n", "debugger", "/proc/slabinfo"),
        (b"panic: kmem_cache_alloc: zone threads exhausted\n", "a panic", "zalloc: zone ipc ports exhausted"),
        (b"Jul 10 01:18:15 hurd kernel: panic: kmem_alloc\n", "a panic", "/proc/slabinfo"),
        (b"panic {cpu0} ../kern/slab.c:123: full\n", "a panic", "/proc/slabinfo"),
        (b"login: zone threads exhausted\n", "a panic", "debugger's trace"),
        (b"[    0.000000] Linux version 6.1\n[    0.1] x\n", "kernel log", "/proc/slabinfo"),
        (b"[Mon Nov 30 16:47:12 2026] Booting Linux\n", "kernel log", "/proc/slabinfo"),
        (b"Nov 30 16:47:12 node7 kernel: Booting Linux\n", "kernel log", "/proc/slabinfo"),
        (b"\x7fELF" + bytes(100), "core file", "/proc/slabinfo"),
        (b"\x89PNG\r\n" + bytes(100), "picture", "text it shows"),
        (b"%PDF-1.4 x", "PDF", "Copy the text"),
    ],
)
def test_what_it_looks_like_and_what_to_capture(data: bytes, looks: str, command: str) -> None:
    with pytest.raises(InputError) as caught:
        find(Text(Unpacked(io.BytesIO(data), "a.txt")))
    sentence = str(caught.value)
    assert sentence.startswith("a.txt ") and looks in sentence and command in sentence and "\n" not in sentence


def test_an_unknown_text_names_the_formats() -> None:
    with pytest.raises(InputError, match=r"It reads: .*macos-zprint \(a listing of zprint, macOS\)"):
        find(Text(Unpacked(io.BytesIO(b"Dear reader\n"), "a.txt")))
