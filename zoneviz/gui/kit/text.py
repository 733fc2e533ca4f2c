"""Numbers, sizes and times as the window writes them: separators, units, tabular figures."""

import math
from html import escape

THIN = "\u2009"
_STEPS = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"), (1, "ns"))


def number(value: int) -> str:
    """`1,204,311`."""
    return f"{value:,}"


UNITS = {
    "KiB, MiB": (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)),
    "kB, MB": (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)),
    "bytes": (),
}
"""Ways to write sizes, by name: units and what they stand for, largest first."""
_chosen = ["KiB, MiB"]


def choose_units(name: str) -> None:
    """The way of UNITS in which sizes are written from now on, in the whole window."""
    _chosen[0] = name


def unit(value: float) -> tuple[str, int]:
    """The largest unit that the value reaches, and how many bytes it stands for."""
    return next(((name, factor) for name, factor in UNITS[_chosen[0]] if abs(value) >= factor), ("B", 1))


def size(value: int) -> str:
    """Bytes with a fixed number of decimals, so that figures below each other line up: `4.92 MiB`, `512 B`."""
    name, factor = unit(value)
    return f"{value:,} B" if factor == 1 else f"{value / factor:,.2f} {name}"


def short_size(value: int) -> str:
    """Bytes without needless decimals: `16 MiB`, `1.5 KiB`."""
    name, factor = unit(value)
    return f"{value:,} B" if factor == 1 else f"{value / factor:,.2f}".rstrip("0").rstrip(".") + f" {name}"


def share(part: int, whole: int) -> str:
    """`82.6 %`, or a dash where there is no whole."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def time(ns: int) -> str:
    """A moment of simulated time in the unit it is best read in: `12.402 s`, `3.250 ms`, `12.000 µs`."""
    for factor, unit in _STEPS:
        if abs(ns) >= factor:
            return f"{ns / factor:,.3f} {unit}" if factor > 1 else f"{ns} ns"
    return "0 s"


def fine_time(ns: int) -> str:
    """A moment to the microsecond or finer, for rows of which thousands share a millisecond: `45.450433 s`, `3.250 ms`."""
    return f"{ns / 1e9:,.6f} s" if abs(ns) >= 1_000_000_000 else time(ns)


def short_time(ns: int) -> str:
    """A length of time to three figures: `260 ms`, `1.5 s`."""
    factor, unit = next(((factor, unit) for factor, unit in _STEPS if abs(ns) >= factor), (1_000_000_000, "s"))
    amount = ns / factor
    decimals = max(2 - math.floor(math.log10(abs(amount))), 0) if amount else 0
    written = f"{amount:,.{decimals}f}"
    return f"{written.rstrip('0').rstrip('.') if decimals else written} {unit}"


def span(low: int, high: int) -> str:
    """A stretch of time, both ends in one unit and with decimals that tell them apart: `0.526 to 2.027 s`."""
    factor, unit = next(((factor, unit) for factor, unit in _STEPS if abs(high) >= factor), (1_000_000_000, "s"))
    length = abs(high - low) / factor
    most = round(math.log10(factor))
    decimals = min(max(3, 2 - math.floor(math.log10(length)) if length else 3), most)
    first, last = (f"{ns / factor:,.{decimals}f}" if ns else "0" for ns in (low, high))
    return f"{first} to {last} {unit}"


def tick_labels(values: list[float], spacing: float) -> list[str]:
    """Labels of a time axis whose values are seconds; one unit for all of them, decimals as the spacing needs."""
    largest = max((abs(value) for value in values), default=0.0)
    factor, unit = 1.0, "s"
    for candidate, name in ((1.0, "s"), (1e3, "ms"), (1e6, "µs"), (1e9, "ns")):
        factor, unit = candidate, name
        if largest * candidate >= 1:
            break
    step = spacing * factor
    decimals = 0
    while decimals < 6 and abs(step * 10**decimals - round(step * 10**decimals)) > 1e-6 * max(step * 10**decimals, 1e-12):
        decimals += 1
    return [f"{value * factor:,.{decimals}f} {unit}" for value in values]


def one_line(text: str, limit: int = 400) -> str:
    """A recording's text fit for one cell: control and direction characters made visible, never longer than `limit`."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(c if c.isprintable() else " " if c in "\n\t\r" else "�" for c in cut)


def middle(text: str, limit: int) -> str:
    """`text` as `one_line` has it, but shortened in the middle: of names that begin alike the end says which it is."""
    if len(text) > limit:
        text = text[: limit // 2] + "…" + text[-(limit - limit // 2 - 1) :]
    return one_line(text, limit)


def plain(words: str) -> str:
    """`words` so that Qt shows them as they are where it would guess at markup: tool tips."""
    return "<qt>" + escape(words).replace("\n", "<br>") + "</qt>"
