"""port-leak: a few processes allocate ports and never free them, at a steady rate; nothing else changes."""

from zoneviz.hurd import process
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.fork import fork
from zoneviz.mach import traps
from zoneviz.scenarios import SESSION, Parameter, Run, Scenario, fail, in_session, pause


def start(run: Run) -> None:
    """Load a system whose session ends in a program that leaks ports, as do its children."""
    in_session(run, "leak", lambda p: first(run, p))


def first(run: Run, p: process.Process) -> Steps:
    """Fork the other processes, then leak with them."""
    for _ in range(run.params["processes"] - 1):
        kr, _ = yield from fork(p, lambda child: leak(run, child))
        if kr:
            yield (fail, kr)
    yield from leak(run, p)


def leak(run: Run, p: process.Process) -> Steps:
    """Allocate ports at the given rate, in batches that are large enough for the clock."""
    batch = max(1, int(run.params["rate"] / run.params["processes"] / BATCHES))
    yield (process.running_as, "leak")
    while True:
        for _ in range(batch):
            kr, _ = yield traps.port_allocate(p.me)
            run.kernel.operation(kr)
            if kr:
                yield (fail, kr)
        yield traps.sleep(pause(run, batch * run.params["processes"]))


BATCHES = 20  # per second; fewer than the 100 clock ticks, so that the rate is kept

SCENARIO = Scenario(
    name="port-leak",
    summary="A few processes leak ports at a steady rate, until the kernel panics.",
    start=start,
    claims=("S6",),
    parameters=(
        *SESSION,
        Parameter("processes", "int", 3, "Processes that leak ports.", low=1, high=500),
        Parameter("rate", "float", 2_000.0, "Ports leaked per second, in total.", unit="1/s", low=0.01, high=100_000),
        Parameter("jitter", "float", 0.1, "Random variation of each pause, as a share of it.", low=0, high=1),
    ),
)
