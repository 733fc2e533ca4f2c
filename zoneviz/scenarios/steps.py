"""steps: a list of operations in one task, as typed: to try what fills zone_map, and to see which of them matter.

`tasks 20; ports 500; threads 30`. What a step allocates stays until a later step frees it; at the end the run finishes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zoneviz.errors import UsageError
from zoneviz.mach import program, traps
from zoneviz.mach.program import Steps
from zoneviz.mach.sizes import PAGE
from zoneviz.scenarios import Parameter, Run, Scenario, fail

FAR = 0x20000000  # address of the regions
STRIDE = 2 * PAGE  # every second page, so that regions do not merge
MESSAGE = 500  # bytes of a message
MILLISECOND = 1_000_000
MOST = 1_000_000


@dataclass(slots=True)
class Held:
    """What the task has allocated, as names, and how many regions."""

    me: int
    ports: list[int] = field(default_factory=list)
    tasks: list[int] = field(default_factory=list)
    regions: int = 0


def ports(held: Held) -> Steps:
    """A receive right."""
    kr, name = yield traps.port_allocate(held.me)
    held.ports += [] if kr else [name]
    return kr


def threads(held: Held) -> Steps:
    """A thread of the own task that never runs."""
    kr, _ = yield traps.thread_create(held.me)
    return kr


def tasks(held: Held) -> Steps:
    """A task with a copy of the own memory and a thread."""
    kr, name = yield traps.task_create(held.me, True)
    if kr:
        return kr
    held.tasks.append(name)
    kr, _ = yield traps.thread_create(name)
    return kr


def regions(held: Held) -> Steps:
    """A page of memory, written."""
    address = FAR + STRIDE * held.regions
    kr, _ = yield traps.vm_allocate(held.me, PAGE, address)
    if not kr:
        held.regions += 1
        yield traps.touch(address)
    return kr


def free(held: Held) -> Steps:
    """Destroy the latest port, if there is one."""
    return (yield traps.port_destroy(held.me, held.ports.pop())) if held.ports else 0


def kill(held: Held) -> Steps:
    """Terminate the latest task, if there is one."""
    return (yield traps.task_terminate(held.tasks.pop())) if held.tasks else 0


def sleep(held: Held) -> Steps:
    """Wait for a millisecond."""
    yield traps.sleep(MILLISECOND)
    return 0


OPERATIONS: dict[str, Callable[[Held], Steps]] = {call.__name__: call for call in (ports, threads, tasks, regions, free, kill, sleep)}


def read(text: str) -> list[tuple[str, int]]:
    """The operations and their counts. Errors: UsageError in one sentence for what is not one."""
    out = []
    for step in filter(None, map(str.strip, text.split(";"))):
        name, _, number = step.partition(" ")
        number = number.strip() or "1"
        if name not in OPERATIONS or not (number.isascii() and number.isdecimal() and 1 <= int(number) <= MOST):
            raise UsageError(f"{step!r} is not a step; use one of {', '.join(OPERATIONS)} and a count up to {MOST:,}, such as: ports 500.")
        out.append((name, int(number)))
    return out


def check(params: Mapping[str, Any]) -> None:
    """Errors: UsageError if a step cannot be read."""
    read(params["steps"])


def start(run: Run) -> None:
    """Load the program."""
    program.start(run.kernel, main(run))


def main(run: Run) -> Steps:
    """The steps in order; a call that fails ends the run with its error."""
    held = Held((yield from program.prelude()))
    for name, count in read(run.params["steps"]):
        for _ in range(count):
            kr = yield from OPERATIONS[name](held)
            run.kernel.operation(kr)
            if kr:
                yield (fail, kr)
    yield (finish,)


def finish(kernel: Any, thread: object) -> None:
    """A trap: end the run."""
    kernel.finish("finished")


SCENARIO = Scenario(
    name="steps",
    summary="A list of operations in one task, as typed: what fills zone_map, and which of them matter.",
    start=start,
    check=check,
    steps="steps",
    parameters=(
        Parameter(
            "steps",
            "text",
            "tasks 20; ports 500; threads 30",
            f"Operations with counts, separated by semicolons: {', '.join(OPERATIONS)}; sleep counts ms, free and kill take the latest.",
        ),
    ),
)
