"""boot: the kernel boots and stops at the first instructions of the first program."""

from zoneviz.mach import program
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.program import Steps
from zoneviz.mach.startup import PROGRAM, SMALL_PROGRAM
from zoneviz.scenarios import Parameter, Run, Scenario


def start(run: Run) -> None:
    """Load the boot module, which stops after its first steps."""
    small = run.params["module"] == "small"

    def main() -> Steps:
        yield from program.prelude_small() if small else program.prelude()
        yield (stop,)

    program.start(run.kernel, main(), SMALL_PROGRAM if small else PROGRAM)


def stop(kernel: Kernel, thread: object) -> None:
    """A trap: end the run."""
    kernel.finish("booted")


SCENARIO = Scenario(
    name="boot",
    summary="Boot and stop at the first instructions of the first program.",
    start=start,
    claims=("S22",),
    parameters=(
        Parameter(
            "module",
            "choice",
            "test",
            "Boot module: the test program of the measured kernels, or a small one without zero-fill data.",
            choices=("test", "small"),
        ),
    ),
)
