"""ports-to-dev-null: processes open /dev/null many times; what comes of it when all is closed at once, slowly, or never."""

from zoneviz.hurd import openers
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.openers import Machine
from zoneviz.mach import program, traps
from zoneviz.mach.sched_prim import TICK
from zoneviz.scenarios import Parameter, Run, Scenario

SECOND, MILLISECOND = 1_000_000_000, 1_000_000
CLOSE = ("kill", "fast", "slow", "never")


def start(run: Run) -> None:
    """Load the first program."""
    machine = openers.machine(run.kernel, run.random, run.params["jitter"])
    run.kernel.extra["rounds"] = []
    program.start(run.kernel, main(run, machine))


def main(run: Run, machine: Machine) -> Steps:
    """Round after round; then the run is over."""
    yield from machine.boot()
    for number in range(1, run.params["rounds"] + 1):
        error = yield from one_round(run, machine, number)
        run.kernel.operation(error)
        if run.params["restart_null"] and number < run.params["rounds"]:
            run.kernel.mark("null is killed", number)
            yield from machine.kill_null()
    yield (lambda k, t: k.finish("finished"),)


def one_round(run: Run, machine: Machine, number: int) -> Steps:
    """Open, close, wait until the servers have done with it. The error of the last open that failed, 0 if none did."""
    kernel, params = run.kernel, run.params
    told = {"round": number, "opened": 0, "error": 0, "peak_threads": machine.watch.threads(), "null_starts": machine.starts}
    kernel.extra["rounds"].append(told)
    kernel.mark("open", number)
    group = []
    for _ in range(params["processes"]):
        group.append((yield from machine.start(params["opens"], pause(run), machine.between)))
        if not params["together"]:
            yield from machine.report()
    for _ in range(params["processes"] if params["together"] else 0):
        yield from machine.report()
    yield machine.watch.until_quiet()
    told["opened"], told["error"] = sum(who.opened for who in group), max(who.error for who in group)
    # When the burst comes within the scheduler's second, and within a tick of its clock, is chance.
    for most, wait in ((SECOND, traps.sleep), (TICK, traps.compute)):
        yield wait(int(most * params["jitter"] * run.random.random()))
    kernel.mark(params["close"], number)
    begun = kernel.time
    if params["close"] in ("fast", "slow"):
        for who in group:
            yield from machine.tell(who)
        for _ in group:
            yield from machine.report()
    if params["close"] != "never":
        for who in group:
            yield from machine.kill(who)
    yield machine.watch.until_quiet()
    kernel.mark("quiet", number)
    told |= {"seconds": (kernel.time - begun) / SECOND, "peak_threads": machine.watch.threads(), "null_starts": machine.starts}
    return told["error"]


def pause(run: Run) -> openers.Pause | None:
    """What a process waits after each close of its own; None if it is killed with its files open."""
    close, params = run.params["close"], run.params
    if close == "fast":
        return lambda: 0
    if close == "slow":
        return lambda: int(params["pause"] * MILLISECOND * (1 + params["jitter"] * (run.random.random() - 0.5)))
    return None


SCENARIO = Scenario(
    name="ports-to-dev-null",
    summary="Processes open /dev/null many times and close it all at once, slowly, or never.",
    start=start,
    claims=("S2", "S4", "S5"),
    parameters=(
        Parameter("processes", "int", 10, "Processes that open /dev/null.", low=1, high=1000),
        Parameter("opens", "int", 300, "Times that each of them opens it.", low=1, high=200_000),
        Parameter("together", "bool", False, "Let all processes open at the same time, instead of one after the other."),
        Parameter(
            "close",
            "choice",
            "kill",
            "How it ends: processes killed one right after another, closing as fast as they can, closing slowly, or never.",
            choices=CLOSE,
        ),
        Parameter("pause", "float", 10.0, "What a process waits after each close if that is slow.", unit="ms", low=0, high=10_000),
        Parameter("rounds", "int", 1, "How often all this is done.", low=1, high=10_000),
        Parameter("restart_null", "bool", False, "Kill the null translator between two rounds."),
        Parameter("jitter", "float", 1.0, "How much the moment of closing and the pauses vary; 0: not at all.", low=0, high=1),
    ),
)
