"""Panics of GNU Mach as its console prints them, with the debugger's trace: typed off, quoted and wrapped in mails, on IRC.

The zone in the text is the one that asked last, and the trace is of the thread that asked. Neither is the cause.
"""

import re
from typing import Any, NamedTuple

from zoneviz.captures import stamps
from zoneviz.captures.capture import Capture, Moment, Moments, Panic, ZoneRow
from zoneviz.captures.text import Text, clean
from zoneviz.errors import InputError
from zoneviz.importers import CaptureImporter

_NAME = r"[\w.-]{1,40}(?:\s{1,20}[\w.-]{1,40}){0,4}?"
_QUOTE = r"[\"'\u201c\u201d\u2018\u2019]"
_FULL = r"(?:is\s{1,20})?exhausted\b"
_ZONE = re.compile(
    rf"zalloc:\s{{1,20}}zone\s{{1,20}}(?!map\s{{1,20}}{_FULL}){_QUOTE}?(?P<full>{_NAME}){_QUOTE}?\s{{1,20}}{_FULL}"
    rf"|(?:zalloc:\s{{1,20}}zone\s{{1,20}}{_QUOTE}?|zone\s{{1,20}}{_QUOTE})(?P<fixed>[^\"\u201c\u201d\n]{{1,60}}?){_QUOTE}?\s{{1,20}}empty\b\.?"
    rf"|(?:zalloc:\s{{1,20}})?no\s{{1,20}}wired\s{{1,20}}memory\s{{1,20}}for\s{{1,20}}zone\s{{1,20}}{_QUOTE}?"
    r"(?P<wired>[\w.-]{1,40}(?: [\w.-]{1,40}){0,4})"
    rf"|(?:zalloc(?:\s{{1,20}}failed)?:\s{{1,20}})?zone[ _]map\s{{1,20}}{_FULL}(?!\s{{1,20}}while)"
    r"|no\s{1,20}more\s{1,20}room\s{1,20}(?:for\s{1,20}\w{1,60}\s{1,20})?in\s{1,20}(?:0x)?[0-9a-f]{1,16}\s{1,20}\({1,2}(?P<map>\w{1,40})\){1,2}"
)
"""A sentence on a memory that was full. Who types it off may put the zone's name in quotes; \"empty\" has them on the console."""
_PANIC = re.compile(r"\bpanic(?: ?[({]cpu ?\d+[)}])?(?: \S{1,80}\.[chS]:\d+: \w+)?:[ \t]*\"?(?P<text>\S[^\n]{0,299})", re.IGNORECASE)
_CONSOLE = re.compile(r"(?m)Kernel \w+ (?:trap|fault)|^[ \t]*Stopped[ \t]+at[ \t]+0x|\bgnumach\b|GNU ?Mach|\bdb>[ \t]*trace")
_OTHER_SYSTEM = re.compile(r"KDB: |kdb_enter|cpuid = |uvm_fault|XNU|Darwin Kernel|\b(?:Free|Open|Net)BSD\b|panicString|Linux version")
_MACH = re.compile(r"\b(?:panic|zalloc|zone_map|hurd|mach)\b", re.IGNORECASE)
_SYSTEM = re.compile(r"\bGNU[ -]?Mach (\d+\.\d[\w.+~-]{0,30})", re.IGNORECASE)
_FRAME = re.compile(r"(?m)^[ \t]*(0x[0-9a-f]{4,16}|[A-Za-z_]\w{1,60}(?:\+0x[0-9a-f]{1,8})?)\(((?:[0-9a-f]{1,16}(?:,|\b))*[^\n)]{0,20})\)?")
_TRACE = re.compile(r"\bdb>[ \t]*trace\b|\bStopped[ \t]+at\b|\bBacktrace:")
_UPTIME = re.compile(r"(?m)^[ \t]*\d\d?:\d\d(?::\d\d)?(?:[AaPp][Mm]?)?[ \t]+up[ \t][^\n]{0,60}")
_MEMORIES = {
    "ipc_task_init": "ipc_spaces", "pmap_create": "kernel_map", "stack_alloc": "kernel_map", "kmem_suballoc": "kernel_map",
    "zalloc": "zone_map",
}  # fmt: skip
"""What was full, by the whole text of a panic."""
_FRAMES = 40


class _Event(NamedTuple):
    """A panic, or a refusal without one. `zone`: the match of a sentence about a memory, None for another panic."""

    start: int
    text: str
    panics: bool
    zone: re.Match[str] | None


def _sniff(text: str) -> bool:
    if _OTHER_SYSTEM.search(text):
        return False
    found = _ZONE.search(text)
    if found and (any(found.groups()) or _MACH.search(text)):
        return True
    return bool(_PANIC.search(text) and _CONSOLE.search(text))


def _events(body: str) -> list[_Event]:
    """The panics in a text; sentences on a memory if it has no panic. A mail's subject counts only if nothing else does."""
    out, subjects = list[_Event](), list[_Event]()
    for found in _PANIC.finditer(body):
        zone = _ZONE.match(body, found.start("text"))
        text = _words(zone) if zone else " ".join(found["text"].split()).strip(" \"'`")
        line = body[body.rfind("\n", 0, found.start()) + 1 : found.start()]
        (subjects if line.startswith("Subject:") else out).append(_Event(found.start(), text, True, zone))
    if not out and not subjects:
        alone = _ZONE.search(body)
        return [_Event(alone.start(), _words(alone), False, alone)] if alone else []
    return out or subjects[:1]


def _words(sentence: re.Match[str]) -> str:
    """A sentence on a memory on one line. The kernel has no quotes around the name of a full zone, so they are the reader's."""
    words = " ".join(sentence[0].split())
    return re.sub(_QUOTE, "", words) if sentence["full"] else words


def read(text: Text, capture: Capture) -> Moments:
    """One moment for each panic; see `CaptureImporter.read`."""
    body = "\n".join(clean(line)[0] for line in text.whole().split("\n"))
    system = _SYSTEM.search(body)
    capture.system = f"GNU Mach {system[1]}" if system else "GNU Mach"
    events = _events(body)
    if not events:
        raise InputError(f"{text.name} looks like a console of GNU Mach, but its panic text is missing. Copy the lines from panic on.")
    said = list[dict[str, Any]]()
    for number, event in enumerate(events):
        begin = events[number - 1].start if number else 0
        end = events[number + 1].start if number + 1 < len(events) else len(body)
        one = _said(event, body[event.start : end])
        shown = _UPTIME.findall(body[begin : event.start])
        uptime = stamps.uptime(shown[-1]) if shown else None
        if uptime is not None:
            one["uptime_seconds"] = uptime // 10**9
        said.append(one)
        _trust(capture, event, one)
        zone = one.get("failed_zone", "")
        panic = Panic(event.text, zone, one.get("what_ended", "")) if event.panics or "map" not in one.get("what_ended", "") else None
        line = body.count("\n", 0, event.start) + 1
        yield Moment([ZoneRow(zone)] if zone else [], uptime=uptime, panic=panic, line=line)
    capture.cannot_show.append("A panic is the end only: it does not show which zone grew, nor since when.")
    capture.said = said[0] if len(said) == 1 else {"snapshots": said}
    capture.said["trust"] = capture.trust


def _said(event: _Event, after: str) -> dict[str, Any]:
    """What an event and the trace after it report."""
    said: dict[str, Any] = {"panic_text": event.text, "zones": []}
    parts = event.zone.groupdict() if event.zone else {}
    zone = parts.get("full") or parts.get("fixed") or parts.get("wired")
    if zone:
        said["failed_zone"] = " ".join(zone.split())
    if parts.get("map") or parts.get("fixed"):
        said["what_ended"] = parts.get("map") or f'zone "{parts["fixed"]}"'
    elif event.zone and not parts.get("wired"):
        said["what_ended"] = "zone_map"
    elif event.text in _MEMORIES:
        said["what_ended"] = _MEMORIES[event.text]
    trace = _TRACE.search(after)
    frames = list(_FRAME.finditer(after, trace.start()))[:_FRAMES] if trace else []
    if frames:
        said["trace"] = [frame[1] for frame in frames]
        asked = next((frame[2].split(",")[0] for frame in frames if re.match(r"kalloc\b", frame[1])), "")
        if re.fullmatch(r"(?:0x)?[0-9a-f]{1,8}", asked):
            said["requested_bytes"] = int(asked, 16)
    return said


def _trust(capture: Capture, event: _Event, said: dict[str, Any]) -> None:
    parts = event.zone.groupdict() if event.zone else {}
    out = []
    if not event.zone and "what_ended" not in said:
        out.append("The text does not say that a memory was full.")
    elif event.zone and not any(parts.values()):
        out += ['A paraphrase: the kernel prints "zalloc: zone NAME exhausted".', "No zone is named."]
    if parts.get("full") or parts.get("wired"):
        out.append("The zone that failed only asked last; it need not be the largest.")
    if parts.get("wired"):
        out.append("The text does not say whether the zone map or physical memory was full.")
    if parts.get("fixed"):
        out.append("A zone that may not grow was empty; the zone map did not end here.")
    if "trace" in said:
        out.append("The trace belongs to the thread that asked.")
    if "uptime_seconds" not in said:
        out.append("No uptime: no rate.")
    capture.trust += [sentence for sentence in out if sentence not in capture.trust]


IMPORTER = CaptureImporter(
    "gnumach-console", "panic", "a panic on GNU Mach's console", _sniff, read, shows=frozenset({"zones"}), rank=45,
    words=("zone", "room", "panic"),
)  # fmt: skip
