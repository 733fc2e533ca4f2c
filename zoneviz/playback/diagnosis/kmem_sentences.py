"""What kmem events say about growth, as sentences: who allocated what is still there, where, how fast, and when memory ends."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from zoneviz import words
from zoneviz.events import Catalog
from zoneviz.playback.bounded import MEMORY
from zoneviz.playback.diagnosis.memories import NAME_LENGTH
from zoneviz.playback.diagnosis.results import LEAK, CallSite, Diagnosis, Finding
from zoneviz.playback.diagnosis.survivors import Survivors
from zoneviz.playback.forecast import forecast
from zoneviz.playback.rates import per_second, rate, until
from zoneviz.playback.zone_families import reclaimable
from zoneviz.recording import Recording
from zoneviz.recording.header import LIVE, Header
from zoneviz.state.rows import Ints

ROWS, OTHERS = 4, 3
"""Call sites named of the process that leaks most, and other processes that leak."""
_LEFT = 3
"""Call sites named where nothing leaks, and zones named for what the system takes back and for churn."""
_NEARLY = 0.9
"""Share of a leak that one system call has if the leak is named after it."""
_CALL = re.compile(r"__(?:(?:x64|ia32|arm64|s390x?|riscv|do|se)_)?(?:compat_)?sys_(\w+?)(?:\.\w+)*")
"""The function of a system call, such as __x64_sys_pipe2."""
_FILTERS = {"only": "from", "min_size": "of at least", "pid": "by process", "command": "by", "cgroup": "by the control group"}
"""Parameters of a live recording that leave allocations out, and the words before their values."""
_CALLED = {"slab_unreclaimable": "SUnreclaim", "cgroup_slab_unreclaimable": "slab_unreclaimable of the control group"}


def findings(recording: Recording, found: Survivors, diagnosis: Diagnosis, why_not: str) -> list[Finding]:
    """All findings. `why_not`: why there is no verdict, as the end of a sentence."""
    rows = diagnosis.growth or []
    return [
        _verdict(found, diagnosis, rows, why_not),
        *_rows(found, diagnosis, rows),
        *(_limit(recording.catalog, found, diagnosis, rows) if rows else _left(found, diagnosis)),
        *_missing_names(diagnosis, rows),
        *_taken_back(diagnosis),
        *_churn(recording.catalog, found),
        *_unknown(found, rows),
        *_filtered(recording.header),
        *_next(recording, rows),
    ]


def _filtered(header: Header) -> list[Finding]:
    """Which allocations a live recording left out: what it does not show may leak as well."""
    if header.kind != LIVE:
        return []
    values = {name: header.parameters[name] for name in _FILTERS if header.parameters.get(name)}
    shown = {name: words.size(value) if name == "min_size" and isinstance(value, int) else str(value) for name, value in values.items()}
    given = [f"{_FILTERS[name]} {words.one_line(value, NAME_LENGTH)}" for name, value in shown.items()]
    return [Finding("filtered", f"Only allocations {' '.join(given)} were recorded: others may leak, too.")] if given else []


def owner(row: CallSite) -> str:
    """The process of a row: `nginx (2041)`."""
    name = words.one_line(row.task, NAME_LENGTH)
    return name if row.pid is None or name == f"pid {row.pid}" else f"{name} ({row.pid})"


def _shortened(names: list[str]) -> str:
    """The first names of a list, and how many more there are."""
    shown = [words.one_line(name, NAME_LENGTH) for name in names[:_LEFT]]
    return words.listed([*shown, f"{words.number(len(names) - _LEFT)} more"] if len(names) > _LEFT else shown)


def _same(row: CallSite, other: CallSite) -> bool:
    """Whether two rows are of one process, or of equally many of one command."""
    return (row.task_id, row.task) == (other.task_id, other.task)


def system_call(frames: Sequence[str]) -> str:
    """The system call of a call path, outermost frame first: "pipe2"; "" if it has none."""
    return next((found[1] for frame in frames if (found := _CALL.fullmatch(frame))), "")


def _where(row: CallSite) -> str:
    call = system_call(row.call_path[:-1])
    return f"{words.one_line(row.call_site, NAME_LENGTH)} in the system call {call}" if call else words.one_line(row.call_site, NAME_LENGTH)


def _verdict(found: Survivors, diagnosis: Diagnosis, rows: list[CallSite], why_not: str) -> Finding:
    """Whether there is a leak, and whose."""
    if diagnosis.verdict is None:
        return Finding("pattern", f"This recording cannot say whether memory leaks: {why_not}.", seq=diagnosis.at)
    length = words.duration(found.span)
    if diagnosis.verdict != LEAK:
        text = f"No leak in these {length}: what was allocated was freed or replaced, grew only for a while, or the system takes it back."
        return Finding("pattern", text, seq=diagnosis.at, numbers={"seconds": found.span / 1e9})
    mine = [row for row in rows if _same(row, rows[0])]
    elements, size, made = (sum(column) for column in zip(*((row.elements, row.bytes, row.allocations) for row in mine), strict=True))
    speed = size / max(found.span, 1) * 1e9
    text = f"A leak by {owner(rows[0])}{_by_call(mine, size)}: {words.number(elements)} of the {words.number(made)} elements allocated at "
    text += f"{words.count(len(mine), 'call site')} in {length} are still there, {words.size(size)}, +{rate(speed)}."
    numbers = {"elements": elements, "bytes": size, "rate": round(speed, 3)}
    return Finding("pattern", text, diagnosis.confidence, diagnosis.at, zone=rows[0].zone, task=rows[0].task_id, numbers=numbers)


def _by_call(rows: list[CallSite], size: int) -> str:
    """The system call in which nearly all of `size` bytes were allocated, for a sentence; "" if there is no such call."""
    calls = Counter[str]()
    for row in rows:
        calls[system_call(row.call_path)] += row.bytes
    name, most = calls.most_common(1)[0]
    return f" in the system call {name}" if name and most >= _NEARLY * size else ""


def _rows(found: Survivors, diagnosis: Diagnosis, rows: list[CallSite]) -> list[Finding]:
    """The call sites of the process that leaks most, and the largest one of each other process."""
    if not rows:
        return []
    mine = [row for row in rows if _same(row, rows[0])]
    largest = {(row.task_id, row.task): row for row in reversed(rows)}
    others = [row for row in rows if row is largest[row.task_id, row.task] and not _same(row, rows[0])]
    return [_row(found, diagnosis, row, "growth") for row in (*mine[:ROWS], *others[:OTHERS])]


def _row(found: Survivors, diagnosis: Diagnosis, row: CallSite, kind: str) -> Finding:
    other = f" (merged with {_shortened(row.merged)})" if row.merged else ""
    text = f"“{words.one_line(row.zone, NAME_LENGTH)}”{other} allocated by {owner(row)} at {_where(row)}: "
    text += f"{words.number(row.elements)} of {words.number(row.allocations)} still there, {words.size(row.bytes)}"
    if found.span:
        text += f", +{per_second(row.elements / found.span * 1e9)}, +{rate(row.bytes_per_s)}"
    numbers = {"elements": row.elements, "bytes": row.bytes, "allocations": row.allocations, "rate": row.bytes_per_s}
    return Finding(kind, f"{text}.", seq=diagnosis.at, zone=row.zone, task=row.task_id, path=row.path, numbers=numbers)


def _limit(catalog: Catalog, found: Survivors, diagnosis: Diagnosis, rows: list[CallSite]) -> list[Finding]:
    """When unreclaimable slab memory reaches its limit: by its own curve, else at the rate of the leaks alone."""
    ids = {figure.name: figure.id for figure in catalog.figures}
    speed = sum(row.bytes_per_s for row in rows if not reclaimable(row.zone))
    out = list[tuple[float, Finding]]()
    for name, bound, whole in MEMORY:
        times, used = _curve(found, ids.get(name, 0))
        _, left = _curve(found, ids.get(bound, 0))
        if not len(used) or not len(left):
            continue
        now, level = diagnosis.time, int(used[-1])
        limit = int(left[-1]) if whole else level + int(left[-1])
        ahead = forecast(times, used, limit, now)
        text = f"{_CALLED[name]} is {words.size(level)} and can grow to {words.size(limit)}"
        numbers: dict[str, int | float] = {"used": level, "size": limit}
        if ahead is not None and ahead.growing and ahead.at is not None:
            numbers |= {"rate": ahead.rate, "full at": ahead.at}
            out.append((ahead.at, Finding("growth", f"{text}: {until(ahead, now)}.", seq=diagnosis.at, numbers=numbers)))
        elif speed > 0:
            time = max(limit - level, 0) / speed * 1e9
            numbers |= {"rate": speed, "full at": round(now + time)}
            text += f": reached in {words.duration(round(time))} at the rate of the leaks alone."
            out.append((now + time, Finding("growth", text, seq=diagnosis.at, numbers=numbers)))
    return [min(out, key=lambda pair: pair[0])[1]] if out else []


def _curve(found: Survivors, figure: int) -> tuple[Ints, Ints]:
    """Times in ns and values of a figure of the machine, (m,) each."""
    mine = found.figures[found.figures[:, 1] == figure]
    return mine[:, 0], mine[:, 2]


def _left(found: Survivors, diagnosis: Diagnosis) -> list[Finding]:
    """Without a leak: the largest groups that are still there, apart from what the system takes back."""
    rows = [holder for holder in diagnosis.holders if holder.grown and not reclaimable(holder.zone)][:_LEFT]
    each = [f"“{words.one_line(row.zone, NAME_LENGTH)}” by {words.one_line(row.task_name or 'the kernel', NAME_LENGTH)}" for row in rows]
    sized = [f"{name} {words.size(row.grown)}" for name, row in zip(each, rows, strict=True)]
    text = f"Most of what was allocated meanwhile and is still there: {', '.join(sized)}."
    return [Finding("most", text, seq=diagnosis.at, zone=rows[0].zone, task=rows[0].task, path=rows[0].path)] if rows else []


def _missing_names(diagnosis: Diagnosis, rows: list[CallSite]) -> list[Finding]:
    """Dentries that leak without an open file are of names that do not exist."""
    files = {row.task_id for row in rows if row.zone == "filp"}
    names = [row for row in rows if row.zone.startswith("dentry") and row.task_id not in files]
    if not names:
        return []
    text = f"The dentries of {owner(names[0])} have no inodes: it asks for names that do not exist, and the kernel remembers each. "
    text += "The system takes them back only when memory runs short."
    return [Finding("kept", text, seq=diagnosis.at, zone=names[0].zone, task=names[0].task_id, path=names[0].path)]


def _taken_back(diagnosis: Diagnosis) -> list[Finding]:
    rows = diagnosis.taken_back or []
    if not rows:
        return []
    each = [f"“{words.one_line(row.zone, NAME_LENGTH)}” by {owner(row)} {words.signed_size(row.bytes)}" for row in rows[:_LEFT]]
    size = sum(row.bytes for row in rows)
    text = f"The system takes back when memory runs short: {words.size(size)} of what was allocated, most of it {', '.join(each)}."
    return [Finding("innocent", text, seq=diagnosis.at, zone=rows[0].zone, task=rows[0].task_id, numbers={"size": size})]


def _churn(catalog: Catalog, found: Survivors) -> list[Finding]:
    """The zones with most allocations that were freed again."""
    allocated, freed = (table.sum(axis=1) for table in (found.allocated, found.freed))
    both = np.minimum(allocated, freed)[1 : len(catalog.zones) + 1]
    top = [zone for zone in np.argsort(-both, kind="stable")[:_LEFT].tolist() if both[zone]]
    if not top:
        return []
    each = [
        f"“{words.one_line(catalog.zones[i].name, NAME_LENGTH)}” {words.number(allocated[i + 1])} and {words.number(freed[i + 1])}"
        for i in top
    ]
    text = f"Most churn, elements allocated and freed: {', '.join(each)}."
    return [Finding("churn", text, zone=catalog.zones[top[0]].name, numbers={"allocated": int(allocated[top[0] + 1])})]


def _unknown(found: Survivors, rows: list[CallSite]) -> list[Finding]:
    """What the events cannot say."""
    out = ["The events name the process that allocated an element, not the one that holds it now. Older elements have no owner."]
    if found.lost:
        places = words.count(found.lost, "place")
        out.append(f"Events were lost at {places}, so some elements that seem to be there were freed. Use a larger --buffer, or --only.")
    if rows:
        out.append("A program may free later what it keeps now: its code says whether this is a fault.")
    if any(row.merged for row in rows):
        out.append("Linux merges caches of equal size under one name: the call site says which of them it is.")
    return [Finding("unknown", text) for text in out]


def _next(recording: Recording, rows: list[CallSite]) -> list[Finding]:
    """What to do for more."""
    if not rows or any(system_call(row.call_path) for row in rows):
        return []
    command = "record again with --stacks" if recording.header.kind == LIVE else "record it again with call stacks"
    return [Finding("next", f"To see which system calls lead to these call sites, {command}.")]
