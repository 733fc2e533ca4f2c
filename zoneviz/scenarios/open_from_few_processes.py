"""open-from-few-processes: a few processes open /dev/null until open fails. Shows what runs out first, without a crash."""

from zoneviz.hurd import openers
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.openers import Machine
from zoneviz.mach import program
from zoneviz.scenarios import Parameter, Run, Scenario, descriptors


def start(run: Run) -> None:
    """Load the first program."""
    machine = openers.machine(run.kernel, run.random, run.params["jitter"], run.params["descriptors"])
    run.kernel.extra["opened"] = []
    run.kernel.run_ended.append(machine.sum_up)
    program.start(run.kernel, main(run, machine))


def main(run: Run, machine: Machine) -> Steps:
    """Start one process after the other; each opens as often as it can and keeps the files open."""
    kernel = run.kernel
    yield from machine.boot()
    for number in range(1, run.params["processes"] + 1):
        kernel.mark("open", number)
        process = yield from machine.start(run.params["opens"])
        yield from machine.finished()
        kernel.extra["opened"].append(
            {
                "process": number,
                "opened": process.opened,
                "error": process.error,
                "hung": not process.done,
                "null_starts": machine.starts,
            }
        )
        kernel.operation(process.error)
    kernel.mark("quiet")
    yield (lambda k, t: k.finish("finished", why=machine.summary()),)


SCENARIO = Scenario(
    name="open-from-few-processes",
    summary="A few processes open /dev/null, each until open fails, and keep it open.",
    start=start,
    claims=("S7", "S26"),
    parameters=(
        Parameter("processes", "int", 2, "Processes, one after the other.", low=1, high=100),
        Parameter("opens", "int", 200_000, "Opens after which a process stops without an error.", low=1, high=1_000_000),
        descriptors(False),
        Parameter("jitter", "float", 1.0, "Random variation of the time between two opens; 0: none.", low=0, high=1),
    ),
)
