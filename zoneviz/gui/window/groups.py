"""The groups of an experiment's form, and what each setting of a kernel means there: its unit and what is allowed."""

from dataclasses import dataclass

from zoneviz.gui.kit import text
from zoneviz.mach.profile import LIBPORTS, POOL_MOST, WINDOWS

EXPERIMENT, KERNEL, SERVERS, LIMITS = "experiment", "kernel", "servers", "limits"
GROUPS = {
    EXPERIMENT: "What the experiment does, and the seed of its chance",
    KERNEL: "The kernel and the machine it runs on",
    SERVERS: "How the servers treat their threads",
    LIMITS: "Limits that nobody had at the time; 0 is no limit",
}
"""Groups in the order of the form, and what they hold."""
NOTES = {LIMITS: "0: none"}
"""What stands beside a group's name."""
FOLDED = (LIMITS,)
"""Groups that are folded until one of their values is not the default."""
SIZES = ("ram", "zone_map_size")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a setting is. `unit` stands behind its name; `low`, `high`: the whole numbers or bytes it takes, none for a word."""

    group: str
    words: str
    unit: str = ""
    low: int = 0
    high: int = 0
    zero: bool = False
    """Whether 0 may stand here, too, for no limit."""

    def hint(self, size: bool = False) -> str:
        """Meaning and range in words; a `size` is written with its unit."""
        if not self.high:
            return self.words
        low, high = ((text.short_size if size else text.number)(value) for value in (self.low, self.high))
        return f"{self.words} ({'0 for no limit, or ' if self.zero else ''}from {low} to {high})"


_MOST = 1 << 30
MEANINGS = {
    "ram": Meaning(KERNEL, "Memory of the machine", "", 16 << 20, 4096 << 20),
    "zone_map_size": Meaning(KERNEL, "Size of zone_map, which all zones share", "", 64 << 10, 1024 << 20),
    "task_max": Meaning(KERNEL, "Most tasks: the cap of the zone of tasks", "", 8, 1 << 20),
    "thread_max": Meaning(KERNEL, "Most threads: the cap of the zone of threads", "", 8, 1 << 20),
    "kernel_window": Meaning(KERNEL, f"Address space of the kernel (one of {', '.join(WINDOWS)})"),
    "ipc_compat": Meaning(KERNEL, "Whether the kernel is built with MACH_IPC_COMPAT"),
    "libports": Meaning(SERVERS, f"How libports makes threads (one of {', '.join(LIBPORTS)}; pool:N takes N from 1 to {POOL_MOST:,})"),
    "max_processes": Meaning(LIMITS, "Most processes of one user, kept by proc", "a user", 8, _MOST, True),
    "max_threads": Meaning(LIMITS, "Most threads of one task", "a task", 16, _MOST, True),
    "max_task_ports": Meaning(LIMITS, "Most names in one task's space", "a task", 256, _MOST, True),
    "max_user_ports": Meaning(LIMITS, "Most receive rights of one user", "a user", 256, _MOST, True),
    "collect_zones": Meaning(LIMITS, "Whether a full zone_map is collected before the panic"),
}
"""What each setting of a profile means, by name."""
