"""Measure processes on the model: what a session leaves in its youngest child, and what a call leaks. Two tables of docs/fidelity.md.

    python tools/processes.py [--write docs/fidelity.md]
"""

import argparse
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from zoneviz.events import DEAD_NAME, RECEIVE, SEND
from zoneviz.hurd import memory, session
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.fork import fork
from zoneviz.hurd.leaks import AFTER, LEAKS
from zoneviz.hurd.process import Process, wait_for_ever
from zoneviz.mach import traps
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.profile import PROFILES, override
from zoneviz.mach.task import Task
from zoneviz.scenarios import Run, find

PROFILE = "antrik-2005"
SECOND = 1_000_000_000
MORE = 20  # children over which the cost of one is averaged
CALLS = 200
ROWS = tuple(LEAKS)


class Child(NamedTuple):
    """What the youngest child of a session has. `cost`: bytes of zone memory for one more child."""

    receive: int
    names: int
    dead: int
    entries: int
    threads: int
    cost: float


def in_use(k: Kernel) -> int:
    """The bytes of all elements in use."""
    return sum(zone.in_use * zone.elem_size for zone in k.zones.values())


def youngest(k: Kernel, name: str) -> Task:
    """The youngest living task of this name."""
    return [task for task in k.tasks.values() if task.name == name and task.alive][-1]


def to_the_end(k: Kernel) -> None:
    """Run a kernel. Errors: RuntimeError if the run does not finish."""
    while k.run(10_000):
        pass
    if k.ended is None or k.ended.outcome != "finished":
        raise RuntimeError(f"the run ended as {k.ended}")


def child_of(login: str, user: str) -> Child:
    """The youngest child of a program in a session."""
    kernel = Kernel(PROFILES[PROFILE], lambda event: None)
    kernel.boot()
    used: list[int] = []

    def program(p: Process) -> Steps:
        for count in (1, MORE):
            for _ in range(count):
                yield from fork(p, wait_for_ever, "child")
            yield traps.sleep(SECOND)
            used.append((yield (lambda k, t: in_use(k),)))
        yield (lambda k, t: k.finish("finished"),)

    session.run_program(kernel, login, user, "program", program)
    to_the_end(kernel)
    child = youngest(kernel, "child")
    rights = [(entry.bits, getattr(entry.object, "alive", True)) for entry in child.space.entries.values()]
    dead = sum(bool(bits & DEAD_NAME or (bits & SEND and not alive)) for bits, alive in rights)
    receive = sum(bool(bits & RECEIVE) for bits, _ in rights)
    return Child(receive, len(rights), dead, len(child.map.entries), len(child.threads), (used[1] - used[0]) / MORE)


@contextmanager
def nothing_fitted() -> Iterator[None]:
    """The two fitted numbers are 0 meanwhile."""
    kept = memory.OTHER_REGIONS, session.LEFT_BY_SSHD
    memory.OTHER_REGIONS = session.LEFT_BY_SSHD = 0
    try:
        yield
    finally:
        memory.OTHER_REGIONS, session.LEFT_BY_SSHD = kept


def sessions() -> str:
    """The table of the sessions."""
    lines = [
        "| session | user | receive rights | names | dead names | map entries | threads | bytes for one more child |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for login in session.SESSIONS:
        for user in session.USERS:
            child = child_of(login, user)
            with nothing_fitted():
                bare = child_of(login, user)
            pairs = [
                f"{bare.receive} / {child.receive}",
                f"{bare.names} / {child.names}",
                f"{child.dead}",
                f"{bare.entries} / {child.entries}",
                f"{child.threads}",
                f"{bare.cost:,.0f} / {child.cost:,.0f}",
            ]
            lines.append(" | ".join([f"| {login}", user, *pairs]) + " |")
    return "\n".join(lines)


class Counts(NamedTuple):
    """A system after some calls: ports, bytes of zone memory, free pages, and the names of the youngest task of each name."""

    ports: int
    zones: int
    free: int
    names: dict[str, int]


def after(call: str, count: int, leaks: str) -> Counts:
    """The system after `count` calls."""
    kernel = Kernel(override(PROFILES[PROFILE], "leaks", leaks), lambda event: None)
    kernel.boot()
    scenario = find("server-calls")
    scenario.start(Run(kernel, scenario.parse({"call": call, "count": count}), random.Random(1)))
    to_the_end(kernel)
    names = {task.name: len(task.space.entries) for task in kernel.tasks.values() if task.alive}
    return Counts(kernel.zones["ipc ports"].in_use, in_use(kernel), kernel.phys.free, names)


def leak(name: str) -> str:
    """The row of a leak: what it adds to a call, between CALLS and twice as many calls."""
    (few, many), (few_clean, many_clean) = ([after(name, count, leaks) for count in (CALLS, 2 * CALLS)] for leaks in (name, "none"))

    def added(read: Callable[[Counts], float]) -> float:
        return (read(many) - read(few) - read(many_clean) + read(few_clean)) / CALLS

    def names_in(task: str) -> Callable[[Counts], float]:
        return lambda counts: counts.names.get(task, 0)

    where = {task: added(names_in(task)) for task in many.names}
    named = ", ".join(f"{task} {count:.3g}" for task, count in where.items() if count >= 0.1) or "none"
    cured = LEAKS[name].cured if LEAKS[name].cured != AFTER else "after 2007"
    sizes = f"{added(lambda c: c.ports):.3g} | {named} | {added(lambda c: c.zones):.0f} | {added(lambda c: -c.free):.2g}"
    return f"| `{name}` | {LEAKS[name].what} | {sizes} | {cured} |"


def leaks() -> str:
    """The table of the leaks."""
    head = "| leak | what a call leaves | ports | names | bytes of zone memory | pages | cured |\n|---|---|---|---|---|---|---|\n"
    return head + "\n".join(map(leak, ROWS))


def write(document: Path, word: str, table: str) -> None:
    """Put a table between its markers in a document.

    Errors: ValueError if the document has no such markers.
    """
    begin, end = (f"<!-- written by tools/processes.py, {word}: {which} -->" for which in ("begin", "end"))
    before, found, rest = document.read_text().partition(begin)
    _, closed, after_it = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{document} has no markers {begin} ... {end}")
    document.write_text(f"{before}{begin}\n\n{table}\n\n{end}{after_it}")


def main(args: list[str] | None = None) -> int:
    """The exit status: 0."""
    parser = argparse.ArgumentParser(description="Measure what sessions leave in a process, and what calls leak.")
    parser.add_argument("--write", type=Path, help="a document to write the two tables into, between their markers")
    given = parser.parse_args(args)
    for word, table in (("sessions", sessions()), ("leaks", leaks())):
        print(table, end="\n\n")
        if given.write:
            write(given.write, word, table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
