"""The report as a letter for a mailing list: 72 columns of ASCII."""

import textwrap
from collections.abc import Iterable, Iterator

import numpy as np

from zoneviz import words
from zoneviz.exporters.report import Facts
from zoneviz.exporters.report.sections import AGAIN, LEAST_USED, prevented, server_rows, tried_table
from zoneviz.words import plain

WIDTH = 72
ROWS = 12
_GAUGE = 11
"""Width of the sizes left of the chart, in characters."""


def letter(facts: Facts) -> str:
    """The report as text, in the order of the page."""
    parts = [_title(facts.title)]
    parts += [_wrapped(facts.lead.sentence)] if facts.lead else []
    parts.append(_wrapped(f"Recorded {facts.info['created']} by zoneviz {facts.info['zoneviz']}."))
    for heading, body in _sections(facts):
        parts += [_title(heading), body] if body else []
    return "\n\n".join(part for part in parts if part) + "\n"


def _sections(facts: Facts) -> Iterator[tuple[str, str]]:
    noun = str(facts.info["zone_noun"])
    yield "Comment", "\n".join(_wrapped(line) for line in facts.note.splitlines())
    path = [_wrapped(f"Call path of the panic: {' > '.join(facts.call_path)}")] if facts.call_path else []
    yield "Console", "\n".join([*(_wrapped(line) for line in facts.console), *path])
    yield "Why", _list(finding.sentence for finding in facts.answer)
    yield "Use of zone_map", chart(facts) if facts.series.used.any() else ""
    yield "Evidence", _list(finding.sentence for finding in facts.evidence)
    yield f"{noun.capitalize()}s at the end", _zones(facts)
    yield "Limits", _limits(facts)
    yield "What would have stopped it", _tried(facts)
    yield "Threads", _threads(facts)
    yield "Notes", _list(f"{remark.moment}: {' '.join(remark.text.split()) or '(no text)'}" for remark in facts.remarks)
    yield "Reproduce", "\n".join(_ascii(line) for line in facts.command.splitlines())
    yield "The run", _pairs(facts.rows())
    yield "What this file cannot show", _list(facts.info["cannot_show"])
    yield "In this archive", _pairs(list(facts.files.items()))
    yield "Versions", _pairs(list(facts.versions.items()))


def chart(facts: Facts) -> str:
    """A bar chart of the bytes of zone_map in use over the run; the full height is the size of zone_map."""
    series = facts.series
    used, size = series.used, series.size
    if not len(used):
        return ""
    columns = WIDTH - _GAUGE - 1
    edges = np.linspace(float(series.x[0]), float(series.x[-1]), columns + 1)[1:]
    values = used[np.clip(np.searchsorted(series.x, edges, side="right") - 1, 0, len(used) - 1)]
    top = max(size, int(used.max()), 1)
    heights = np.ceil(values * ROWS / top).astype(int)
    lines = []
    for row in range(ROWS, 0, -1):
        gauge = words.size(top * row // ROWS) if row in (ROWS, ROWS // 2) else ""
        lines.append(f"{gauge:>{_GAUGE - 1}} |" + "".join("#" if height >= row else " " for height in heights).rstrip())
    left, right = facts.clock(float(series.x[0])), facts.clock(float(series.x[-1]))
    rule = " " * _GAUGE + "+" + "-" * columns
    return "\n".join([*lines, rule[:WIDTH], f"{'':{_GAUGE}} {left}{right:>{columns - len(left)}}"])


def _zones(facts: Facts) -> str:
    zones = sorted(facts.machine["zones"], key=lambda zone: -(zone["cur_size"] or 0))[:12]
    lines = [f"{facts.info['zone_noun']:<32}{'in use':>10}{'free':>10}{'size':>14}"]
    for zone in zones:
        in_use, free = ("" if zone[name] is None else words.number(zone[name]) for name in ("in_use", "free"))
        size = "" if zone["cur_size"] is None else words.size(zone["cur_size"])
        lines.append(f"{_ascii(zone['name'])[:31]:<32}{in_use:>10}{free:>10}{size:>14}")
    return "\n".join(lines)


def _limits(facts: Facts) -> str:
    rows = sorted(facts.diagnosis.memories, key=lambda m: (not m.ended, -m.full))
    since = f" {facts.series.since}" if facts.series.since else ""
    return _list(
        f"{m.short}: {words.share(m.used, m.room)} of {words.size(m.room)} used{since}{', ran out' if m.ended else ''}"
        for m in rows
        if m.ended or m.full >= LEAST_USED
    )


def _tried(facts: Facts) -> str:
    if not facts.tried:
        return _wrapped(f"Not tested for this report. {AGAIN}") if facts.triable else ""
    names, rows = tried_table(facts.tried)
    each = [f"{row[0]}: {row[1]}, {row[2]}; {', '.join(_figures(names[3:], row[3:]))}" for row in rows]
    return "\n".join([_wrapped(prevented(facts.tried)), _list(each)])


def _figures(names: list[str], values: list[str]) -> list[str]:
    """`58 % of zone_map in use`, `1,682 threads`."""
    return [f"{value} {name}" for name, value in zip(names, values, strict=True)]


def _threads(facts: Facts) -> str:
    rows, doing = server_rows(facts)
    lines = []
    for row in rows:
        does = [f"{count} {what}" for count, what in zip(row[2:], doing, strict=True) if count != "0"]
        lines.append(f"{row[0]}: {row[1]} ({', '.join(does)})")
    return "\n".join(part for part in (_list(lines), *(_wrapped(line) for line in facts.waits)) if part)


def _list(lines: Iterable[str]) -> str:
    return "\n".join(_wrapped(line, "* ") for line in lines)


def _title(words: str) -> str:
    line = _wrapped(words)
    return f"{line}\n{'-' * max(len(part) for part in line.splitlines() or [''])}"


def _pairs(rows: list[tuple[str, str]]) -> str:
    return "\n".join(_wrapped(f"{name}: {value}") for name, value in rows)


def _wrapped(words: str, mark: str = "") -> str:
    after = "  " if not mark else " " * len(mark)
    return "\n".join(textwrap.wrap(_ascii(words), WIDTH, initial_indent=mark, subsequent_indent=after if mark else "  ")) if words else ""


def _ascii(words: str) -> str:
    known = plain(words).replace("\u201c", '"').replace("\u201d", '"').replace("\u2019", "'").replace("\u2013", "-")
    return known.encode("ascii", "backslashreplace").decode()
