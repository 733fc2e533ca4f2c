"""The report as a letter for a mailing list: 72 columns of ASCII."""

import textwrap

import numpy as np

from zoneviz import words
from zoneviz.exporters.report import Facts
from zoneviz.words import plain

WIDTH = 72
ROWS = 12
_GAUGE = 11
"""Width of the sizes left of the chart, in characters."""


def letter(facts: Facts) -> str:
    """The report as text."""
    parts = [_title(facts.title), _wrapped(f"Recorded {facts.info['created']} by zoneviz {facts.info['zoneviz']}.")]
    if facts.note:
        parts.append("\n".join(_wrapped(line) for line in facts.note.splitlines()))
    parts += [_title("Why"), "\n".join(_wrapped(finding.sentence, "* ") for finding in facts.diagnosis.findings)]
    parts += [_title("Use of zone_map"), chart(facts)] if facts.series.used.any() else []
    parts += [_title(f"{str(facts.info['zone_noun']).capitalize()}s at the end"), _zones(facts)]
    if facts.info["cannot_show"]:
        parts += [_title("What this file cannot show"), "\n".join(_wrapped(line, "* ") for line in facts.info["cannot_show"])]
    parts += [_title("The run"), _pairs(facts.rows())]
    if facts.command:
        parts += [_title("Reproduce"), "\n".join(_ascii(line) for line in facts.command.splitlines())]
    if facts.files:
        parts += [_title("In this archive"), _pairs(list(facts.files.items()))]
    parts += [_title("Versions"), _pairs(list(facts.versions.items()))]
    return "\n\n".join(part for part in parts if part) + "\n"


def chart(facts: Facts) -> str:
    """A bar chart of the bytes of zone_map in use over the run; the full height is the size of zone_map."""
    series = facts.series
    used, size = series.used, series.size
    if not len(used):
        return ""
    columns = WIDTH - _GAUGE - 1
    edges = np.linspace(int(series.x[0]), int(series.x[-1]), columns + 1)[1:]
    values = used[np.clip(np.searchsorted(series.x, edges, side="right") - 1, 0, len(used) - 1)]
    top = max(size, int(used.max()), 1)
    heights = np.ceil(values * ROWS / top).astype(int)
    lines = []
    for row in range(ROWS, 0, -1):
        gauge = words.size(top * row // ROWS) if row in (ROWS, ROWS // 2) else ""
        lines.append(f"{gauge:>{_GAUGE - 1}} |" + "".join("#" if height >= row else " " for height in heights).rstrip())
    left, right = facts.clock(int(series.x[0])), facts.clock(int(series.x[-1]))
    rule = " " * _GAUGE + "+" + "-" * columns
    return "\n".join([*lines, rule[:WIDTH], f"{'':{_GAUGE}} {left}{right:>{columns - len(left)}}"])


def _zones(facts: Facts) -> str:
    zones = sorted(facts.machine["zones"], key=lambda zone: -(zone["cur_size"] or 0))[:12]
    lines = [f"{facts.info['zone_noun']:<32}{'in use':>10}{'free':>10}{'size':>14}"]
    for zone in zones:
        in_use, free = ("" if zone[name] is None else f"{zone[name]:,}" for name in ("in_use", "free"))
        size = "" if zone["cur_size"] is None else words.size(zone["cur_size"])
        lines.append(f"{_ascii(zone['name'])[:31]:<32}{in_use:>10}{free:>10}{size:>14}")
    return "\n".join(lines)


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
