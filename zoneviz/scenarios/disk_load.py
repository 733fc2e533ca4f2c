"""disk-load: files are written, and ext2fs syncs: a message a run of dirty pages to the pager, whose threads wait for the disk."""

from zoneviz.hurd import files, openers, pager
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.openers import Machine
from zoneviz.mach import program, traps
from zoneviz.mach.memory_object import DATA_WRITE_MAX
from zoneviz.scenarios import Parameter, Run, Scenario

SECOND = 1_000_000_000


def start(run: Run) -> None:
    """Load the first program."""
    machine = openers.machine(run.kernel, run.random, run.params["jitter"])
    run.kernel.extra["rounds"] = []
    program.start(run.kernel, main(run, machine))


def main(run: Run, machine: Machine) -> Steps:
    """Write burst after burst; each begins when the machine is quiet again and everything is on the disk."""
    kernel, params, disk = run.kernel, run.params, machine.fs.disk
    yield from machine.boot()
    machine.watch.busy.append(lambda: disk.busy(kernel.time))
    for number in range(1, params["bursts"] + 1):
        # The time of the first write, and with it of the syncs, within the scheduler's second is random.
        yield traps.sleep(int(SECOND * params["jitter"] * run.random.random()))
        kernel.mark("write", number)
        begun = kernel.time
        error = yield from write(machine, params["pages"], params["file"])
        yield machine.watch.until_quiet()
        kernel.mark("quiet", number)
        result = {"round": number, "seconds": (kernel.time - begun) / SECOND, "peak_threads": machine.watch.threads()}
        kernel.extra["rounds"].append(result)
        kernel.operation(error)
    yield (lambda k, t: k.finish("finished"),)


def write(machine: Machine, pages: int, size: int) -> Steps:
    """Write `pages` pages to files of `size` pages. The first error, 0: none."""
    for number, first in enumerate(range(0, pages, size)):
        path = f"data/{number}"
        error, port = yield from files.open_file(machine.root, path)
        if not error:
            error = yield from files.write_file(port, path, min(size, pages - first))
            yield from files.close_file(machine.me, port)
        if error:
            return error
    return 0


SCENARIO = Scenario(
    name="disk-load",
    summary="Files are written, and every 5 s ext2fs syncs: a message to its pager for each run of dirty pages.",
    start=start,
    claims=("S3",),
    parameters=(
        Parameter(
            "pages",
            "int",
            2000,
            f"Dirty pages in a burst. The disk takes {pager.DISK_PAGE // 1000} microseconds for each.",
            unit="pages",
            low=1,
            high=30_000,
        ),
        Parameter(
            "file",
            "int",
            4,
            f"Size of each file. Its pages are one run, which the kernel sends in messages of at most {DATA_WRITE_MAX} pages.",
            unit="pages",
            low=1,
            high=30_000,
        ),
        Parameter("bursts", "int", 1, "Number of bursts.", low=1, high=1000),
        Parameter("jitter", "float", 1.0, "Random variation of the time of a burst, as a share of 1 s; 0: none.", low=0, high=1),
    ),
)
