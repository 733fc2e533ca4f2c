"""port-leak: some processes allocate ports and never give them back, at a steady rate, while nothing else changes."""

from zoneviz.hurd import process
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.fork import fork
from zoneviz.mach import traps
from zoneviz.scenarios import SESSION, Parameter, Run, Scenario, fail, in_session, pause


def start(run: Run) -> None:
    """Boot the system; the program at the end of the session leaks, and so do its children."""
    in_session(run, "leak", lambda p: first(run, p))


def first(run: Run, p: process.Process) -> Steps:
    """The others are forks; then all leak."""
    for _ in range(run.params["processes"] - 1):
        kr, _ = yield from fork(p, lambda child: leak(run, child))
        if kr:
            yield (fail, kr)
    yield from leak(run, p)


def leak(run: Run, p: process.Process) -> Steps:
    """A port after another, in handfuls as large as the clock asks for."""
    handful = max(1, int(run.params["rate"] / run.params["processes"] / HANDFULS))
    yield (process.running_as, "leak")
    while True:
        for _ in range(handful):
            kr, _ = yield traps.port_allocate(p.me)
            run.kernel.operation(kr)
            if kr:
                yield (fail, kr)
        yield traps.sleep(pause(run, handful * run.params["processes"]))


HANDFULS = 20  # a second: below the clock's 100 ticks, so that the rate is kept

SCENARIO = Scenario(
    name="port-leak",
    summary="Some processes leak ports at a steady rate, until the kernel panics.",
    start=start,
    claims=("S6",),
    parameters=(
        *SESSION,
        Parameter("processes", "int", 3, "Processes that leak.", low=1, high=500),
        Parameter("rate", "float", 2_000.0, "Ports lost a second, by all of them.", unit="1/s", low=0.01, high=100_000),
        Parameter("jitter", "float", 0.1, "How much each wait varies, as a share of it.", low=0, high=1),
    ),
)
