"""fork-with-exec: a shell starts programs that stay, until the kernel panics."""

from zoneviz.hurd import process
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.exec import execute
from zoneviz.hurd.fork import fork
from zoneviz.hurd.memory import image
from zoneviz.mach import traps
from zoneviz.scenarios import SESSION, Parameter, Run, Scenario, fail, in_session, pause


def start(run: Run) -> None:
    """Load a system whose session ends in the shell."""
    in_session(run, "bomb", lambda p: shell(run, p))


def shell(run: Run, p: process.Process) -> Steps:
    """Fork a child that execs a program, wait, repeat."""
    program = image("sleep")

    def child(c: process.Process) -> Steps:
        kr = yield from execute(c, program, process.wait_for_ever)
        yield (fail, kr)

    yield (process.running_as, "fork")
    while True:
        kr, _ = yield from fork(p, child, program.name)
        run.kernel.operation(kr)
        if kr:
            yield (fail, kr)
        yield traps.sleep(pause(run))


SCENARIO = Scenario(
    name="fork-with-exec",
    summary="A process forks children that each exec a program and stay, until the kernel panics.",
    start=start,
    parameters=(
        *SESSION,
        Parameter("rate", "float", 10.0, "Programs started per second.", unit="1/s", low=0.01, high=10_000),
        Parameter("jitter", "float", 0.1, "Random variation of the time between two starts, as a share of it.", low=0, high=1),
    ),
)
