"""The table of zones under a panic, in the layouts of all releases.

    10.7 to 10.12   name:bytes, zones over 1 MiB, names cut at 20 characters; then kernel stacks, page tables and large kallocs
    10.13 to 11     Zone Name, Cur Size, Free Size in bytes, zones over 1 MiB; then the same three
    12 and later    Largest zones: five rows with a unit letter each; the heap's name is padded or cut to 8 characters
"""

import re
from typing import Any, NamedTuple

from zoneviz.captures.amounts import Span, span

HEAPS = ("data_shared.", "default.", "early.", "data.", "kext.")
_HEAP_WIDTH = 8
_NAME_LIMIT = 20
_HEADER = re.compile(r"Largest zones[^:\n]*:?|(?:Zone Name|Zone)[ \t]+(?:Cur(?:rent)? )?Size[ \t]+Free(?: Size)?")
_AMOUNT = r"\d{1,15} ?[BKMGT]?B?"
_ROW = re.compile(
    rf"(?P<name>[A-Za-z_](?:(?![ \t]{_AMOUNT}[ \t])[^\n:]){{0,60}}?)[ \t]+(?P<cur>{_AMOUNT})[ \t]+(?:free[ \t:]+)?"
    rf"(?P<free>{_AMOUNT})(?=[ \t]*$|[ \t]{{2,}}|[ \t][A-Za-z_])",
    re.IGNORECASE,
)
_OLD_ROW = re.compile(r"(?P<name>[A-Za-z_][\w .\-]{0,19}?) *:(?P<cur>\d{7,13})")
_NO_ZONE = re.compile(r"(?P<name>Kernel Stacks|PageTables|Kalloc\.Large)(?: *:|[ \t]+)(?P<cur>\d{1,15})")
_STRUCTURE = re.compile(
    r"\b(?:panicked|backtrace|debugger|kmod|kernel|last|mach|bsd|epoch|system|zone info|boot args|thread|compressor)\b|@|0x|\*|#",
    re.IGNORECASE,
)
_SIZES = {"Kernel Stacks": "kernel_stacks", "PageTables": "page_tables", "Kalloc.Large": "kalloc_large"}


class Row(NamedTuple):
    """A zone: its whole name, as printed, and what its sizes can mean in bytes."""

    name: str
    printed: str
    cur: Span
    free: Span | None

    def said(self) -> dict[str, Any]:
        """As `import --json` prints it."""
        out: dict[str, Any] = {"name": self.name}
        if self.printed != self.name:
            out["printed_name"] = self.printed
        for key, value in (("cur_bytes", self.cur), ("free_bytes", self.free)):
            if value is not None:
                out |= {key: value.low} if value.exact else {f"{key}_range": [value.low, value.high]}
        return out


class Table(NamedTuple):
    """The rows; `others`: bytes of other memory in it; `cut`: the beginnings of rows that are cut or damaged."""

    rows: list[Row]
    others: dict[str, int]
    cut: list[str]


def table(body: str) -> Table:
    """The table of a panic; empty if it has none."""
    others = {_SIZES[found["name"]]: int(found["cur"]) for found in _NO_ZONE.finditer(body)}
    headers = list(_HEADER.finditer(body))
    if not headers:
        return Table(_colons(body), others, [])
    header = headers[-1]
    rows, cut = list[Row](), list[str]()
    lines = body[header.end() :].split("\n")
    first = [lines[0]] if lines[0].strip(" \t:") else []
    for number, line in enumerate(first + lines[1:]):
        line = line.strip(" \t:-")
        if not line:
            if rows:
                break
            continue
        found = _adjacent(line)
        if not found or _NO_ZONE.fullmatch(line) or found[0].start():
            if not _NO_ZONE.fullmatch(line) and (rows or number == 0) and _cut(line):
                cut.append(line[:40])
                continue
            break
        rows += [_row(match) for match in found]
        left = line[found[-1].end() :].strip()
        if left and _cut(left):
            cut.append(left[:40])
    return Table([row for row in rows if row], others, cut)


def _adjacent(line: str) -> list[re.Match[str]]:
    """The first row in a line, and those that follow it with nothing but blanks between."""
    found = list[re.Match[str]]()
    for row in _ROW.finditer(line):
        if found and line[found[-1].end() : row.start()].strip():
            break
        found.append(row)
    return found


def _cut(line: str) -> bool:
    """Whether what is left looks like the beginning of a row."""
    return bool(re.match(r"[A-Za-z_]", line)) and len(line) <= 60 and not _STRUCTURE.search(line)


def _row(found: re.Match[str]) -> Row:
    cur, free = span(found["cur"]), span(found["free"])
    assert cur is not None
    name, printed = whole_name(found["name"])
    return Row(name, printed, cur, free)


def _colons(body: str) -> list[Row]:
    """The rows of the oldest layout: at least two lines of this form next to each other."""
    rows, run = list[Row](), list[Row]()
    for line in [*body.split("\n"), ""]:
        found = _OLD_ROW.fullmatch(line.strip())
        if found and found["name"] not in _SIZES:
            run.append(Row(found["name"].strip(), found["name"].strip(), Span(int(found["cur"]), int(found["cur"])), None))
        elif not found:
            rows += run if len(run) > 1 else []
            run = []
    return rows


def whole_name(printed: str) -> tuple[str, str]:
    """The zone's whole name, and the printed one.

    "data_shakalloc.3072" is data_shared.kalloc.3072, "data.   kalloc.1024" is data.kalloc.1024.
    """
    for heap in HEAPS:
        shown = heap[:_HEAP_WIDTH].ljust(_HEAP_WIDTH)
        if printed.startswith(shown) and not printed.startswith(heap) and printed[_HEAP_WIDTH:].strip():
            return heap + printed[_HEAP_WIDTH:].strip(), printed
        if printed.startswith(heap) and printed[len(heap) :][:1] in (" ", "\t"):
            return heap + printed[len(heap) :].strip(), printed
    return printed, printed
