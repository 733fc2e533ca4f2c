"""package-build: the short processes of a package build, in stages. The tests start and end many processes at once."""

from collections.abc import Callable
from typing import NamedTuple

from zoneviz.hurd import process
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.exec import execute
from zoneviz.hurd.ext2fs import DIR_LOOKUP, IO_WRITE
from zoneviz.hurd.fork import fork
from zoneviz.hurd.memory import image
from zoneviz.mach import traps
from zoneviz.scenarios import SESSION, Parameter, Run, Scenario, fail, in_session

MILLISECOND = 1_000_000
SHORT = 20  # processes that a program in the background starts [I]
SHORT_WORK = MILLISECOND // 2  # ns of processor time, at most, of each and between two of them [I]
SHELL_WORK = 20 * MILLISECOND  # ns, at most, until the shell that started the program ends [I]


class Stage(NamedTuple):
    """`groups` of processes, `together` in each (None: as many as `burst`); what each does. `killed`: the parent ends them.

    `work`: ms of processor time. `pages`: of the file it then writes, which the file system writes to the disk within 5 s.
    `script`: it is a `#!` script, such as libtool and install-sh.
    """

    name: str
    groups: int
    together: int | None
    work: int
    pages: int
    killed: bool = False
    script: bool = False


# A small package [I]. A test suite starts many processes at once and ends them at once.
STAGES = (
    Stage("configure", 120, 1, 2, 1, script=True),
    Stage("compile", 40, 4, 20, 8, script=True),
    Stage("link", 4, 2, 60, 120),
    Stage("test", 4, None, 1, 0, killed=True),
    Stage("install", 40, 1, 2, 12, script=True),
)


def start(run: Run) -> None:
    """Load a system whose session ends in make."""
    in_session(run, "make", lambda p: make(run, p))


def make(run: Run, p: process.Process) -> Steps:
    """Run the stages in order. The result names the stage in which a run ended."""
    for stage in STAGES:
        run.kernel.extra["stage"] = stage.name
        run.kernel.mark(stage.name)
        for _ in range(max(1, int(stage.groups * run.params["scale"]))):
            error = yield from group(run, p, stage)
            run.kernel.operation(error)
            if error:
                yield (fail, error)
    run.kernel.extra["stage"] = "done"
    run.kernel.mark("done")
    yield (lambda k, t: k.finish("finished"),)


def group(run: Run, p: process.Process, stage: Stage) -> Steps:
    """Start the programs of a group; kill them or let them exit; wait for them. An error."""
    pids = []
    background = stage.killed and run.params["tests"] == "background"
    for _ in range(run.params["burst"] if stage.together is None else stage.together):
        work = int(stage.work * MILLISECOND * (1 + run.params["jitter"] * (2 * run.random.random() - 1)))
        body = shell(run) if background else process.wait_for_ever if stage.killed else tool(stage, work)
        kr, pid = yield from fork(p, body, "tool")
        if kr:
            return kr
        pids.append(pid)
    for pid in pids if stage.killed and not background else ():
        yield from process.kill(p, pid)
    for _ in pids:
        yield from process.wait(p)
    return 0


def tool(stage: Stage, work: int) -> Callable[[process.Process], Steps]:
    """A child that execs a program, which computes for `work` ns, writes a file and exits."""

    def works(p: process.Process) -> Steps:
        yield traps.compute(work)
        path = f"build/{p.pid}"
        kr, file = yield from p.ask(p.ports["crdir"], DIR_LOOKUP, (), path)
        if not kr:
            yield from p.call(file, IO_WRITE, (), (path, stage.pages))
            yield traps.port_deallocate(p.me, file)

    def child(p: process.Process) -> Steps:
        yield from execute(p, image("tool"), works, script=stage.script)

    return child


def shell(run: Run) -> Callable[[process.Process], Steps]:
    """A shell that leaves a program in the background and ends, so that the program gets another parent while it forks."""

    def computes(most: int) -> Steps:
        yield traps.compute(int(most * run.random.random()))

    def program(p: process.Process) -> Steps:
        for _ in range(SHORT):
            yield from fork(p, lambda child: computes(SHORT_WORK), "short")
            yield from computes(SHORT_WORK)
        for _ in range(SHORT):
            yield from process.wait(p)

    def body(p: process.Process) -> Steps:
        yield from fork(p, program, "background")
        yield from computes(SHELL_WORK)

    return body


SCENARIO = Scenario(
    name="package-build",
    summary="Builds a package: many short processes, stage by stage.",
    start=start,
    claims=("S8", "S9"),
    parameters=(
        *SESSION,
        Parameter("scale", "float", 1.0, "Size of the package: a factor on the groups of each stage.", low=0.01, high=100),
        Parameter("burst", "int", 40, "Processes that a test starts and kills at once.", low=1, high=2_000),
        Parameter(
            "tests",
            "choice",
            "killed",
            "What the processes of a test are.",
            choices=("killed", "background"),
            notes=(
                "processes that the test kills",
                f"shells that each leave a program in the background, which starts {SHORT} short processes, and end",
            ),
        ),
        Parameter("jitter", "float", 0.1, "Random variation of the work of each program, as a share of it.", low=0, high=1),
    ),
)
