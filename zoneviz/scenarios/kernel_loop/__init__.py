"""kernel-loop: one user task repeats one operation until the kernel panics or returns an error.

The same loops ran on the measured kernel, so that the figures can be compared.
"""

from collections.abc import Callable

from zoneviz.mach import program
from zoneviz.mach.program import Steps
from zoneviz.scenarios import Parameter, Run, Scenario
from zoneviz.scenarios.kernel_loop import phases, rounds
from zoneviz.scenarios.kernel_loop.loop import Loop, finish

OPERATIONS: dict[str, Callable[[Loop], Steps]] = {
    f.__name__: f
    for f in (
        rounds.task_create,
        rounds.task_inherit_thread,
        rounds.mach_port_allocate,
        rounds.thread_create,
        rounds.thread_receive,
        rounds.vm_allocate,
        rounds.vm_allocate_touch,
        rounds.mach_msg_send,
        rounds.port_set_allocate,
        rounds.dead_name,
        rounds.task_with_ports,
        rounds.fork_like,
        rounds.thread_send,
        phases.no_senders_storm,
        phases.dead_name_storm,
        phases.churn,
        phases.messages_then_gc,
    )
}

PORTS = {"fork_like": 20, "churn": 20, "task_with_ports": 100}
"""Receive rights in each child if the parameter `ports` is not set."""
COUNT_TEXT = "The storms: ports that die, or lose their senders, at once. churn: rounds. messages_then_gc: messages."
PORTS_TEXT = ", ".join(f"{count} for {name}" for name, count in PORTS.items())


def main(run: Run) -> Steps:
    """The whole program."""
    me = yield from program.prelude()
    name, ports = run.params["operation"], run.params["ports"]
    loop = Loop(run.kernel, me, run.params, PORTS.get(name, 0) if ports is None else ports)
    operation = OPERATIONS[name]
    while True:
        kr = yield from operation(loop)
        run.kernel.operation(kr)
        if kr:
            yield (finish, kr)
        loop.round += 1


def start(run: Run) -> None:
    """Load the test program."""
    program.start(run.kernel, main(run))


SCENARIO = Scenario(
    name="kernel-loop",
    summary="One task repeats one operation until the kernel panics or returns an error.",
    start=start,
    parameters=(
        Parameter("operation", "choice", "task_create", "The operation of each round.", choices=tuple(OPERATIONS)),
        Parameter("regions", "int", 40, "fork_like, churn: touched one-page regions of the parent.", low=0, high=10_000),
        Parameter("ports", "int", None, f"Receive rights in each child; auto: {PORTS_TEXT}.", low=0, high=100_000),
        Parameter("threads", "int", 2, "fork_like: threads of each child.", low=0, high=1000),
        Parameter("message_size", "size", 4000, "mach_msg_send, messages_then_gc: size of each message.", unit="B", low=24, high=1 << 20),
        Parameter("count", "int", 1000, COUNT_TEXT, low=1, high=1_000_000),
    ),
)
