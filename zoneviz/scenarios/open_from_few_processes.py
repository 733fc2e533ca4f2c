"""open-from-few-processes: a few processes open /dev/null until open fails: what ends first, and that nothing crashes."""

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
    """One process after the other opens as often as it can, and keeps what it has."""
    yield from machine.boot()
    for number in range(1, run.params["processes"] + 1):
        run.kernel.mark("open", number)
        who = yield from machine.start(run.params["opens"], None, machine.between)
        yield from machine.report()
        yield machine.watch.until_quiet()
        run.kernel.extra["opened"].append({"process": number, "opened": who.opened, "error": who.error, "null_starts": machine.starts})
        run.kernel.operation(who.error)
    run.kernel.mark("quiet")
    yield (lambda k, t: k.finish("finished"),)


SCENARIO = Scenario(
    name="open-from-few-processes",
    summary="A few processes open /dev/null, each until open fails, and keep it open.",
    start=start,
    claims=("S7", "S26"),
    parameters=(
        Parameter("processes", "int", 2, "Processes, one after the other.", low=1, high=100),
        Parameter("opens", "int", 200_000, "After so many a process stops of its own accord.", low=1, high=1_000_000),
        Parameter("jitter", "float", 1.0, "How much the time between two opens varies; 0: not at all.", low=0, high=1),
    ),
)
