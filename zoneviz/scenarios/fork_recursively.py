"""fork-recursively: each child forks the next one, so that the inherited ports grow with each generation."""

from zoneviz.hurd import process
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.fork import fork
from zoneviz.mach import traps
from zoneviz.scenarios import SESSION, Parameter, Run, Scenario, experiment, fail, in_session, pause


def start(run: Run) -> None:
    """Load a system whose session ends in the first process of the chain."""
    in_session(run, "bomb", lambda p: link(run, p))


def link(run: Run, p: process.Process) -> Steps:
    """A process of the chain: wait, fork the next one, stay."""
    yield (process.running_as, "fork")
    yield traps.sleep(pause(run))
    kr, _ = yield from fork(p, experiment(run, lambda child: link(run, child)))
    run.kernel.operation(kr)
    if kr:
        yield (fail, kr)
    yield from process.wait_for_ever(p)


SCENARIO = Scenario(
    name="fork-recursively",
    summary="Each child forks the next one and stays, until the kernel panics.",
    start=start,
    claims=("S24", "S25"),
    parameters=(
        *SESSION,
        Parameter("rate", "float", 10.0, "Forks per second.", unit="1/s", low=0.01, high=10_000),
        Parameter("jitter", "float", 0.1, "Random variation of the time before a fork, as a share of it.", low=0, high=1),
    ),
)
