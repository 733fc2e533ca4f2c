"""disk-load: dirty pages are written back at once. Each is a message to the pager of ext2fs, whose threads wait for the disk."""

from zoneviz.hurd import ext2fs, openers
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.openers import Machine
from zoneviz.mach import memory_object, program, traps
from zoneviz.mach.message import MAKE_SEND
from zoneviz.scenarios import Parameter, Run, Scenario

SECOND = 1_000_000_000


def start(run: Run) -> None:
    """Load the first program."""
    machine = openers.machine(run.kernel, run.random, run.params["jitter"])
    run.kernel.extra["rounds"] = []
    program.start(run.kernel, main(run, machine))


def main(run: Run, machine: Machine) -> Steps:
    """Write back burst after burst; each begins when the machine is quiet again."""
    kernel, params, fs = run.kernel, run.params, machine.fs
    yield from machine.boot()
    machine.watch.busy.append(lambda: fs.disk_free > kernel.time)
    # On the real system the kernel has a send right to each pager. Here the first program holds it for the kernel.
    _, pager = yield traps.port_extract_right(machine.fs_task, fs.pager, MAKE_SEND)
    for number in range(1, params["bursts"] + 1):
        # The time of a burst within the scheduler's second is random.
        yield traps.sleep(int(SECOND * params["jitter"] * run.random.random()))
        kernel.mark("write back", number)
        begun = kernel.time
        kr = yield memory_object.write_back, pager, params["pages"]
        yield machine.watch.until_quiet()
        kernel.mark("quiet", number)
        result = {"round": number, "seconds": (kernel.time - begun) / SECOND, "peak_threads": machine.watch.threads()}
        kernel.extra["rounds"].append(result)
        kernel.operation(kr)
    yield (lambda k, t: k.finish("finished"),)


SCENARIO = Scenario(
    name="disk-load",
    summary="Dirty pages are written back at once, one message each to the pager of ext2fs.",
    start=start,
    claims=("S3",),
    parameters=(
        Parameter(
            "pages",
            "int",
            2000,
            f"Dirty pages in a burst. The disk takes {ext2fs.DISK_PAGE // 1000} microseconds for each.",
            unit="pages",
            low=1,
            high=30_000,
        ),
        Parameter("bursts", "int", 1, "Number of bursts.", low=1, high=1000),
        Parameter("jitter", "float", 1.0, "Random variation of the time of a burst, as a share of 1 s; 0: none.", low=0, high=1),
    ),
)
