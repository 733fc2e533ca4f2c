"""fork-bomb: a process forks children that stay, at a steady rate, until the kernel panics."""

from zoneviz.hurd import process, system
from zoneviz.hurd.cthreads import Steps
from zoneviz.mach import program, traps
from zoneviz.mach.kernel import Kernel
from zoneviz.scenarios import Parameter, Run, Scenario

SECOND = 1_000_000_000
FIRST_PID = 100


def start(run: Run) -> None:
    """Load the first program, which starts the system around the bomb."""
    program.start(run.kernel, first_program(run))


def first_program(run: Run) -> Steps:
    """Start the servers and the process that forks, then wait for ever."""
    me = yield from program.prelude()
    servers = yield from system.start(me, run.kernel.profile.libports)
    inbox: list[int] = []
    yield from system.first_process(me, servers, "bomb", bomb(run, inbox), inbox)
    _, port = yield traps.port_allocate(me)
    while True:
        yield traps.receive(port)


def bomb(run: Run, inbox: list[int]) -> Steps:
    """Fork, wait, fork: each child stays."""
    me = yield from system.settle_in(inbox, FIRST_PID)
    yield (run_path, "fork")
    interval = SECOND / run.params["rate"]
    jitter = run.params["jitter"]
    children = process.ChildProgram()
    pid = FIRST_PID
    while True:
        pid += 1
        kr = yield from process.fork(me, pid, children)
        run.kernel.operation(kr)
        if kr:
            yield (finish, kr)
        yield traps.sleep(int(interval * (1 + jitter * (2 * run.random.random() - 1))))


def run_path(kernel: Kernel, thread: object, frame: str) -> None:
    """From here on the program's call paths begin with `frame`."""
    thread.path = kernel.paths[0, frame]  # type: ignore[attr-defined]


def finish(kernel: Kernel, thread: object, kern_return: int) -> None:
    """A call of fork has failed: the run ends with its error."""
    kernel.finish("error", kern_return)


SCENARIO = Scenario(
    name="fork-bomb",
    summary="A process forks children that stay, until the kernel panics.",
    start=start,
    parameters=(
        Parameter("rate", "float", 10.0, "Forks a second.", unit="1/s", low=0.01, high=10_000),
        Parameter("jitter", "float", 0.1, "How much each wait between two forks varies, as a share of it.", low=0, high=1),
    ),
)
