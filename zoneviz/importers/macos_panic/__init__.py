"""Panic reports of macOS, of all releases: .panic, .ips, pasted, re-flowed, quoted, as Markdown.

A report names the zone that asked and the largest one. Neither is a cause, and the table is not the true top five.
"""

import re
from collections.abc import Iterable
from typing import Any

from zoneviz import words
from zoneviz.captures import ips, stamps
from zoneviz.captures.capture import UNKNOWN, Capture, Moment, Moments, Panic, ZoneRow
from zoneviz.captures.text import Text, clean
from zoneviz.errors import InputError
from zoneviz.importers import CaptureImporter
from zoneviz.importers.macos_panic import report, sentences
from zoneviz.importers.macos_panic.table import Row, Table, table, whole_name

_KEYS = ("panicString", "macOSPanicString")
_AGAIN = re.compile(r"panic\s?\(cpu\s+\d+\s+caller")
_ESCAPED = re.compile(r"\\([\[\]_*().#+-])")  # Markdown
_PANICS = 200
"""Upper bound of the panics of one text."""
_CLASS = re.compile(r"\bkalloc(?:\.type\w*)?\.(\d{1,7})$")


def read(text: Text, capture: Capture) -> Moments:
    """One moment for each panic; see `CaptureImporter.read`."""
    raw = text.whole()
    found = next((found for key in _KEYS if (found := ips.string(raw, key)) and found.text.strip()), None)
    around = _ESCAPED.sub(r"\1", "\n".join(clean(line)[0] for line in raw.split("\n"))) if found is None else raw
    said = list[dict[str, Any]]()
    whole, date = ips.complete(raw) if found else False, _header_date(around)
    for line, body in _panics(found.text if found else around):
        one, moment = _panic(body, around, capture, line)
        moment.stamp = moment.stamp or date or _date(body)
        if one["panic_text"]:
            if found:
                one["json_is_complete"] = whole
            said.append(one)
            yield moment
    if not said:
        raise InputError(f"{text.name} looks like a panic report, but its panic text is missing. Copy the whole report.")
    capture.system = ips.system(around if found is None else raw[:4096] + found.text[:8192]) or "macOS"
    capture.facts = ips.facts(raw)
    capture.said = said[0] if len(said) == 1 else {"snapshots": said}
    capture.said["trust"] = capture.trust


def _panics(body: str) -> Iterable[tuple[int, str]]:
    """The line and the text of each panic; the first one with all that stands before it, such as its date."""
    starts = [found.start() for found in _AGAIN.finditer(body)][:_PANICS] or [0]
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(body)
        yield body.count("\n", 0, start) + 1, body[0 if number == 0 else start : end]


def _panic(body: str, around: str, capture: Capture, line: int) -> tuple[dict[str, Any], Moment]:
    words, found = sentences.sentence(body)
    said = {"panic_text": words, **sentences.figures(found)}
    memory, note = sentences.memory(words, found)
    zones = table(body) if memory == "zone_map" or "Largest zones" in body or "Zone Name" in body else Table([], {}, [])
    for key in ("failed_zone", "blamed_zone"):
        if key in said:
            said[key] = whole_name(said[key])[0]
    said["zones"] = [row.said() for row in zones.rows]
    if zones.cut:
        said["skipped_rows"] = len(zones.cut)
        for row in zones.cut:
            capture.skip(line, f"the row {row} is cut or damaged")
    said |= report.figures(body) | zones.others
    if memory == "mbufs":
        said["mbufs"] = report.mbufs(body)
    uptime = report.uptime(body)
    if uptime is not None:
        said["uptime_seconds"] = report.uptime_seconds(body)
        if said.get("blamed_elements") and uptime > 0:
            said["mean_growth_elements_per_s"] = round(said["blamed_elements"] / (uptime / 1e9), 2)
    sizes = _capacity(said, around)
    _trust(capture, said, note, zones.rows)
    return said, Moment(
        _rows(said, zones.rows),
        sizes | zones.others,
        counts=said.get("mbufs", {}),
        stamp=report.calendar(body),
        uptime=uptime,
        boot=report.boot_session(body),
        panic=Panic(words, said.get("failed_zone", ""), memory),
        line=line,
    )


def _capacity(said: dict[str, Any], around: str) -> dict[str, int]:
    """The zone map and its capacity, which only a panic that waited for memory reports."""
    waited = said.get("waited")
    page = 16384 if "RELEASE_ARM64" in around or "arm64" in around else 4096 if "RELEASE_X86_64" in around else 0
    if not waited or not page:
        return {}
    said |= {"page_size": page, "zone_map_bytes": waited["pages"] * page, "zone_map_cap": waited["max"] * page}
    return {"zone_map_used": said["zone_map_bytes"], "zone_map_cap": said["zone_map_cap"]}


def _header_date(around: str) -> stamps.Stamp | None:
    """The date in a report's JSON."""
    found = ips.string(around, "date") or ips.string(around, "timestamp")
    return stamps.find(found.text) if found else None


def _date(body: str) -> stamps.Stamp | None:
    """The date on a line before the panic."""
    start = _AGAIN.search(body)
    before = body[: start.start()] if start else ""
    dates = [stamp for line in before.split("\n")[-40:] if (stamp := stamps.find(line))]
    return dates[-1] if dates else None


def _rows(said: dict[str, Any], zones: list[Row]) -> list[ZoneRow]:
    """The zones of the recording. A rounded size is the smallest it can mean, or elements x size where that lies within."""
    rows = [ZoneRow(row.name, _elem_size(row.name), cur_size=row.cur.low) for row in zones]
    name = said.get("blamed_zone")
    if not name:
        return rows
    size, elements = _elem_size(name), said.get("blamed_elements", UNKNOWN)
    low, high = said.get("blamed_bytes_range") or [said.get("blamed_bytes", UNKNOWN)] * 2
    held = size * elements if size > 0 and elements > 0 and low <= size * elements <= high else low
    blamed = ZoneRow(name, size, in_use=elements, cur_size=held)
    return [blamed, *(row for row in rows if row.name != name)]


def _elem_size(name: str) -> int:
    found = _CLASS.search(name)
    return int(found[1]) if found else UNKNOWN


def _trust(capture: Capture, said: dict[str, Any], note: str, zones: list[Row]) -> None:
    out = [note] if note else []
    if "blamed_zone" in said:
        out.append("The blamed zone is only the largest one, not a proof of the leak.")
    if "failed_zone" in said:
        out.append("The zone that failed only asked last; its call path and task are not the cause.")
    if zones:
        out.append("The printed table is not the true top five: only its first row is sure, zones not in it are unknown.")
    size, elements = _elem_size(said.get("blamed_zone", "")), said.get("blamed_elements")
    low, high = said.get("blamed_bytes_range", (0, -1))
    if size > 0 and elements and low <= size * elements <= high:
        product = f"{words.number(elements)} elements of {words.number(size)} bytes are {words.number(size * elements)} bytes"
        out.append(f"{product}, sharper than the printed size.")
    if said.get("kexts_in_backtrace"):
        out.append("The kernel extensions in the backtrace belong to the thread that asked.")
    if "BAD" in (said.get("compressor", {}).get("pages"), said.get("compressor", {}).get("segments")):
        out.append("The memory compressor was full as well: another cause than zones.")
    if "zone_map_range_bytes" in said:
        out.append("The range of the zone map is address space, not a limit.")
    if "uptime_seconds" not in said:
        out.append("The report has no uptime: no rate.")
    capture.trust += [sentence for sentence in out if sentence not in capture.trust]
    capture.cannot_show[:] = ["A panic is the end only: it does not show since when a zone grew.", "It names at most five of all zones."]
    if "zone_map_cap" not in said:
        capture.cannot_show.append("It does not report the limit of the zone map.")


IMPORTER = CaptureImporter(
    "macos-panic",
    "panic",
    "a panic report, macOS",
    lambda text: bool(sentences.SNIFF.search(text)),
    read,
    shows=frozenset({"zones", "sizes", "elements"}),
    rank=11,
)
