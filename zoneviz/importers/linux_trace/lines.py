"""Lines of kmem events as ftrace, trace-cmd and perf print them.

`COMM-PID [CPU] FLAGS TIME: EVENT: key=value ...`, or `COMM PID [CPU] TIME: kmem:EVENT: key=value ...` and call chains below. Task,
CPU, flags and time may be missing; a value may be `0x180 (384)`.
"""

import re
from functools import lru_cache
from typing import NamedTuple

ALLOCATING = ("kmalloc", "kmalloc_node", "kmem_cache_alloc", "kmem_cache_alloc_node")
FREEING = ("kfree", "kmem_cache_free")
_NAMES = "|".join((*ALLOCATING, *FREEING))
_EVENT = re.compile(rf"(?:^|[\s:])(?P<event>{_NAMES}):\s+(?:\([^()]{{1,200}}\)\s+)?(?P<values>call_site=.*)")
BEGINS = re.compile(rf"(?:^|[\s:])(?:{_NAMES}):\s")
SNIFF = re.compile(rf"(?m)(?:^|[ \t:])(?:{_NAMES}):[ \t]+(?:\([^()\n]{{1,200}}\)[ \t]+)?call_site=")
_POINTER = re.compile(r"\sptr= *(\S+)")  # kernels before 4.15 pad "(null)"
_SIZES = re.compile(r"\sbytes_req=(0x[0-9a-fA-F]{1,16}|\d{1,15})\s.*?\bbytes_alloc=(0x[0-9a-fA-F]{1,16}|\d{1,15})\s")
_FLAGS_VALUE = re.compile(r"\sgfp_flags=(\S{1,500})")
_CACHE = re.compile(r"\sname=(\S+)")
_TIME = re.compile(r"(?P<before>.*?)(?<![\d.])(?P<seconds>\d{1,12})\.(?P<fraction>\d{3,9}):\s*(?:\d+\s+)?(?:kmem)?")
_FLAGS = r"(?:[.dXDbB][.NnpBLl][.HhsZz][.\da-f]{1,2}\s+)?"
_CONTEXT = re.compile(r"\[\d+\]\s+[.dXDbB][.NnpBLl]([.HhsZz])[.\da-f]{1,2}\s")
_FTRACE = re.compile(rf"\s*(?P<comm>.*)-(?P<pid>\d{{1,10}})\s+(?:\([\s\d-]+\)\s+)?(?:\[\d+\]\s+)?{_FLAGS}")
_PERF = re.compile(r"\s*(?P<comm>\S.*?)\s+(?P<pid>\d{1,10})(?:/\d{1,10})?\s+(?:\[\d+\]\s+)?")
_PROCESSOR = re.compile(r"\[(\d{1,4})\]\s")
_FRAME = re.compile(r"\s+[0-9a-f]{1,16} (?P<name>.{1,300}) \(\S.*\)\s*")
_INTERRUPTS = {"h": "hardirq", "H": "hardirq", "s": "softirq", "z": "NMI", "Z": "NMI"}
_HEADS = 4096
"""Texts before a time that are remembered: processes, processors and flags come again."""
_HEAD = 300
"""Characters before a time in which the task is looked for."""
_SMALL = 1 << 12
"""Smaller pointers are NULL or ZERO_SIZE_PTR; after 0x they have fewer digits than others."""
_NULL = frozenset({"(null)", "(nil)"})
UNPAIRED = "(____ptrval____)"
"""What a kernel prints for pointers before it has a key to hash them with."""
_STACK = re.compile(r"\s*=> (?P<name>[\w.$]{1,300}(?:\+0x[0-9a-f]+(?:/0x[0-9a-f]+)?)?)(?: .*)?")
_OFFSET = re.compile(r"\+0x[0-9a-f]+(?:/0x[0-9a-f]+)?$")


class KmemLine(NamedTuple):
    """An event. `pointer`: 64 bits, 0 for NULL, -1 if it is unknown; `cache`: "" if not named; `head`: what is before the event.

    `digits`: of the pointer as printed, 0 for one that may have fewer than others; `kmalloc`: the prefix of a kmalloc's cache.
    """

    event: str
    site: str
    pointer: int
    asked: int
    size: int
    cache: str
    head: str
    digits: int
    kmalloc: str

    @property
    def alloc(self) -> bool:
        """Whether it allocates."""
        return self.event in ALLOCATING


class Head(NamedTuple):
    """What is before an event: time in ns (None if missing), command, pid, processor + 1 (0 if missing), and the kind of interrupt in
    which it happened, "hardirq", "softirq" or "NMI", by ftrace's flags."""

    time: int | None
    comm: str
    pid: int
    processor: int
    interrupt: str


def parse(text: str) -> KmemLine | None:
    """The event in a line, None if it has none, or if a value is missing or cut."""
    found = _EVENT.search(text)
    if not found:
        return None
    event, values = found["event"], found["values"] + " "
    pointer = _POINTER.search(values)
    sizes = _SIZES.search(values)
    if not pointer or (event in ALLOCATING and not sizes):
        return None
    address = _address(pointer[1])
    if address is None:
        return None
    if event in ALLOCATING and not values.rstrip().partition("bytes_alloc=")[2].partition(" ")[2]:
        return None  # the number may be cut: flags always follow it
    cache = _CACHE.search(values)
    asked, size = (_number(sizes[1]), _number(sizes[2])) if sizes and event in ALLOCATING else (0, 0)
    site = values.partition("call_site=")[2].partition(" ")[0]
    padded = address >= _SMALL or not pointer[1].startswith(("0x", "("))
    digits = len(pointer[1].removeprefix("0x")) if padded else 0
    return KmemLine(event, site, address, asked, size, cache[1] if cache else "", text[: found.start()], digits, _prefix(values))


def _number(text: str) -> int:
    """A number of either notation. A damaged decimal may begin with zeros, which `int` with base 0 would refuse."""
    return int(text, 16 if text.startswith("0x") else 10)


def _prefix(values: str) -> str:
    """The prefix of a kmalloc's cache. Kernels with caches for accounted memory (5.14) print the field since 6.0."""
    flags = _FLAGS_VALUE.search(values)
    names = flags[1].split("|") if flags else []
    if "GFP_DMA" in names or "__GFP_DMA" in names:
        return "dma-kmalloc"
    return "kmalloc-rcl" if "__GFP_RECLAIMABLE" in names else "kmalloc-cg" if " accounted=true " in values else "kmalloc"


def _address(text: str) -> int | None:
    if text in _NULL:
        return 0
    if text == UNPAIRED:
        return -1
    digits = text.removeprefix("0x")
    return int(digits, 16) if re.fullmatch(r"[0-9a-fA-F]{1,16}", digits) else None


def head(text: str) -> Head:
    """What is before an event."""
    found, last = None, 0
    while timed := _TIME.match(text, last):
        found, last = timed, timed.end()
    if not found:
        return Head(None, "", 0, _where(text[-_HEAD:])[2], "")
    time = int(found["seconds"]) * 10**9 + int(found["fraction"].ljust(9, "0"))
    return Head(time, *_where(text[: found.start("seconds")][-_HEAD:]))


@lru_cache(_HEADS)
def _where(before: str) -> tuple[str, int, int, str]:
    """Command, pid, processor + 1 and interrupt of what is before a time."""
    owner = _FTRACE.fullmatch(before) or _PERF.fullmatch(before)
    comm, pid = (owner["comm"].strip(), int(owner["pid"])) if owner else ("", 0)
    number, context = _PROCESSOR.findall(before), _CONTEXT.search(before)
    return comm, pid, int(number[-1]) + 1 if number else 0, _INTERRUPTS.get(context[1], "") if context else ""


def frame(text: str) -> str:
    """The function in a line of a call chain of perf, or of ftrace's stack traces; "" for anything else."""
    found = _FRAME.fullmatch(text) or _STACK.fullmatch(text)
    return _OFFSET.sub("", found["name"]) if found else ""


def function(site: str) -> str:
    """The function of a call site: `getname_flags` of `getname_flags+0x4f/0x1f0`."""
    return _OFFSET.sub("", site)
