"""What filled a memory: its bytes by processes, threads, ports, messages and address spaces, and the pattern they show.

docs/diagnosis.md has the rules and their sources. None of them uses the largest zone.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from zoneviz.playback.diagnosis.counting import Counts
from zoneviz.playback.diagnosis.families import MEMORY, MESSAGES, PORTS, TASKS, THREADS, Families
from zoneviz.playback.diagnosis.families import OTHER as OTHER_FAMILY
from zoneviz.playback.diagnosis.memories import Memory
from zoneviz.playback.diagnosis.usage import Usage
from zoneviz.playback.limits import ZONE_MAP
from zoneviz.state.actors import TH_TASK
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import Ints

NONE, OTHER = "none", "other"
FORK_BOMB, RECURSIVE, LEAK, EXPLOSION, BACKLOG = "fork bomb", "recursive forking", "port leak", "thread explosion", "message backlog"
PATTERNS = (LEAK, EXPLOSION, FORK_BOMB, RECURSIVE, BACKLOG)

CAUSE, LIKELY, OPEN = "cause", "likely", "open"
PROCESSES = "processes"
PARTS = (PROCESSES, "threads", "ports", "messages", "address spaces", "other")

OWN_THREADS = 4
"""Threads counted as part of a process; fork creates two [S glibc fork.c]. Further threads are a server's workers."""
OWN_PORTS = 96
"""Receive rights counted as part of a process; a process deep in an ssh session has about 70 [S]."""
OWN_SPACE = 64
"""Address space elements counted as part of a process: 15 to 25 map entries [I], an object with ports for each written one [E]."""
WORKER_ELEMENTS = 6
"""Most address space elements of a worker: the two or three map entries of its stack, objects and their ports [S, M]."""
WORKER_MESSAGES = 1
"""Messages to wake a worker that count for it: a cthread that gets a lock is woken by a message from its task [S]."""
PROCESSES_LEAST, THREADS_LEAST, PORTS_LEAST, MESSAGES_LEAST = 16, 32, 256, 64
"""Fewest new processes, threads, ports and messages that make a pattern."""
PRESSURE = 0.5
"""A pattern is named only if a memory ran out, or live elements use this share of the room of one."""
MOST, MANY, LEAD = 0.5, 0.35, 1.25
"""A part with MOST of the bytes is the cause; one with MANY of them and LEAD times the next part is the likely cause."""
CACHED = 0.25
"""A zone_map that ended with less than this share of its use in live elements is held by the allocator, not by its users."""
LATE, LAST, STANDING = 0.25, 0.05, 0.2
"""The youngest LATE of the bytes decides what fills a memory; a part with at most STANDING of them has stopped growing.

If the leading part has at most STANDING of the youngest LAST, it is only likely.
"""
ONE_PARENT = 0.5
"""Share of the younger half of the new processes that one parent has in a fork bomb; with less, forking is recursive."""


@dataclass(frozen=True, slots=True)
class Grown:
    """What has been added since the stretch began.

    `new_tasks`: created in the stretch and alive, in order; `parents`: of their younger half, children by parent. `threads`,
    `ports`, `names`: additions by task, ports by receiver. `messages`: kmsgs.
    """

    new_tasks: tuple[int, ...]
    threads: dict[int, int]
    ports: dict[int, int]
    names: dict[int, int]
    messages: int
    parents: dict[int, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The pattern, its confidence, and the bytes of each part of all that filled the memory, of the youngest LATE and LAST.

    `task`: whose pattern it is, 0 if unknown; `part`: the one that fills the memory, "" if unknown.
    """

    pattern: str
    confidence: str
    parts: dict[str, int]
    late: dict[str, int]
    last: dict[str, int]
    task: int = 0
    part: str = ""


def grown(before: MachineState, after: MachineState, fresh: Usage, counts: Counts, families: Families) -> Grown:
    """Count what has been added; `fresh`: elements allocated since."""
    born = after.tasks.live()
    new = tuple(int(task) for task in born if after.tasks.table[task, 0] > before.seq)
    parent = dict(counts.parents)
    threads = Counter(_by(after.threads.table[after.threads.live(), TH_TASK]))
    threads.subtract(_by(before.threads.table[before.threads.live(), TH_TASK]))
    ports = after.ports
    receivers = ports.receiver[(ports.seq > before.seq) & (ports.receiver > 0)]
    names = Counter({task: rights.names for task, rights in after.rights.by_task().items()})
    names.subtract({task: rights.names for task, rights in before.rights.by_task().items()})
    messages = sum(count for path, count, _ in fresh.by("path") if families[path] == MESSAGES)
    # The older half includes the system's own processes, which have many parents in any run.
    children = dict(Counter(parent.get(task, 0) for task in new[len(new) // 2 :]))
    return Grown(new, _positive(threads), _by(receivers), _positive(names), messages, children)


def parts_of(usage: Usage, families: Families, more: Grown) -> dict[str, int]:
    """Bytes by part. The few threads and names every process has count for the process.

    A worker's stack and the message that wakes it count for its thread.
    """
    sums = dict.fromkeys(range(6), 0)
    new = set(more.new_tasks) if len(more.new_tasks) >= PROCESSES_LEAST else set()
    workers = {task: n for task, n in more.threads.items() if n - (OWN_THREADS if task in new else 0) >= THREADS_LEAST}
    spaces: dict[int, tuple[int, int]] = {}
    wakings: dict[int, tuple[int, int]] = {}
    entries = 0
    for _, task, path, count, size in usage.rows():
        family = families[path]
        sums[family] += size
        if family == MESSAGES and task in workers and families.sent_by_program(path):
            counted, bytes_ = wakings.get(task, (0, 0))
            wakings[task] = counted + count, bytes_ + size
        if family != MEMORY:
            continue
        if task not in workers:
            entries += count
        else:
            counted, bytes_ = spaces.get(task, (0, 0))
            spaces[task] = counted + count, bytes_ + size
    stacks = sum(round(size * min(1.0, WORKER_ELEMENTS * workers[task] / count)) for task, (count, size) in spaces.items())
    woken = sum(round(size * min(1.0, WORKER_MESSAGES * workers[task] / count)) for task, (count, size) in wakings.items())
    own = round((sums[MEMORY] - sum(size for _, size in spaces.values())) * min(1.0, OWN_SPACE * len(new) / max(entries, 1)))
    threads = round(sums[THREADS] * _share(more.threads, new, OWN_THREADS))
    ports = round(sums[PORTS] * _share(more.ports, new, OWN_PORTS))
    values = (
        sums[TASKS] + threads + ports + own,
        sums[THREADS] - threads + stacks + woken,
        sums[PORTS] - ports,
        sums[MESSAGES] - woken,
        sums[MEMORY] - stacks - own,
        sums[OTHER_FAMILY],
    )
    return dict(zip(PARTS, values, strict=True))


def verdict(memories: list[Memory], parts: dict[str, int], late: dict[str, int], last: dict[str, int], more: Grown) -> Verdict:
    """The pattern, from the share of each part in all bytes and in the youngest, and the number of new things.

    `parts`: of all bytes that filled the memory; `late`: of the youngest quarter; `last`: of the youngest twentieth.
    """
    filled = next((m for m in memories if m.ended), None) or max(memories, key=lambda m: m.full, default=None)
    whole = sum(parts.values())
    # A zone_map full of free elements is not filling up.
    if filled is None or not (filled.ended or (filled.full >= PRESSURE and whole >= PRESSURE * filled.room)):
        return Verdict(NONE, OPEN, parts, late, last)
    if filled.ended and filled.name == ZONE_MAP and whole < CACHED * filled.used:
        return Verdict(OTHER, OPEN, parts, late, last)
    part, confidence = _leading(parts, late)
    if confidence == CAUSE and last[part] <= STANDING * sum(last.values()):
        confidence = LIKELY
    pattern, task = _named(part, more) if confidence != OPEN else (OTHER, 0)
    return Verdict(pattern, confidence if pattern != OTHER else OPEN, parts, late, last, task, part if pattern != OTHER else "")


def _leading(parts: dict[str, int], late: dict[str, int]) -> tuple[str, str]:
    """The part that fills the memory, and its confidence.

    A part that was allocated early and stopped growing is a constant load; the part that takes the last of a memory fills it.
    """
    whole, young = sum(parts.values()), sum(late.values())
    if whole <= 0 or young <= 0:
        return "", OPEN
    first, second = sorted(late.values(), reverse=True)[:2]
    lead = max(PARTS, key=lambda part: late[part])
    most = max(PARTS, key=lambda part: parts[part])
    if first < MANY * young or first < LEAD * second:
        return "", OPEN
    standing = most != lead and late[most] <= STANDING * young
    if first >= MOST * young and (parts[lead] >= MOST * whole or standing):
        return lead, CAUSE
    return lead, LIKELY


def _named(part: str, more: Grown) -> tuple[str, int]:
    """The pattern of a part, if enough was added, and the task it points to."""
    new = len(more.new_tasks)
    if part == PROCESSES and new >= PROCESSES_LEAST:
        parent, children = max(more.parents.items(), key=lambda item: (item[1], -item[0]))
        bomb = children >= ONE_PARENT * sum(more.parents.values())
        return (FORK_BOMB, parent) if bomb else (RECURSIVE, 0)
    for name, pattern, by_task, least in (
        ("threads", EXPLOSION, more.threads, THREADS_LEAST),
        ("ports", LEAK, more.ports, PORTS_LEAST),
        ("ports", LEAK, more.names, PORTS_LEAST),
    ):
        if part == name and sum(by_task.values()) >= least:
            return pattern, max(by_task.items(), key=lambda item: (item[1], -item[0]))[0]
    return (BACKLOG, 0) if part == "messages" and more.messages >= MESSAGES_LEAST else (OTHER, 0)


def by_largest(zone: str) -> str:
    """The pattern that the name of the largest zone alone suggests; for the table in docs/diagnosis.md."""
    if zone in ("threads", "i386 pcb state"):
        return EXPLOSION
    if zone in ("ipc ports", "ipc tree entries", "ipc port sets"):
        return LEAK
    if zone.startswith("kalloc."):
        return BACKLOG
    return FORK_BOMB if zone in ("tasks", "maps", "pmap", "ipc spaces", "non-kernel map entries") else OTHER


def _by(ids: Ints) -> dict[int, int]:
    return dict(zip(*(part.tolist() for part in np.unique(ids, return_counts=True)), strict=True))


def _positive(counts: Counter[int]) -> dict[int, int]:
    return {task: n for task, n in counts.items() if n > 0}


def _share(by_task: dict[int, int], new: set[int], own: int) -> float:
    whole = sum(by_task.values())
    return sum(min(n, own) for task, n in by_task.items() if task in new) / whole if whole else 0.0
