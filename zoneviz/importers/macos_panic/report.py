"""What stands around a panic: uptime, dates, kernel extensions, the compressor, network buffers."""

import re
from typing import Any

from zoneviz.captures import stamps

_NS = 1_000_000_000
_UPTIME = re.compile(r"System uptime in nanoseconds:\s*(\d{1,20})(?!\d)")
_BOOT = re.compile(r"\bBoot\s*:\s*0x([0-9a-fA-F]{8})\s+0x([0-9a-fA-F]{1,8})\b")
_CALENDAR = re.compile(r"\bCalendar\s*:\s*0x([0-9a-fA-F]{8})\s+0x([0-9a-fA-F]{1,8})\b")
_SESSION = re.compile(r"Boot session UUID:\s*([0-9A-Fa-f-]{36})")
_ZONE_MAP = re.compile(r"Zone map:\s*0x([0-9a-fA-F]{8,16})\s*-\s*0x([0-9a-fA-F]{8,16})\b")
_KEXTS = re.compile(r"Kernel Extensions in backtrace:((?:\n(?:[ \t].*|(?=\n|$)))*)", re.IGNORECASE)
_KEXT = re.compile(r"(?m)^[ \t]+([A-Za-z][\w-]*(?:\.[\w-]+)+)\([^)\n]*\)\[")
_TASK = re.compile(
    r"(?:Panicked task 0x[0-9a-f]+:(?: \d+ pages,)? \d+ threads: pid \d+: ([^\n]{1,60}?)"
    r"|BSD process name corresponding to current thread: ([^\n]{1,60}?))"
    r"(?=\s*(?:\n|Panicked thread|Compressor Info|Boot args|Mac OS version))"
)
_COMPRESSOR = re.compile(
    r"Compressor Info:\s*(\d{1,3})%\s+of\s+compressed\s+pages\s+limit\s+\((OK|BAD)\)"
    r"\s+and\s+(\d{1,3})%\s+of\s+segments\s+limit\s+\((OK|BAD)\)"
    r"(?:\s+with\s+(\d{1,6})\s+swapfiles?)?"
)
_MBUFS = (
    (re.compile(r"(\d+)/(\d+)\s+mbufs\s+in\s+use"), ("in_use", "total")),
    (re.compile(r"(\d+)\s+mbufs\s+allocated\s+to\s+data"), ("to_data",)),
    (re.compile(r"(\d+)\s+mbufs\s+allocated\s+to\s+packet\s+headers"), ("to_packet_headers",)),
    (re.compile(r"(\d+)\s+mbufs\s+allocated\s+to\s+caches"), ("to_caches",)),
    (re.compile(r"(\d+)/(\d+)\s+mbuf\s+2KB\s+clusters\s+in\s+use"), ("clusters_2k_in_use", "clusters_2k_total")),
    (re.compile(r"(\d+)/(\d+)\s+mbuf\s+4KB\s+clusters\s+in\s+use"), ("clusters_4k_in_use", "clusters_4k_total")),
    (re.compile(r"([1-9]\d*)/(\d+)\s+mbuf\s+16KB\s+clusters\s+in\s+use"), ("clusters_16k_in_use", "clusters_16k_total")),
)


def uptime(body: str) -> int | None:
    """ns since boot; None if the report does not say."""
    found = _UPTIME.search(body)
    if found:
        return int(found[1])
    boot, now = _epoch(_BOOT, body), _epoch(_CALENDAR, body)
    return now - boot if boot is not None and now is not None and now >= boot else None


def uptime_seconds(body: str) -> int | None:
    """Whole seconds since boot, the difference of the report's own seconds."""
    if _UPTIME.search(body):
        return (uptime(body) or 0) // _NS
    boot, now = _BOOT.search(body), _CALENDAR.search(body)
    return int(now[1], 16) - int(boot[1], 16) if boot and now and uptime(body) is not None else None


def calendar(body: str) -> stamps.Stamp | None:
    """The date of the panic, from its epoch time."""
    now = _epoch(_CALENDAR, body)
    return stamps.Stamp(now, True) if now is not None else None


def boot_session(body: str) -> str:
    """The name of the boot, "" if missing or made unreadable."""
    found = _SESSION.search(body)
    return found[1] if found and found[1].strip("0-") else ""


def _epoch(pattern: re.Pattern[str], body: str) -> int | None:
    found = pattern.search(body)
    return int(found[1], 16) * _NS + min(int(found[2], 16), 999_999) * 1000 if found else None


def figures(body: str) -> dict[str, Any]:
    """What else the report says, with the keys of `import --json`."""
    said: dict[str, Any] = {}
    if (found := _ZONE_MAP.search(body)) and int(found[2], 16) > int(found[1], 16):
        said["zone_map_range_bytes"] = int(found[2], 16) - int(found[1], 16)
    if found := _KEXTS.search(body):
        kexts = list(dict.fromkeys(_KEXT.findall(found[1])))
        if kexts:
            said["kexts_in_backtrace"] = kexts
    if found := _COMPRESSOR.search(body):
        said["compressor"] = {
            "pages_percent": int(found[1]),
            "pages": found[2],
            "segments_percent": int(found[3]),
            "segments": found[4],
        } | ({"swapfiles": int(found[5])} if found[5] else {})
    if (found := _TASK.search(body)) and (task := (found[1] or found[2]).strip()):
        said["panicked_task"] = task
    return said


def mbufs(body: str) -> dict[str, int]:
    """Network buffers, from an mbuf_watchdog panic."""
    out: dict[str, int] = {}
    for pattern, keys in _MBUFS:
        if found := pattern.search(body):
            out |= {key: int(value) for key, value in zip(keys, found.groups(), strict=True) if len(value) < 16}
    return out
