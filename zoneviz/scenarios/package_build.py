"""package-build: the short processes of a package build, in stages. The tests start and end many processes at once."""

from collections.abc import Callable

from zoneviz.hurd import process
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.exec import execute
from zoneviz.hurd.ext2fs import DIR_LOOKUP, IO_WRITE
from zoneviz.hurd.fork import fork
from zoneviz.hurd.memory import image
from zoneviz.mach import traps
from zoneviz.scenarios import SESSION, Parameter, Run, Scenario, fail, in_session

MILLISECOND = 1_000_000
# (stage, groups, processes alive at once in a group, ms each computes, pages it then writes, whether they are killed): a small
# package [I]. The file system writes the pages to the disk every 5 s.
# A test suite starts many processes at once (None: as many as `burst`) and ends them at once.
STAGES: tuple[tuple[str, int, int | None, int, int, bool], ...] = (
    ("configure", 120, 1, 2, 1, False),
    ("compile", 40, 4, 20, 8, False),
    ("link", 4, 2, 60, 120, False),
    ("test", 4, None, 1, 0, True),
    ("install", 40, 1, 2, 12, False),
)

SCRIPTS = ("configure", "compile", "install")  # stages whose programs are `#!` scripts, such as libtool and install-sh [I]


def start(run: Run) -> None:
    """Load a system whose session ends in make."""
    in_session(run, "make", lambda p: make(run, p))


def make(run: Run, p: process.Process) -> Steps:
    """Run the stages in order. The result names the stage in which a run ended."""
    for name, groups, together, work, pages, killed in STAGES:
        run.kernel.extra["stage"] = name
        run.kernel.mark(name)
        for _ in range(max(1, int(groups * run.params["scale"]))):
            count = run.params["burst"] if together is None else together
            error = yield from group(run, p, count, work * MILLISECOND, pages, killed, name in SCRIPTS)
            run.kernel.operation(error)
            if error:
                yield (fail, error)
    run.kernel.extra["stage"] = "done"
    run.kernel.mark("done")
    yield (lambda k, t: k.finish("finished"),)


def group(run: Run, p: process.Process, count: int, work: int, pages: int, killed: bool, script: bool) -> Steps:
    """Start `count` programs, which are scripts if `script`; kill them or let them exit; wait for them. An error."""
    pids = []
    for _ in range(count):
        varied = int(work * (1 + run.params["jitter"] * (2 * run.random.random() - 1)))
        kr, pid = yield from fork(p, process.wait_for_ever if killed else tool(varied, pages, script), "tool")
        if kr:
            return kr
        pids.append(pid)
    for pid in pids if killed else ():
        yield from process.kill(p, pid)
    for _ in pids:
        yield from process.wait(p)
    return 0


def tool(work: int, pages: int, script: bool) -> Callable[[process.Process], Steps]:
    """A child that execs a program, which computes for `work` ns, writes a file of `pages` pages and exits."""

    def works(p: process.Process) -> Steps:
        yield traps.compute(work)
        path = f"build/{p.pid}"
        kr, file = yield from p.ask(p.ports["crdir"], DIR_LOOKUP, (), path)
        if not kr:
            yield from p.call(file, IO_WRITE, (), (path, pages))
            yield traps.port_deallocate(p.me, file)

    def child(p: process.Process) -> Steps:
        yield from execute(p, image("tool"), works, script=script)

    return child


SCENARIO = Scenario(
    name="package-build",
    summary="Builds a package: many short processes, stage by stage.",
    start=start,
    claims=("S8", "S9"),
    parameters=(
        *SESSION,
        Parameter("scale", "float", 1.0, "Size of the package: a factor on the groups of each stage.", low=0.01, high=100),
        Parameter("burst", "int", 40, "Processes that a test starts and kills at once.", low=1, high=2_000),
        Parameter("jitter", "float", 0.1, "Random variation of the work of each program, as a share of it.", low=0, high=1),
    ),
)
