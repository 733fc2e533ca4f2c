"""fork-bomb: a process forks children that stay, at a steady rate or without a sleep, until the kernel panics."""

from zoneviz.hurd import process
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.fork import fork
from zoneviz.mach import traps
from zoneviz.mach.sched_prim import SECOND, TICK
from zoneviz.scenarios import SESSION, Parameter, Run, Scenario, fail, in_session, pause


def start(run: Run) -> None:
    """Load a system whose session ends in the bomb."""
    in_session(run, "bomb", lambda p: bomb(run, p))


def bomb(run: Run, p: process.Process) -> Steps:
    """Fork a child that stays, wait, repeat. Without a wait the first fork is at a random time within the scheduler's second."""
    rate, jitter = run.params["rate"], run.params["jitter"]
    yield (process.running_as, "fork")
    if not rate:
        yield traps.sleep(int(SECOND * jitter * run.random.random()))
        yield traps.compute(int(TICK * jitter * run.random.random()))
    while True:
        kr, _ = yield from fork(p, process.wait_for_ever)
        run.kernel.operation(kr)
        if kr:
            yield (fail, kr)
        if rate:
            yield traps.sleep(pause(run))


SCENARIO = Scenario(
    name="fork-bomb",
    summary="A process forks children that stay, until the kernel panics.",
    start=start,
    claims=("S1", "S7", "S12", "S13", "S14", "S15", "S16", "S17", "S18", "S19", "S20", "S21", "S22", "S23", "S24"),
    parameters=(
        *SESSION,
        Parameter("rate", "float", 10.0, "Forks per second.", unit="1/s", low=0.01, high=10_000, zero="without a sleep between forks"),
        Parameter(
            "jitter",
            "float",
            0.1,
            "Random variation of the time between two forks, as a share of it; at rate 0 of the time before the first fork, 1 s.",
            low=0,
            high=1,
        ),
    ),
)
