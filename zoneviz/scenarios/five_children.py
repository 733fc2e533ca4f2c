"""five-children: a few children are started and killed in quick succession, with much or little zone memory free."""

from typing import Any

from zoneviz.hurd import process
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.fork import fork
from zoneviz.mach import traps
from zoneviz.mach.kernel import Kernel
from zoneviz.scenarios import SESSION, Parameter, Run, Scenario, fail, in_session

SECOND = 1_000_000_000
IN_A_TASK = 100_000  # ports: a task can hold about 178,700 at most [M]
AFTERWARDS = 2 * SECOND  # time for the servers to handle the exits


def start(run: Run) -> None:
    """Load a system whose session ends in the program that starts and kills the children."""
    in_session(run, "parent", lambda p: parent(run, p))


def parent(run: Run, p: process.Process) -> Steps:
    """Use up zone memory if requested; start the children, kill them, wait for them."""
    kernel = run.kernel
    if run.params["headroom"] is not None:
        kernel.mark("use up")
        yield from use_up(p, run.params["headroom"])
    kernel.mark("start")
    pids = []
    for _ in range(run.params["children"]):
        kr, pid = yield from fork(p, process.wait_for_ever)
        if kr:
            run.kernel.operation(kr)
            yield (fail, kr)
        pids.append(pid)
    kernel.mark("kill")
    for pid in pids:
        kr = yield from process.kill(p, pid)
        kernel.operation(kr)
    for _ in pids:
        yield from process.wait(p)
    yield traps.sleep(AFTERWARDS)
    yield (lambda k, t: k.finish("finished"),)


def use_up(p: process.Process, headroom: int) -> Steps:
    """Allocate ports in idle tasks, until at most `headroom` bytes of zone_map are free."""
    while (yield (free_bytes,)) > headroom:
        kr, task = yield traps.task_create(p.me, False, "ballast")
        for _ in range(IN_A_TASK):
            kr, _ = yield traps.port_allocate(task)
            if kr or (yield (free_bytes,)) <= headroom:
                break
        if kr:
            yield (fail, kr)


def free_bytes(k: Kernel, thread: Any) -> int:
    """A trap: the free bytes of zone_map."""
    return int(k.zone_map.size - k.zone_map.used)


SCENARIO = Scenario(
    name="five-children",
    summary="A few children are started and killed in quick succession.",
    start=start,
    claims=("S10", "S11"),
    parameters=(
        *SESSION,
        Parameter("children", "int", 5, "Children that are started, then killed one right after another.", low=1, high=2_000),
        Parameter("headroom", "size", None, "Use up zone_map first, until this much is free; auto: use up nothing.", unit="B", low=0),
    ),
)
