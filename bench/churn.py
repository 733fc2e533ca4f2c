"""A scenario for the benchmark: runs forever in constant memory, so a recording can have any length."""

from zoneviz.mach import program, traps
from zoneviz.mach.program import Steps
from zoneviz.scenarios import Run, Scenario

PORTS = 3000  # stay alive, so that states and checkpoints are not empty
ROUND = 25


def main(run: Run) -> Steps:
    """Create and destroy tasks and ports."""
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


SCENARIO = Scenario(name="churn", summary="Creates and destroys tasks and ports.", parameters=(), start=start)
