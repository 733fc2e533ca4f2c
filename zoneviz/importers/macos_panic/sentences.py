"""What a panic says: its sentence, the zones and figures in it, and which memory ended."""

import re
from typing import Any

from zoneviz.captures.amounts import span

_AMOUNT = r"(?P<amount>\d+(?:\.\d+)?(?: ?[BKMGT]B?\b)?)(?P<total> total bytes)?"
_ASKED = (
    r"zalloc(?:\[(?P<code>\d{1,3})\])?: zone map exhausted while allocating from zone "
    r"(?:\[(?P<failed>[^\]]{1,80})\]|(?P<old>[^\[,\]]{1,80}?))"
)
_BLAMED = rf"likely due to memory leak in zone (?:\[(?P<blamed>[^\]]{{1,80}})\]|(?P<blamed_old>[^\[\](]{{1,80}}?)) \({_AMOUNT}"
_ELEMENTS = r"(?:, (?P<elements>\d{1,3}(?:,\d{3}){1,4}(?=\D)|\d{1,15})(?P<words> elements(?: allocated\)?)?)?)?"
_EXHAUSTED = re.compile(rf"{_ASKED}(?:(?=$|[\"@\n])|\s*,(?: {_BLAMED}{_ELEMENTS})?| ?(?=@))")
_BITMAP = re.compile(rf"[^\"\n]{{0,200}}out of bitmap space, {_BLAMED}{_ELEMENTS}")
_WAITED = re.compile(
    r"zone map exhaustion: waited for (?P<ms>\d{1,12}) ?ms "
    r"\(pages: (?P<pages>\d{1,12}), max: (?P<max>\d{1,12}), wanted: (?P<wanted>\d{1,12})\)"
)
_RETRY = re.compile(
    r"zalloc: \"(?P<failed>[^\"]{1,80})\" \((?P<elements>\d{1,12}) elements\) retry fail (?P<code>\d{1,6})"
    r"(?:, kfree_nop_count: (?P<nops>\d{1,12}))?"
)
_EMPTY = re.compile(r"zalloc: zone \"(?P<failed>[^\"]{1,80})\" empty\.?")
_PLAIN = re.compile(r"zalloc: zone (?!map\b)\"?(?P<failed>[\w .-]{1,80}?)\"? exhausted\b")
"""GNU Mach's sentence, which people put behind the head of a macOS report."""
_PATTERNS = (_EXHAUSTED, _WAITED, _RETRY, _EMPTY, _PLAIN, _BITMAP)
SNIFF = re.compile(
    r"zalloc(?:\[\d+\])?:\s+zone\s+map\s+exhausted\s+while\s+allocating|zone\s+map\s+exhaustion:\s+waited\s+for"
    r"|zalloc: \\?\"[^\"]+\" \(\d+ elements\) retry fail"
    r"|panic\s?\(cpu\s+\d+\s+caller|\"(?:macOS)?[pP]anicString\"\s*:|out of bitmap space, likely due to"
)
_CUT = re.compile(r" ?(?:likely due to memory leak in zone ?)(?:\[?[^\]\"@(]{0,80})$")
"""The rest of a sentence that ends before the name of the blamed zone does."""
_OTHER = (
    (re.compile(r"mbuf_watchdog"), "mbufs", "Network buffers (mbufs) ran out, not the zone map."),
    (re.compile(r"stack_alloc:.*failed"), "kernel stacks", "Kernel stacks could not be mapped; that is not the zone map."),
    (re.compile(r"Cannot grow ipc space"), "port names", "A table of port names reached its limit; that is not the zone map."),
    (re.compile(r"a freed zone element has been modified|element modified after free"), "",
     "Memory of a zone was overwritten after it was freed: a damaged zone, not a full one."),
)  # fmt: skip
_START = re.compile(r"panic\s?\(cpu\s+\d+\s+caller\s+[^)]{1,40}\):\s*")
_PLACE = re.compile(r"\s*@\s*\S+\.(?:c|cpp|h|m|mm|s|cc):\d+")
_BLANKS = re.compile(r"\s+")
_NEAR = 4000


def sentence(body: str) -> tuple[str, re.Match[str] | None]:
    """The panic's text, and the match of a sentence about zones in it (None for another panic). "" if there is no panic."""
    start = _START.search(body)
    rest = body[start.end() :] if start else body
    flat = _BLANKS.sub(" ", rest[:_NEAR] if start else rest).replace('\\"', '"')
    for pattern in _PATTERNS:
        found = pattern.match(flat.lstrip('" ')) if start else pattern.search(flat)
        if found:
            cut = _CUT.match(found.string, found.end())
            return (found[0] + (cut[0] if cut else "")).strip().rstrip(","), found
    return (_other_text(rest), None) if start else ("", None)


def _other_text(rest: str) -> str:
    """The text of a panic about something else: to its place in the source, or the first line."""
    if rest.startswith('"'):
        quoted = re.match(r'"((?:[^"\\]|\\.){0,2000})"', rest)
        if quoted:
            return _BLANKS.sub(" ", quoted[1].split("\n")[0].replace('\\"', '"')).strip()
        rest = rest[1:]
    place = _PLACE.search(rest[:600])
    lines = rest[: place.start()] if place else rest
    if lines.count("\n") > 2:
        lines = lines.split("\n")[0]
    return _BLANKS.sub(" ", lines.split("\n")[0] if not place else lines).strip()


def figures(found: re.Match[str] | None) -> dict[str, Any]:
    """What the sentence reports, with the keys of `import --json`."""
    said: dict[str, Any] = {}
    if found is None:
        return said
    parts = found.groupdict()
    failed = parts.get("failed") or parts.get("old")
    if failed and (parts.get("failed") or found.re is not _EXHAUSTED or _ended(found)):
        said["failed_zone"] = failed.strip()
    if parts.get("code"):
        said["kern_return"] = int(parts["code"])
    if found.re is _WAITED:
        said["waited"] = {key: int(found[key]) for key in ("ms", "pages", "max", "wanted")}
    elif found.re is _RETRY:
        said["failed_elements"] = int(found["elements"])
        if found["nops"]:
            said["kfree_nop_count"] = int(found["nops"])
    else:
        said |= _blamed(parts)
    return said


def _ended(found: re.Match[str]) -> bool:
    """Whether a name without brackets is whole: something follows it."""
    return found.end() > found.end("old") or found.string[found.end() : found.end() + 1] in ('"', "@")


def _blamed(parts: dict[str, str | None]) -> dict[str, Any]:
    zone = parts.get("blamed") or parts.get("blamed_old")
    if not zone:
        return {}
    said: dict[str, Any] = {"blamed_zone": zone.strip()}
    digits = parts.get("elements")
    elements = int(digits.replace(",", "")) if digits and parts.get("words") else None
    amount = span(parts["amount"] or "")
    if amount is not None and (parts["total"] or not amount.exact or elements is not None):
        said |= {"blamed_bytes": amount.low} if amount.exact else {"blamed_bytes_range": [amount.low, amount.high]}
    if elements is not None:
        said["blamed_elements"] = elements
        if elements and amount is not None:
            low, high = (round(value / elements, 2) for value in amount)
            said["bytes_per_element"] = low if amount.exact else [low, high]
    return said


def memory(text: str, found: re.Match[str] | None) -> tuple[str, str]:
    """Which memory ended ("" if unknown), and a sentence about it if it is not the zone map."""
    if found is not None and found.re is _EMPTY:
        return f'zone "{found["failed"]}"', "A zone that may not grow was empty; the zone map did not end here."
    if found is not None or "zone map exhausted while allocating" in text:
        return "zone_map", ""
    for pattern, name, note in _OTHER:
        if pattern.search(text):
            return name, note
    return "", "This panic is not about a zone that ran out."
