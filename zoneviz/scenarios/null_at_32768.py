"""null-at-32768: how many opens of /dev/null its translator accepts, and whether a new translator is started then."""

from zoneviz.hurd import files, openers
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.openers import Machine
from zoneviz.mach import program
from zoneviz.scenarios import Parameter, Run, Scenario


def start(run: Run) -> None:
    """Load the first program."""
    machine = openers.machine(run.kernel, run.random, run.params["jitter"])
    run.kernel.extra |= {"opens": 0, "error": 0, "null_starts": 0}
    program.start(run.kernel, main(run, machine))


def main(run: Run, machine: Machine) -> Steps:
    """Start processes that open their share each, until an open fails. Then open once more from the first program."""
    kernel, params = run.kernel, run.params
    yield from machine.boot()
    left, number = params["opens"], 0
    error = 0
    while left and not error:
        number += 1
        kernel.mark("open", number)
        process = yield from machine.start(min(params["each"], left), None, machine.between)
        yield from machine.report()
        left, error = left - process.opened, process.error
        kernel.extra |= {"opens": params["opens"] - left, "error": error, "null_starts": machine.starts}
        kernel.operation(error)
    yield machine.watch.until_quiet()
    kernel.mark("once more")
    again, _ = yield from files.open_file(machine.root, files.NULL)
    kernel.operation(again)
    kernel.extra |= {"error_once_more": again, "null_starts": machine.starts}
    yield (lambda k, t: k.finish("finished"),)


SCENARIO = Scenario(
    name="null-at-32768",
    summary="Processes open /dev/null and keep it open, until its translator accepts no more opens.",
    start=start,
    claims=("S27",),
    parameters=(
        Parameter("opens", "int", 80_000, "Opens without an error after which the run ends.", low=1, high=1_000_000),
        Parameter("each", "int", 4_000, "Opens of each process before the next one is started.", low=1, high=1_000_000),
        Parameter("jitter", "float", 1.0, "Random variation of the time between two opens; 0: none.", low=0, high=1),
    ),
)
