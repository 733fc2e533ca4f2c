"""null-at-32768: how many opens of /dev/null its translator accepts, and whether a new translator is started then."""

from collections.abc import Mapping
from typing import Any

from zoneviz.errors import UsageError
from zoneviz.hurd import openers
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.files import MOST_OPENS
from zoneviz.hurd.openers import Machine
from zoneviz.mach import program
from zoneviz.scenarios import Parameter, Run, Scenario, descriptors


def check(params: Mapping[str, Any]) -> None:
    """Errors: UsageError for more opens of a process than it has descriptors."""
    if params["descriptors"] and params["each"] > MOST_OPENS:
        raise UsageError(
            f"each={params['each']} is more than the {MOST_OPENS:,} files that a process can open (RLIMIT_NOFILE); "
            "set descriptors=no to open more."
        )


def start(run: Run) -> None:
    """Load the first program."""
    machine = openers.machine(run.kernel, run.random, run.params["jitter"], run.params["descriptors"])
    run.kernel.run_ended.append(machine.sum_up)
    program.start(run.kernel, main(run, machine))


def main(run: Run, machine: Machine) -> Steps:
    """Keep `together` processes opening until one meets a fault, wait for the others, then open once more."""
    kernel, params = run.kernel, run.params
    yield from machine.boot()
    left, running = params["opens"], 0
    while True:
        while left and running < params["together"] and machine.sound():
            share = min(params["each"], left)
            left, running = left - share, running + 1
            kernel.mark("open", len(machine.openers) + 1)
            yield from machine.start(share)
        process = (yield from machine.finished()) if running else None
        if process is None:
            break
        running -= 1
        kernel.operation(process.error)
    why = machine.summary()
    kernel.mark("once more")
    last = yield from machine.start(1)
    yield from machine.finished()
    kernel.operation(last.error)
    kernel.extra |= {"error_once_more": last.error, "hung_once_more": not last.done}
    yield from machine.kill(last)
    yield (lambda k, t: k.finish("finished", why=why),)


SCENARIO = Scenario(
    name="null-at-32768",
    summary="Processes open /dev/null and keep it open, until its translator accepts no more opens.",
    start=start,
    claims=("S27",),
    check=check,
    parameters=(
        Parameter("opens", "int", 80_000, "Opens without an error after which the run ends.", low=1, high=1_000_000),
        Parameter("each", "int", MOST_OPENS, "Opens of each process before the next one is started.", low=1, high=1_000_000),
        Parameter("together", "int", 10, "Processes that open at the same time.", low=1, high=1000),
        descriptors(True),
        Parameter("jitter", "float", 1.0, "Random variation of the time between two opens; 0: none.", low=0, high=1),
    ),
)
