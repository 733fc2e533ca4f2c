"""Panics of FreeBSD, messages on zones at their limit, and the tables of its debugger: show uma, show umacache, show malloc.

A panic of kmem_malloc tells the size that was asked for and how much of the map was allocated. What its tables do not have is in
no zone.
"""

import re
from typing import Any, NamedTuple

from zoneviz.captures import freebsd, listings
from zoneviz.captures.capture import UNKNOWN, Capture, Moment, Moments, Panic, ZoneRow
from zoneviz.captures.tables import damaged
from zoneviz.captures.text import Text, clean
from zoneviz.importers import CaptureImporter
from zoneviz.state.rows import SIZE_LIMIT

_PANIC = re.compile(r"(?P<again>\bafter )?\bpanic: (?P<text>\S[^\n]{0,299})")
_KMEM = re.compile(
    r"kmem_malloc\((?P<size>\d{0,15})\):\s{1,20}(?P<map>\w{1,40})\s{1,20}too\s{1,20}small"
    r"(?::\s{1,20}(?P<total>\d{1,15})\s{1,20}total\s{1,20}allocated)?|malloc:\s{1,20}out\s{1,20}of\s{1,20}space\s{1,20}in\s{1,20}(?P<other>\w{1,40})"
)
_LIMIT = re.compile(r"\[zone: (?P<zone>[^\]\n]{1,60})\] (?P<text>[^\n]{1,200})")
_UMA = re.compile(r"(?m)^[ \t]*(?:db>[^\n]{0,40})?[ \t]*Zone[ \t]+Size[ \t]+Used[ \t]+Free[ \t]+Requests\b[^\n]*$")
_MALLOC = re.compile(r"(?m)^[ \t]*Type[ \t]+InUse[ \t]+MemUse[ \t]+Requests[ \t]*$")
_UMA_ROW = re.compile(
    r"[ \t]*(?P<name>\S[^\n]{0,60}?)[ \t]+(?P<size>\d{1,9})[ \t]+(?P<used>\d{1,12})[ \t]+(?P<free>\d{1,12})[ \t]+(?P<requests>\d{1,18})"
    r"(?P<more>(?:[ \t]+\d{1,18}){0,6})[ \t]*"
)
_MALLOC_ROW = re.compile(
    r"[ \t]*(?P<name>\S[^\n]{0,60}?)[ \t]+(?P<used>\d{1,12})[ \t]+(?P<memory>\d{1,12})K[ \t]+(?P<requests>\d{1,18})[ \t]*"
)
_LIKE_ROW = re.compile(r"[ \t]*(?P<name>\S[^\n]{0,60}?)[ \t]+\d+(?:[ \t]+\S*\d\S*)*[ \t]*$")
_UPTIME = re.compile(r"(?m)^Uptime: (?:(\d{1,5})d)?(?:(\d{1,2})h)?(?:(\d{1,2})m)?(\d{1,2})s")
_CONSOLE = re.compile(r"KDB: |kdb_enter|cpuid = \d|\bFreeBSD\b|(?m:^Uptime: \d)|Physical memory: \d+ MB")


class _Event(NamedTuple):
    start: int
    text: str
    kmem: re.Match[str] | None
    limit: re.Match[str] | None


def _sniff(text: str) -> bool:
    if _KMEM.search(text) or _UMA.search(text) or re.search(r"\[zone: [^\]\n]{1,60}\] [^\n]{0,100}limit reached", text):
        return True
    return bool(_MALLOC.search(text) and re.search(r"\bdb>", text)) or bool(_PANIC.search(text) and _CONSOLE.search(text))


def _events(body: str) -> list[_Event]:
    """The panics; a dump's "reboot after panic" counts only without the panic itself. Messages on limits if there is no panic."""
    found = list(_PANIC.finditer(body))
    first = [match for match in found if not match["again"]] or found
    out = []
    for match in first:
        kmem = _KMEM.match(body, match.start("text"))
        out.append(_Event(match.start(), " ".join((kmem[0] if kmem else match["text"]).split()).strip(" \"'"), kmem, None))
    if not out and (kmem := _KMEM.search(body)):
        out.append(_Event(kmem.start(), " ".join(kmem[0].split()), kmem, None))
    if not out and (limit := _LIMIT.search(body)):
        out.append(_Event(limit.start(), limit["text"].strip(), None, limit))
    return out or [_Event(0, "", None, None)]


def read(text: Text, capture: Capture) -> Moments:
    """One moment for each panic, or for a table; see `CaptureImporter.read`."""
    body = "\n".join(clean(line)[0] for line in text.whole().split("\n"))
    capture.system = freebsd.system(next((line for line in body.split("\n") if freebsd.system(line)), "")) or "FreeBSD"
    capture.facts = {"table": "panic"}
    capture.shows = capture.shows if _UMA.search(body) or _MALLOC.search(body) else frozenset({"zones", "machine"})
    events = _events(body)
    said = list[dict[str, Any]]()
    for number, event in enumerate(events):
        start = event.start if number else 0
        end = events[number + 1].start if number + 1 < len(events) else len(body)
        line = body.count("\n", 0, start) + 1
        rows, skipped = _table(body[start:end], line, capture)
        one = _said(event, rows, skipped)
        uptime = _uptime(body[start:end])
        if uptime is not None:
            one["uptime_seconds"] = uptime
        said.append(one)
        _trust(capture, event, one, rows)
        panic = Panic(event.text, memory=one.get("what_ended", "")) if event.text and not event.limit else None
        shown = [row for row, _ in rows] or ([ZoneRow(one["failed_zone"])] if "failed_zone" in one else [])
        total = one.get("map_allocated_bytes", UNKNOWN)
        sizes = {"kmem_map_used": total} if total != UNKNOWN else {}
        yield Moment(
            shown, sizes, uptime=None if uptime is None else uptime * 10**9, total=total if rows else UNKNOWN, panic=panic, line=line
        )
    if any(event.text for event in events):
        capture.cannot_show.append("A panic is the end only: it does not show which zone grew, nor since when.")
    capture.said = said[0] if len(said) == 1 else {"snapshots": said}
    capture.said["trust"] = capture.trust


def _said(event: _Event, rows: list[tuple[ZoneRow, dict[str, int]]], skipped: int) -> dict[str, Any]:
    figures = listings.figures([row for row, _ in rows], (extra for _, extra in rows), skipped)
    if not event.text:
        return figures
    top = figures["top"] if rows else []
    said: dict[str, Any] = {"panic_text": event.text} if not event.limit else {"message": event.text}
    said |= {"zones": top, "skipped_rows": skipped} if skipped else {"zones": top}
    if event.limit:
        said |= {"failed_zone": event.limit["zone"], "what_ended": f'limit of the zone "{event.limit["zone"]}"'}
    if event.kmem:
        said["what_ended"] = event.kmem["map"] or event.kmem["other"]
        for key, group in (("requested_bytes", "size"), ("map_allocated_bytes", "total")):
            if event.kmem[group]:
                said[key] = int(event.kmem[group])
    if rows:
        said |= {"rows": figures["zones"], "total_bytes": figures["total_bytes"]}
        if said.get("map_allocated_bytes", 0) > figures["total_bytes"]:
            said["not_listed_bytes"] = said["map_allocated_bytes"] - figures["total_bytes"]
    return said


def _table(body: str, line: int, capture: Capture) -> tuple[list[tuple[ZoneRow, dict[str, int]]], int]:
    """The rows of the first `show uma`, else of `show malloc`; and the number of damaged ones."""
    uma = _UMA.search(body)
    header = uma or _MALLOC.search(body)
    rows, skipped = list[tuple[ZoneRow, dict[str, int]]](), 0
    if header is None:
        return rows, 0
    columns = len(header[0].split("Zone" if uma else "Type")[-1].replace("Total Mem", "TotalMem").split())
    line += body.count("\n", 0, header.end())
    for number, text in enumerate(body[header.end() :].split("\n")[1:], line + 1):
        found = (_UMA_ROW if uma else _MALLOC_ROW).fullmatch(text) if len(text) < 200 else None
        if found and (not uma or 4 + len(found["more"].split()) >= columns):
            row = _uma(found) if uma else _malloc(found)
            if max(row[0].cur_size, row[0].in_use, row[0].allocs) < SIZE_LIMIT:
                rows.append(row)
                continue
        like = _LIKE_ROW.match(text[:200])
        if not found and not like:
            if text.strip():
                break
            continue
        skipped += 1
        damaged(capture, number, found["name"] if found else like["name"] if like else "")
    return rows, skipped


def _uma(found: re.Match[str]) -> tuple[ZoneRow, dict[str, int]]:
    size, used, free, requests = (int(found[name]) for name in ("size", "used", "free", "requests"))
    return ZoneRow(found["name"], size, used, free, (used + free) * size, allocs=requests), {"free": free, "requests": requests}


def _malloc(found: re.Match[str]) -> tuple[ZoneRow, dict[str, int]]:
    used, memory, requests = (int(found[name]) for name in ("used", "memory", "requests"))
    return ZoneRow(found["name"], in_use=used, cur_size=memory * 1024, allocs=requests), {"requests": requests}


def _uptime(body: str) -> int | None:
    """Seconds since boot, as a panic prints them at its end."""
    found = _UPTIME.search(body)
    if not found:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _trust(capture: Capture, event: _Event, said: dict[str, Any], rows: list[tuple[ZoneRow, dict[str, int]]]) -> None:
    out = []
    if event.kmem:
        out.append(f"{said['what_ended']} was full; the request that failed is not the cause, and no zone is named.")
    elif event.limit:
        out.append(f"{event.limit['zone']} reached its own limit; the memory of the kernel did not end here.")
    elif event.text:
        out.append("This panic is not about a memory that ran out.")
    if "not_listed_bytes" in said:
        out.append("The rows sum to less than what was allocated: the rest is in no row.")
    if rows:
        out.append("Malloc types lie in the numbered zones: the tables of both must not be added.")
    if event.text and "uptime_seconds" not in said:
        out.append("No uptime: no rate.")
    capture.trust += [sentence for sentence in out if sentence not in capture.trust]


IMPORTER = CaptureImporter(
    "freebsd-panic", "panic", "a panic or a debugger's table (show uma, show malloc), FreeBSD", _sniff, read, zone_noun="UMA zone",
    shows=frozenset({"zones", "elements", "sizes"}), rank=39,
    words=("malloc", "zone", "inuse", "panic"),
)  # fmt: skip
