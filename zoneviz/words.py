"""How zoneviz writes numbers, sizes, shares, times and the names of tasks: in the window, on the command line and in reports.

Functions whose name ends in `_cell` keep a fixed number of decimals, so that the figures of a column line up.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

KERNEL = "the kernel"
"""Task 0: what was allocated before the first task, and ports that the kernel itself receives from."""

UNITS = {
    "KiB, MiB": (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)),
    "kB, MB": (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)),
    "bytes": (),
}
"""Unit styles by name: units and their bytes, largest first."""
_chosen = ["KiB, MiB"]
_HOUR, _DAY = 3600 * 10**9, 86400 * 10**9
LONG = 2 * _HOUR
"""From this many ns on, times are written in hours and days."""
_OWN_NUMBER = re.compile(r" \((?:(?:kernel thread )?\d+|softirq|hardirq|NMI)\)$")
"""What the names of a live Linux's tasks end with (sources/owners.py)."""
_NUMBERED = re.compile(r"task \d+")
UNNAMED = "unnamed tasks"
"""All tasks without a name, where tasks of one name are counted together."""
_KERNEL_BIT, _KERNEL_HALF = 1 << 47, 0xFFFF << 48
"""The sign of a 48-bit address, and the bits that repeat it."""
_JOINED = re.compile(r"(?<=\d) (?=%|(?:[mµn]?s|min|h|d|[KMG]iB|[kMG]?B)\b)|(?<=\d [hd]) (?=\d)|(?<=\d min) (?=\d+ s\b)")
"""The spaces between a figure and its unit, and between the parts of a time such as `4 h 40 min 13 s`."""
_PER = re.compile(r"(?<=B)/(?=[sh]\b)")
"""The stroke in a unit such as KiB/s, after which a line may otherwise end."""
_STEPS = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"), (1, "ns"))


def number(value: int) -> str:
    """`1,204,311`."""
    return f"{value:,}"


def signed(value: int) -> str:
    """A difference: `+1,204`, `-3`, `0`."""
    return f"{value:+,}" if value else "0"


def figures(amount: float) -> str:
    """A number that is not whole, to three significant figures: `1.25`, `842`, `12,345`."""
    return _figures(amount)


def rate(a_second: float, many: str = "") -> str:
    """`412,000 events/s`, `1.5 runs/s`, `80/s`."""
    return f"{_figures(a_second)}{' ' if many else ''}{many}/s"


def count(amount: int, one: str, many: str = "") -> str:
    """`1 thread`, `2 threads`; `many` is the plural where adding an s is wrong."""
    return f"{amount:,} {one if amount == 1 else many or one + 's'}"


def listed(things: list[str], last: str = "and") -> str:
    """`a, b and c`."""
    return f" {last} ".join([", ".join(things[:-1]), things[-1]] if len(things) > 1 else things)


def error(kern_return: int) -> str:
    """`error 6`, `error 0x1000480c`: those of messages and of the Hurd in hexadecimal, as in their headers."""
    return f"error {kern_return:#x}" if kern_return >= 0x10000000 else f"error {kern_return}"


def address(value: int) -> str:
    """`0xc0100000`; an address of a 64-bit kernel, of which recordings have 48 bits, in full: `0xffff888004a2c000`."""
    whole = value | _KERNEL_HALF if value & _KERNEL_BIT else value
    return f"{whole & 0xFFFFFFFFFFFFFFFF:#010x}"


def choose_units(name: str) -> None:
    """Write all sizes in this style of UNITS from now on, in the whole program."""
    _chosen[0] = name


def unit(value: float) -> tuple[str, int]:
    """The largest unit that `value` bytes reach, and its bytes."""
    return next(((name, factor) for name, factor in UNITS[_chosen[0]] if abs(value) >= factor), ("B", 1))


def size(value: int) -> str:
    """Bytes to three significant figures: `16 MiB`, `1.5 KiB`, `842 KiB`, `512 B`."""
    name, factor = unit(value)
    if factor == 1:
        return f"{value:,} B"
    return f"{_figures(value / factor)} {name}"


def exact_size(value: int) -> str:
    """All figures of bytes in the largest unit that divides them, without commas, as it is typed: `16448 KiB`, `16 MiB`, `4001 B`."""
    name, factor = next(((name, factor) for name, factor in UNITS[_chosen[0]] if value and value % factor == 0), ("B", 1))
    return f"{value // factor} {name}"


def size_cell(value: int) -> str:
    """Bytes with two decimals: `4.92 MiB`, `16.00 MiB`, `512 B`."""
    name, factor = unit(value)
    return f"{value:,} B" if factor == 1 else f"{value / factor:,.2f} {name}"


def signed_size(value: int) -> str:
    """A difference in bytes: `+1.5 KiB`, `-512 B`, `0 B`."""
    return ("+" if value > 0 else "-" if value < 0 else "") + size(abs(value))


def share(part: float, whole: float) -> str:
    """`87 %`; `under 1 %` for a little more than nothing; `-` if there is no whole."""
    if not whole > 0:
        return "-"
    percent = 100 * part / whole
    return "under 1 %" if 0 < percent < 1 else f"{percent:.0f} %"


def share_cell(part: float, whole: float) -> str:
    """`82.6 %`; `-` if there is no whole."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def time(ns: int) -> str:
    """A moment, in ns: `12.402 s`, `3.250 ms`, `12.000 µs`; `6 h 36 min 12 s` and `3 d 4 h 12 min` from two hours and two days on."""
    if abs(ns) >= LONG:
        minutes, seconds = divmod(ns // 10**9, 60)
        hours, minutes = divmod(minutes, 60)
        days, rest = divmod(hours, 24)
        return f"{days:,} d {rest} h {minutes:02} min" if days > 1 else f"{hours} h {minutes:02} min {seconds:02} s"
    for factor, name in _STEPS:
        if abs(ns) >= factor:
            return f"{ns / factor:,.3f} {name}" if factor > 1 else f"{ns} ns"
    return "0 s"


def fine_time(ns: int) -> str:
    """A moment to the microsecond or finer, for rows of which thousands share a millisecond: `45.450433 s`, `3.250 ms`."""
    return f"{ns / 1e9:,.6f} s" if 1_000_000_000 <= abs(ns) < LONG else time(ns)


def duration(ns: int) -> str:
    """A length of time, in ns, to three significant figures: `260 ms`, `1.5 s`, `6.6 h`, `3.2 d`."""
    steps = ((2 * _DAY, _DAY, "d"), (LONG, _HOUR, "h"), *((factor, factor, name) for factor, name in _STEPS))
    factor, name = next(((factor, name) for least, factor, name in steps if abs(ns) >= least), (1_000_000_000, "s"))
    return f"{_figures(ns / factor)} {name}"


def age(seconds: float) -> str:
    """How long ago something was, in one unit: `now`, `5 min`, `3 h`, `2 d`, `7 weeks`, `3 years`."""
    for most, length, name in ((60, 0, "now"), (3600, 60, "min"), (86400, 3600, "h"), (14 * 86400, 86400, "d")):
        if seconds < most:
            return f"{seconds / length:.0f} {name}" if length else name
    return f"{seconds / (7 * 86400):.0f} weeks" if seconds < 2 * 365 * 86400 else f"{seconds / (365 * 86400):.0f} years"


def span(low: int, high: int) -> str:
    """A stretch of time, in ns: one unit, and decimals that tell the two ends apart: `0.526 to 2.027 s`."""
    if abs(high) >= LONG:
        return f"{time(low)} to {time(high)}"
    factor, name = next(((factor, name) for factor, name in _STEPS if abs(high) >= factor), (1_000_000_000, "s"))
    length = abs(high - low) / factor
    most = round(math.log10(factor))
    decimals = min(max(3, 2 - math.floor(math.log10(length)) if length else 3), most)
    first, last = (f"{ns / factor:,.{decimals}f}" if ns else "0" for ns in (low, high))
    return f"{first} to {last} {name}"


def moment(seq: int, ns: int, time_kind: str) -> str:
    """`12.402 s (event 1,204,311)`; the event alone if the recording has no clock (`time_kind` other than "ns")."""
    return f"{time(ns)} (event {seq:,})" if time_kind == "ns" else f"event {seq:,}"


def tick_labels(values: list[float], spacing: float) -> list[str]:
    """Labels of a time axis with ticks at `values`, `spacing` apart, both in seconds: one unit, as many decimals as the spacing needs.

    From two hours on in hours or days, as `time`, and as fine as the spacing: `4 h 30 min`, `2 d 6 h`.
    """
    largest = max((abs(value) for value in values), default=0.0)
    if largest * 1e9 >= LONG:
        return [_long_label(value, spacing, largest * 1e9 >= 2 * _DAY) for value in values]
    factor, name = next(((f, name) for f, name in ((1.0, "s"), (1e3, "ms"), (1e6, "µs")) if largest * f >= 1), (1e9, "ns"))
    return [f"{value * factor:,.{_decimals(spacing * factor)}f} {name}" for value in values]


def _decimals(step: float) -> int:
    """How many decimals tell multiples of `step` apart, at most 6."""
    return next((n for n in range(6) if abs(step * 10**n - round(step * 10**n)) <= 1e-6 * max(step * 10**n, 1e-12)), 6)


def _long_label(value: float, spacing: float, in_days: bool) -> str:
    """Seconds as days, hours, minutes and seconds, without those that all multiples of `spacing` have as 0."""
    decimals = _decimals(spacing)
    whole, fraction = divmod(round(value * 10**decimals), 10**decimals)
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    days, rest = divmod(hours, 24) if in_days else (0, hours)
    parts = [f"{days:,} d"] if in_days else []
    if not in_days or spacing % 86400:
        parts.append(f"{rest} h")
    if spacing % 3600:
        parts.append(f"{minutes:02} min")
    if spacing % 60:
        parts.append(f"{seconds:02}{f'.{fraction:0{decimals}}' if decimals else ''} s")
    return " ".join(parts)


def clock(zero: datetime, seconds: float, spacing: float = 1.0) -> str:
    """The time of day `seconds` after `zero`, as fine as `spacing` seconds: `17:34`, `17:34:10`, `17:34:10.25`; `1 Dec` for whole days."""
    decimals = min(_decimals(spacing), 6)
    moment = zero + timedelta(microseconds=round(seconds * 10**decimals) * 10 ** (6 - decimals))
    if spacing >= 86400:
        return f"{moment.day} {moment:%b}"
    fraction = f".{moment.microsecond:06}"[: decimals + 1] if decimals else ""
    return f"{moment:%H:%M}" + ("" if spacing % 60 == 0 else f"{moment:%S}".join([":", fraction]))


def clock_labels(zero: datetime, values: list[float], spacing: float) -> list[str]:
    """As `tick_labels`, by the clock: time 0 is `zero`. A tick at midnight is labelled with its day."""
    return [clock(zero, v, 86400) if clock(zero, v) == "00:00:00" else clock(zero, v, spacing) for v in values]


def named_task(task: int, name: str) -> str:
    """A task by its name, if it has one: `bomb`, `task 6`; `the kernel` for task 0."""
    return name or (f"task {task}" if task else KERNEL)


def task_name(task: int, names: Mapping[int, str]) -> str:
    """As `named_task`; `names` by id."""
    return named_task(task, names.get(task, ""))


def nameless(name: str) -> bool:
    """Whether a task has no name, or only the number that its own system gave it: `task 3` of an imported stream."""
    return not name or _NUMBERED.fullmatch(name) is not None


def unique_name(name: str) -> bool:
    """Whether the name of a task tells it from all others, as those of real machines do: `bash (23796)`, `interrupts (softirq)`, and
    `task 3`, a number in place of a name."""
    return (bool(name) and nameless(name)) or (name.endswith(")") and _OWN_NUMBER.search(name) is not None) or name in ("idle", KERNEL)


def program(name: str) -> str:
    """The program in the name of a task of a real machine: `bash` of `bash (23796)`, `kworker` of `kworker/0:1 (kernel thread 23)`."""
    if not name.endswith(")"):  # faster than a pattern, and a long run has tens of thousands of names
        return name
    bare = _OWN_NUMBER.sub("", name)
    return bare.partition("/")[0] if "(kernel thread " in name else bare


def task(number: int, names: Mapping[int, str]) -> str:
    """A task, on one line, with its number if its name is not enough: `bomb (task 6)`, `task 6`, `bash (23796)`, `the kernel`."""
    name = one_line(task_name(number, names), 60)
    return name if not number or name == f"task {number}" or unique_name(name) else f"{name} (task {number})"


def plain(value: object) -> str:
    """A value as text that moves no cursor and changes no colour: unprintable characters become escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(value))


def one_line(text: str, limit: int = 400) -> str:
    """A recording's text for one cell or sentence: at most `limit` characters, control and direction characters replaced."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return cut if cut.isprintable() else "".join(c if c.isprintable() else " " if c in "\n\t\r" else "�" for c in cut)


def unbroken(text: str) -> str:
    """`text` for labels of several lines: no line ends between a figure and its unit, in a unit or in a time. Not for terminals."""
    return _PER.sub("/\u2060", _JOINED.sub("\u00a0", text))


def middle(text: str, limit: int) -> str:
    """As `one_line`, but shortened in the middle: the end of a file name tells it from others that begin alike."""
    if len(text) > limit:
        text = text[: limit // 2] + "…" + text[-(limit - limit // 2 - 1) :]
    return one_line(text, limit)


def _figures(amount: float) -> str:
    """A number to three significant figures, never fewer digits than its whole part has."""
    decimals = max(2 - math.floor(math.log10(abs(amount))), 0) if amount else 0
    written = f"{amount:,.{decimals}f}"
    return written.rstrip("0").rstrip(".") if decimals else written
