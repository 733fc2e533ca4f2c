"""disk-load: dirty pages are written back all at once, a message a page to the pager of ext2fs, whose threads wait for the one disk."""

from zoneviz.hurd import ext2fs, openers
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.openers import Machine
from zoneviz.mach import memory_object, program, traps
from zoneviz.mach.ipc_object import MAKE_SEND
from zoneviz.scenarios import Parameter, Run, Scenario

SECOND = 1_000_000_000


def start(run: Run) -> None:
    """Load the first program."""
    machine = openers.machine(run.kernel, run.random, run.params["jitter"])
    run.kernel.extra["rounds"] = []
    program.start(run.kernel, main(run, machine))


def main(run: Run, machine: Machine) -> Steps:
    """Bursts, each when all has become quiet after the one before."""
    kernel, params, fs = run.kernel, run.params, machine.fs
    yield from machine.boot()
    machine.watch.busy.append(lambda: fs.disk_free > kernel.time)
    # The kernel has a send right to each pager; here the first program stands for it.
    _, pager = yield traps.port_extract_right(machine.fs_task, fs.pager, MAKE_SEND)
    for number in range(1, params["bursts"] + 1):
        # When a burst comes within the scheduler's second is chance.
        yield traps.sleep(int(SECOND * params["jitter"] * run.random.random()))
        kernel.mark("write back", number)
        begun = kernel.time
        kr = yield memory_object.write_back, pager, params["pages"]
        yield machine.watch.until_quiet()
        kernel.mark("quiet", number)
        told = {"round": number, "seconds": (kernel.time - begun) / SECOND, "peak_threads": machine.watch.threads()}
        kernel.extra["rounds"].append(told)
        kernel.operation(kr)
    yield (lambda k, t: k.finish("finished"),)


SCENARIO = Scenario(
    name="disk-load",
    summary="Dirty pages are written back all at once, a message each to the pager of ext2fs.",
    start=start,
    claims=("S3",),
    parameters=(
        Parameter(
            "pages",
            "int",
            2000,
            f"Dirty pages of a burst; the disk takes {ext2fs.DISK_PAGE // 1000} microseconds for each.",
            unit="pages",
            low=1,
            high=30_000,
        ),
        Parameter("bursts", "int", 1, "How often.", low=1, high=1000),
        Parameter("jitter", "float", 1.0, "How much the moment of a burst varies; 0: not at all.", low=0, high=1),
    ),
)
