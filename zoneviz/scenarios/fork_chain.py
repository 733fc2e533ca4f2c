"""fork-chain: each child writes its inherited memory, forks the next one, sleeps, writes again and terminates itself.

The same program ran on the measured kernel. The faults recorded there show which pages it touches, and when [M].
"""

from dataclasses import dataclass
from typing import Any

from zoneviz.mach import program, traps
from zoneviz.mach.program import Steps
from zoneviz.mach.sizes import PAGE
from zoneviz.mach.startup import TEXT
from zoneviz.mach.thread import Program
from zoneviz.scenarios import Parameter, Run, Scenario

FAR = 0x20000000  # address of the regions
STRIDE = 2 * PAGE  # every second page, so that regions do not merge
CODE = TEXT + 2 * PAGE  # pages of text with the code that creates a thread and the stub that resumes it [M]
RESUME = TEXT + 3 * PAGE
SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Chain:
    """The run, with its parameters by name."""

    run: Run

    def __getitem__(self, name: str) -> Any:
        return self.run.params[name]

    def mark(self, word: str, level: int) -> None:
        """Record a mark with the number of the child, 0: the root."""
        self.run.kernel.mark(word, level)


def stack(level: int) -> int:
    """The top page of a child's stack. Each stack begins one page above the one before, so they overlap [M]."""
    return program.thread_stack(0) + (level - 1) * PAGE


def write_all(chain: Chain) -> Steps:
    """Write to each region."""
    for index in range(chain["regions"]):
        yield traps.touch(FAR + index * STRIDE)


def fork(chain: Chain, me: int, level: int) -> Steps:
    """Fork child number `level` of the running task and resume its thread. Returns (task, thread)."""
    parent = level - 1
    kr, task = yield traps.task_create(me, True)
    if kr:
        yield (finish, kr)
    if parent:
        yield traps.touch(stack(parent))
    chain.mark("child_forked" if parent else "fork1", parent)
    if parent:
        yield traps.touch(program.STUBS, write=False)
    kr, thread = yield traps.thread_create(task)
    if kr:
        yield (finish, kr)
    if parent:
        yield traps.touch(CODE, write=False)
    # The reply of thread_get_state is deep on the stack.
    yield traps.touch(stack(parent) - 2 * PAGE if parent else program.SECOND_STACK_PAGE)
    yield traps.thread_get_state(thread)
    yield traps.thread_set_state(thread, child(chain, level), stack(level) - PAGE)
    chain.mark("child_mkthread" if parent else "mkthread1", parent)
    if parent:
        yield traps.touch(RESUME, write=False)
    yield traps.thread_resume(thread)
    return task, thread


def child(chain: Chain, level: int) -> Program:
    """The program of child number `level`."""
    yield traps.touch(TEXT, write=False)
    yield traps.touch(stack(level))
    yield traps.touch(program.REPLY_PORT)  # drops the reply port that it inherited
    yield traps.touch(program.COUNTER, write=False)
    yield traps.touch(program.COUNTER)
    chain.mark("child_started", level)
    yield from write_all(chain)
    chain.mark("child_wrote_10", level)
    last = level >= chain["children"]
    if last:
        yield traps.sleep(SECOND * chain["last_sleep"] // 1000)
    else:
        yield traps.touch(stack(level) - PAGE)  # where its requests are
        me = yield traps.task_self()
        yield traps.mig_get_reply_port()
        yield from fork(chain, me, level + 1)
        yield traps.sleep(SECOND * chain["sleep"] // 1000)
        yield traps.touch(program.COUNTER, write=False)
        chain.mark("woke", level)
        yield from write_all(chain)
        chain.mark("child_wrote_again_after_fork", level)
    chain.mark("task_exits", level)
    chain.run.kernel.operation()
    if last:
        yield traps.touch(stack(level) - PAGE)
        me = yield traps.task_self()
        yield traps.mig_get_reply_port()
    else:
        yield traps.touch(program.REPLY_PORT, write=False)
    yield traps.task_terminate(me)
    return None


def main(chain: Chain) -> Steps:
    """The root: allocate the regions, fork the first child, and write again when all children are gone."""
    me = yield from program.prelude()
    for index in range(chain["regions"]):
        yield traps.vm_allocate(me, PAGE, FAR + index * STRIDE)
        yield traps.touch(FAR + index * STRIDE)
    chain.mark("begin", 0)
    task, thread = yield from fork(chain, me, 1)
    yield traps.sleep(SECOND * (chain["sleep"] * 6) // 1000)
    yield from write_all(chain)
    chain.mark("root_wrote_10_all_children_gone", 0)
    yield traps.touch(program.REPLY_PORT, write=False)
    yield traps.port_deallocate(me, task)
    yield traps.port_deallocate(me, thread)
    chain.mark("cleanup", 0)
    chain.mark("end", 0)
    yield (finish, 0)


def finish(kernel: Any, thread: object, kern_return: int) -> None:
    """A trap: end the run as finished, or with an error."""
    kernel.finish("error" if kern_return else "finished", kern_return)


def start(run: Run) -> None:
    """Load the test program."""
    program.start(run.kernel, main(Chain(run)))


SCENARIO = Scenario(
    name="fork-chain",
    summary="Each child writes its inherited memory, forks the next one and terminates itself.",
    start=start,
    parameters=(
        Parameter("children", "int", 6, "Number of children.", low=1, high=30),
        Parameter("regions", "int", 10, "Touched one-page regions that all children inherit.", low=0, high=10_000),
        Parameter(
            "sleep", "int", 2000, "Sleep of a child between its two writes. The root sleeps six times as long.", "ms", low=1, high=100_000
        ),
        Parameter("last_sleep", "int", 500, "Sleep of the last child before it terminates.", "ms", low=1, high=100_000),
    ),
)
