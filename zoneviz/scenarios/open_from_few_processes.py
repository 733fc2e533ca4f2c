"""open-from-few-processes: a few processes open /dev/null until open fails. Shows what runs out first, without a crash."""

from zoneviz.hurd import openers
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.openers import Machine
from zoneviz.mach import program
from zoneviz.scenarios import Parameter, Run, Scenario


def start(run: Run) -> None:
    """Load the first program."""
    machine = openers.machine(run.kernel, run.random, run.params["jitter"])
    run.kernel.extra["opened"] = []
    program.start(run.kernel, main(run, machine))


def main(run: Run, machine: Machine) -> Steps:
    """Start one process after the other; each opens as often as it can and keeps the files open."""
    yield from machine.boot()
    for number in range(1, run.params["processes"] + 1):
        run.kernel.mark("open", number)
        process = yield from machine.start(run.params["opens"], None, machine.between)
        yield from machine.report()
        yield machine.watch.until_quiet()
        run.kernel.extra["opened"].append(
            {"process": number, "opened": process.opened, "error": process.error, "null_starts": machine.starts}
        )
        run.kernel.operation(process.error)
    run.kernel.mark("quiet")
    yield (lambda k, t: k.finish("finished"),)


SCENARIO = Scenario(
    name="open-from-few-processes",
    summary="A few processes open /dev/null, each until open fails, and keep it open.",
    start=start,
    claims=("S7", "S26"),
    parameters=(
        Parameter("processes", "int", 2, "Processes, one after the other.", low=1, high=100),
        Parameter("opens", "int", 200_000, "Opens after which a process stops without an error.", low=1, high=1_000_000),
        Parameter("jitter", "float", 1.0, "Random variation of the time between two opens; 0: none.", low=0, high=1),
    ),
)
