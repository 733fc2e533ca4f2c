"""A scenario for the benchmark: goes on for ever without using memory up, so that a recording can be as long as one likes."""

from zoneviz.mach import program, traps
from zoneviz.mach.program import Steps
from zoneviz.scenarios import Run, Scenario

PORTS = 3000  # stay alive, so that states and checkpoints have something to hold
ROUND = 25


def main(run: Run) -> Steps:
    """Tasks and ports come and go."""
    me = yield from program.prelude()
    for _ in range(PORTS):
        yield traps.port_allocate(me)
    while True:
        kr, task = yield traps.task_create(me, True)
        yield traps.task_terminate(task)
        yield traps.port_deallocate(me, task)
        for _ in range(ROUND):
            kr, name = yield traps.port_allocate(me)
            yield traps.port_destroy(me, name)
            yield traps.thread_switch()
        run.kernel.operation(kr)


def start(run: Run) -> None:
    """Load the program."""
    program.start(run.kernel, main(run))


SCENARIO = Scenario(name="churn", summary="Tasks and ports come and go.", parameters=(), start=start)
