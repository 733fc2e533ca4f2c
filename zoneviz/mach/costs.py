"""Simulated time of each operation in nanoseconds, on a PC of about 2005.

[M]: instructions counted on the real kernel, 2 ns each. [E]: an estimate. The costs decide in which order threads run;
they do not decide how much memory anything takes.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Costs:
    """Nanoseconds for each operation."""

    trap: int = 400  # entering and leaving the kernel [E]
    kernel_rpc: int = 3_000  # a simple RPC to the kernel, without its work [M]
    page_fault: int = 5_000  # a fault with its page [E]
    page_out: int = 4_000  # find a dirty page, copy it into a new object [E]
    msg_send: int = 2_000  # [M]
    msg_receive: int = 2_000  # [M]
    notify: int = 1_200  # a notification from the kernel [M]
    context_switch: int = 1_500  # [E]
    task_create: int = 55_000  # includes clearing and filling its page directory [M]
    task_terminate: int = 20_000  # [M]
    map_entry_copy: int = 1_300  # for each entry that fork copies [M]
    thread_create: int = 7_000  # [M]
    cthread_fork: int = 88_000  # a worker's fork without its seven calls and its page faults; 140 us with those measured [M]
    right_copyout: int = 300  # for each right of an array that is merged with a name [E]
    mqueue_walk: int = 52  # for each queued message scanned when a port leaves a set [M]
    table_rehash: int = 12_000  # for each entry of a table of 20,000 or more: 0.1-0.4 s in total [M]
    user_step: int = 300  # the program's instructions between two traps [E]


DEFAULT_COSTS: Final = Costs()
