"""What things cost in simulated time, in nanoseconds: a PC of 2005, roughly.

[M]: instructions counted on the real kernel at 2 ns each; [E]: an estimate. None decides how much memory anything takes;
they decide the order in which threads get on.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Costs:
    """Nanoseconds each."""

    trap: int = 400  # entering and leaving the kernel [E]
    kernel_rpc: int = 3_000  # a simple RPC to the kernel, the work itself not counted [M]
    page_fault: int = 5_000  # a fault with its page [E]
    page_out: int = 6_000  # a page found, put into an object of its own and sent to its pager [E]
    msg_send: int = 2_000  # [M]
    msg_receive: int = 2_000  # [M]
    notify: int = 1_200  # a kernel-made notification [M]
    context_switch: int = 1_500  # [E]
    task_create: int = 55_000  # its page directory is zeroed and filled [M]
    task_terminate: int = 20_000  # [M]
    map_entry_copy: int = 1_300  # each entry of a fork [M]
    thread_create: int = 7_000  # [M]
    cthread_fork: int = 95_000  # what a worker's fork takes besides the calls counted here: 140 us in all [M]
    mqueue_walk: int = 52  # each queued message that leaving a port set passes by [M]
    table_rehash: int = 12_000  # each entry, once a table is beyond 20,000: 0.1-0.4 s [M]
    user_step: int = 300  # the program's own instructions between two traps [E]


DEFAULT_COSTS = Costs()
