"""ports-to-dev-null: processes open /dev/null many times and close everything at once, slowly, or never."""

from zoneviz.hurd import openers
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.openers import Machine
from zoneviz.mach import program, traps
from zoneviz.mach.sched_prim import TICK
from zoneviz.scenarios import Parameter, Run, Scenario, descriptors

SECOND, MILLISECOND = 1_000_000_000, 1_000_000
CLOSE = ("kill", "fast", "slow", "never")


def start(run: Run) -> None:
    """Load the first program."""
    machine = openers.machine(run.kernel, run.random, run.params["jitter"], run.params["descriptors"])
    run.kernel.extra["rounds"] = []
    program.start(run.kernel, main(run, machine))


def main(run: Run, machine: Machine) -> Steps:
    """Run the rounds."""
    yield from machine.boot()
    for number in range(1, run.params["rounds"] + 1):
        error = yield from one_round(run, machine, number)
        run.kernel.operation(error)
        if run.params["restart_null"] and number < run.params["rounds"]:
            run.kernel.mark("null is killed", number)
            yield from machine.kill_null()
    yield (lambda k, t: k.finish("finished"),)


def one_round(run: Run, machine: Machine, number: int) -> Steps:
    """Open, close, and wait until the servers are quiet. The largest error of an open, 0: none."""
    kernel, params = run.kernel, run.params
    result = {"round": number, "opened": 0, "error": 0, "peak_threads": machine.watch.threads(), "null_starts": machine.starts}
    kernel.extra["rounds"].append(result)
    kernel.mark("open", number)
    group = []
    for _ in range(params["processes"]):
        group.append((yield from machine.start(params["opens"], pause(run))))
        if not params["together"]:
            yield from machine.report()
    for _ in range(params["processes"] if params["together"] else 0):
        yield from machine.report()
    yield machine.watch.until_quiet()
    result["opened"], result["error"] = sum(each.opened for each in group), max(each.error for each in group)
    # The time of the burst within the scheduler's second, and within a clock tick, is random.
    for most, wait in ((SECOND, traps.sleep), (TICK, traps.compute)):
        yield wait(int(most * params["jitter"] * run.random.random()))
    kernel.mark(params["close"], number)
    begun = kernel.time
    if params["close"] in ("fast", "slow"):
        for process in group:
            yield from machine.tell(process)
        for _ in group:
            yield from machine.report()
    if params["close"] != "never":
        for process in group:
            yield from machine.kill(process)
    yield machine.watch.until_quiet()
    kernel.mark("quiet", number)
    result |= {"seconds": (kernel.time - begun) / SECOND, "peak_threads": machine.watch.threads(), "null_starts": machine.starts}
    return result["error"]


def pause(run: Run) -> openers.Pause | None:
    """The pause of a process after each close; None if it closes nothing itself."""
    close, params = run.params["close"], run.params
    if close == "fast":
        return lambda: 0
    if close == "slow":
        return lambda: int(params["pause"] * MILLISECOND * (1 + params["jitter"] * (run.random.random() - 0.5)))
    return None


SCENARIO = Scenario(
    name="ports-to-dev-null",
    summary="Processes open /dev/null many times and close everything at once, slowly, or never.",
    start=start,
    claims=("S2", "S4", "S5"),
    parameters=(
        Parameter("processes", "int", 10, "Processes that open /dev/null.", low=1, high=1000),
        Parameter("opens", "int", 300, "Opens of each process.", low=1, high=200_000),
        descriptors(True),
        Parameter("together", "bool", False, "Whether all processes open at the same time instead of one after the other."),
        Parameter(
            "close",
            "choice",
            "kill",
            "How the files are closed: processes are killed one right after another, close as fast as they can, close slowly, or never.",
            choices=CLOSE,
        ),
        Parameter("pause", "float", 10.0, "Pause of a process after each close if `close` is slow.", unit="ms", low=0, high=10_000),
        Parameter("rounds", "int", 1, "Number of rounds.", low=1, high=10_000),
        Parameter("restart_null", "bool", False, "Whether null is killed between two rounds."),
        Parameter("jitter", "float", 1.0, "Random variation of the time of closing and of the pauses; 0: none.", low=0, high=1),
    ),
)
