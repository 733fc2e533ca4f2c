"""Texts that cannot be read: what each looks like, why it has nothing to show, and which command has."""

import re
from typing import NamedTuple

from zoneviz import words
from zoneviz.captures.text import SEARCHED, Text


class NearMiss(NamedTuple):
    """A text people take for a capture. `looks`: what it is; `why` it cannot be read; `instead`: a command and what to do with it."""

    pattern: re.Pattern[str]
    looks: str
    why: str
    instead: str


_LINUX = "As root, save `cat /proc/slabinfo`, or the output of `slabtop -o`, and import that."
_MACOS = "On macOS, import the panic report (/Library/Logs/DiagnosticReports/*.panic), a JetsamEvent, or save the output of `sudo zprint`."
_FREEBSD = "Save the output of `vmstat -z` and import that."
_HURD = "On the Hurd, save `cat /proc/slabinfo` and import that."
FORMATS = " It reads: "
"""What begins the list of formats in a refusal."""
_NO_ZONES = "it has no zones or caches"


def _miss(pattern: str, looks: str, instead: str, why: str = _NO_ZONES) -> NearMiss:
    return NearMiss(re.compile(pattern, re.MULTILINE), looks, why, instead)


_MISSES = (
    _miss(r"^CACHE[ \t]+(?:NAME[ \t]+)?OBJSIZE[ \t]+ALLOCATED[ \t]+TOTAL", "the cache list of a crash dump (crash, kmem -s)", _LINUX,
          "its caches have no moment and may be damaged with the dump"),
    _miss(r"\bmbufs? in use\b|^\d+ requests for memory denied", "a summary of network buffers (netstat -m)",
          f"On FreeBSD: {_FREEBSD} {_MACOS}"),
    _miss(r"<memory-zone-statistics>|<malloc-statistics>", "XML of FreeBSD's vmstat", f"{_FREEBSD} JSON (--libxo json) is read, too.",
          "only its text and its JSON are read"),
    _miss(r"^Memory resource pool statistics", "the pools of OpenBSD or NetBSD (vmstat -m)",
          "zoneviz reads captures of macOS, Linux, FreeBSD and the Hurd.", "zoneviz does not read their pools"),
    _miss(r"^--+ cache --+.*--+ slab --+|^spl_\w+_cache\s|^zio_buf_\d+\s+0x", "the SPL's own cache list (/proc/spl/kmem/slab)", _LINUX,
          "it has only the caches that SPL keeps outside the kernel's allocator"),
    _miss(r"^cache\s+buf\s+buf\s+buf\s+memory", "a cache list of illumos or Solaris (::kmastat)",
          "zoneviz reads captures of macOS, Linux, FreeBSD and the Hurd.", "zoneviz does not read illumos"),
    _miss(r"^Mach Virtual Memory Statistics", "the page counts of vm_stat", _MACOS),
    _miss(r"\"bug_type\"\s*:\s*\"(?!210|298)\d+\"", "a diagnostic report of macOS about a program, not the kernel", _MACOS),
    _miss(r"^(?:Process|Path|Identifier):\s+\S.*\n(?:.*\n){0,20}?(?:Crashed Thread|Exception Type):",
          "the crash report of a program", _MACOS),
    _miss(r"^[ \t]*procs\b.*memory.*(?:page|swap|io)", "the page counts of vmstat", f"On Linux: {_LINUX} On FreeBSD: {_FREEBSD}"),
    _miss(r"^Cache\s+Num\s+Total\s+Size\s+Pages", "the cache list of vmstat -m (Linux)", _LINUX, "it has no numbers of slabs"),
    _miss(r"^Name\s+Objects\s+Objsize\s+Space\b", "the listing of the kernel's tool slabinfo", _LINUX, "its sizes are rounded"),
    _miss(r"^Node \d+, zone ", "the free pages of /proc/buddyinfo or /proc/zoneinfo", _LINUX),
    _miss(r"^nr_free_pages \d+$", "the page counts of /proc/vmstat", _LINUX),
    _miss(r"^SUMMARY \(SLAB allocator\)", "the summary of perf kmem",
          "Import the text of `perf script` for the same perf.data.", "it has no times and no elements"),
    _miss(r"^pagesize:\s+\d+|^(?:free|active|inactive|wired) ?(?:count|memory|size):", "the page counts of the Hurd's vmstat", _HURD),
    _miss(r"^[ \t]*(?:USER[ \t]+)?PID[ \t]+.*(?:COMMAND|CMD|TTY|TIME)", "a list of processes (ps or top)",
          f"On Linux: {_LINUX} {_MACOS} On FreeBSD: {_FREEBSD}"),
    _miss(r"^[ \t]*total[ \t]+used[ \t]+free[ \t]+shared", "the memory summary of free", _LINUX),
    _miss(r"^# tracer: (?!nop)", "a trace of another tracer",
          "Switch on the events kmem:kmalloc and kmem:kfree (trace-cmd record -e kmem), and import the text of `trace-cmd report`.",
          "it has no kmem events"),
    _miss(r"^# tracer: nop", "a trace without events",
          "Switch on the events kmem:kmalloc, kmem:kfree, kmem:kmem_cache_alloc and kmem:kmem_cache_free "
          "(trace-cmd record -e kmem), and import the text of `trace-cmd report`.", "it has no kmem events"),
    _miss(r"\A\s*(?:cpus=\d+|CPU \d+ is empty|version = \d+)$", "what trace-cmd prints of a trace without kmem events",
          "Record them: trace-cmd record -e kmem:kmalloc -e kmem:kfree -e kmem:kmem_cache_alloc -e kmem:kmem_cache_free.",
          "no kmalloc, kfree, kmem_cache_alloc or kmem_cache_free is in it"),
    _miss(r"^\(gdb\)|^\(lldb\)", "a session of a debugger", _LINUX),
    _miss(r"^panic\(cpu \d+ |\bpanicString\b", "a panic report of macOS that names no zone and no memory", _MACOS,
          "its text is cut or unknown"),
    _miss(r"\b[Pp]anic(?: ?[({]cpu ?\d+[)}])?(?: \S{1,80}\.[chS]:\d+)?: ?\S|\bzone [^\n]{1,60} exhausted\b", "a panic",
          "Paste the lines as the console shows them, such as `panic: zalloc: zone ipc ports exhausted`, with the debugger's trace. "
          f"{_HURD} On FreeBSD, save the output of `vmstat -z`.", "it has no sentence on a full memory that zoneviz knows"),
    _miss(r"^(?:<\d+>)?\[ *\d+\.\d{6}\]|^\[\w{3} \w{3} [ \d]\d [\d:]{8} \d{4}\] |\skernel: ",
          "a kernel log without a report on slab caches", _LINUX),
)  # fmt: skip


_BINARY = (
    ((b"SQLite format 3\0",), "is a database. If it is a recording, open it instead of importing it."),
    ((b"\x7fELF", b"\xcf\xfa\xed\xfe", b"MDMP", b"KDUMP"), f"is a core file or a program, not text. {_LINUX}"),
    ((b"\x17\x08\x44tracing",), "is a file of trace-cmd. Run `trace-cmd report > FILE` where trace-cmd is installed, and import FILE."),
    ((b"PERFILE2",), "is a file of perf. Run `perf script > FILE` where perf is installed, and import FILE."),
    ((b"\x89PNG", b"\xff\xd8\xff", b"GIF8"), "is a picture, not text. Import the text it shows."),
    ((b"%PDF",), "is a PDF, not text. Copy the text out of it and import that."),
)


def binary(text: Text) -> str:
    """Why a file that is known to be no text cannot be read, "" for any other."""
    return next((f"{text.name} {why}" for heads, why in _BINARY if text.head.startswith(heads)), "")


def refusal(text: Text, formats: list[str]) -> str:
    """One sentence on why a text cannot be read, and what to capture instead. `formats`: what can be read, for an unknown text."""
    head = "\n".join(text.shown.split("\n", 5000)[:5000])
    raw = text.head[: 1 << 16].decode("utf-8", "replace")  # with the console's times, which cleaning removes
    for miss in _MISSES:
        if miss.pattern.search(head) or miss.pattern.search(raw):
            return f"{text.name} looks like {miss.looks}: {miss.why}. {miss.instead}"
    where = f" Its first {words.size(SEARCHED)} were searched for one." if text.longer else ""
    return f"{text.name} is not a capture or event stream that zoneviz can read.{where}{FORMATS}{'; '.join(formats)}."
