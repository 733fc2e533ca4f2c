"""The kernels that can be booted: the limits of mach_param.h and the sizes that differed between 2005 and 2007.

Sources: gnumach kern/mach_param.h, kern/zalloc.c, i386/i386at/model_dep.c; structure sizes [M] measured on the
kernels of 2005-07-12 and 2007-04-11.
"""

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Final

from zoneviz.errors import UsageError
from zoneviz.settings import Group, Kind, Setting, Value

MiB: Final = 1024 * 1024
MOST: Final = 1 << 30  # upper bound of the limits below [I]
POOL_MOST: Final = 1000  # upper bound of N in `pool:N` [I]
LEAKS: Final = ("magic", "script", "execve", "sigexc", "address", "reparent", "hook", "reply", "lookup")
"""Leaks of servers and libraries that can be switched; zoneviz/hurd/leaks.py says what each is."""
KERNEL: Final = Group("Kernel", "The kernel and the machine it runs on")
SERVERS: Final = Group("Servers", "How the servers manage their threads, and what they leak")
LIMITS: Final = Group("Limits (0 = no limit)", "Limits that no kernel of the time had", folded=True)


def row(kind: Kind, default: Value, group: Group, help: str, **more: Any) -> Any:
    """The field of a profile value, with its `Setting`; `more` as in Setting."""
    return field(default=default, metadata={"setting": Setting("", kind, default, help, group=group, **more)})


def limit(help: str, unit: str, low: int) -> Any:
    """A limit that no kernel of the time had. Below `low` the system does not come up, or nobody can log in."""
    return row("int", 0, LIMITS, help, unit=unit, low=low, high=MOST, zero="no limit")


@dataclass(frozen=True, slots=True)
class Profile:
    """One kernel on one machine. Each value that can be set is one row here: the form, the command line and the docs read it."""

    name: str
    summary: str
    ram: int = row("size", 256 * MiB, KERNEL, "Memory of the machine.", low=8 * MiB, high=4096 * MiB)
    zone_map_size: int = row("size", 16 * MiB, KERNEL, "Size of zone_map, which all zones share.", low=64 * 1024, high=1024 * MiB)
    task_max: int = row("int", 1024, KERNEL, 'Maximum number of tasks: the upper bound of the zone "tasks".', low=8, high=1 << 20)
    thread_max: int = row("int", 1024, KERNEL, 'Maximum number of threads: the upper bound of the zone "threads".', low=8, high=1 << 20)
    kernel_window: str = row("choice", "40M", KERNEL, "Address space of the kernel.", choices=("40M", "40M+ram/15"))
    ipc_compat: bool = row("bool", True, KERNEL, "Whether the kernel is built with MACH_IPC_COMPAT.")
    libports: str = row(
        "choice",
        "plain",
        SERVERS,
        "How libports creates threads.",
        choices=("plain", "throttle", "keep-one", "depress", "pool"),
        notes=(
            "libports as it was until 2005 (a new thread whenever none listens)",
            "libports thread throttle by k0ro (slows at 64 threads, stops at 251)",
            "libports of 2011 (idle threads exit, one listener stays)",
            "libports of 2012 (a new thread first lowers its priority)",
            "a fixed pool of threads, as in libpager since 2014",
        ),
        numbered=("pool", POOL_MOST),
    )
    leaks: str = row(
        "choice",
        "2005",
        SERVERS,
        "Which leaks of servers and libc are present.",
        choices=("none", "2005", "2007", "all"),
        notes=(
            "no leak of the table in docs/fidelity.md",
            "the leaks not yet cured on 12 July 2005",
            "the leaks not yet cured on 11 April 2007",
            "every leak, whenever it was cured",
        ),
        listed=LEAKS,
    )
    max_processes: int = limit("Maximum number of processes of one user, enforced by proc.", "per user", 8)
    max_threads: int = limit("Maximum number of threads of one task.", "per task", 16)
    max_task_ports: int = limit("Maximum number of names in the space of one task.", "per task", 288)
    max_user_ports: int = limit("Maximum number of receive rights of one user.", "per user", 256)
    collect_zones: bool = row("bool", False, LIMITS, "Whether a full zone_map is collected before the kernel panics.")

    def settings(self) -> dict[str, Any]:
        """The values that can be set, by name."""
        return {name: getattr(self, name) for name in SETTINGS}


SETTINGS: Final[dict[str, Setting]] = {
    f.name: dataclasses.replace(f.metadata["setting"], name=f.name) for f in dataclasses.fields(Profile) if "setting" in f.metadata
}
"""Every value of a profile that can be set, by name, in the order of the form."""

PROFILES: Final[dict[str, Profile]] = {
    p.name: p
    for p in (
        Profile("antrik-2005", "antrik's machine, summer 2005, as in the original report; limits as upstream"),
        Profile("debian-2005", "Debian's kernel of summer 2005, limits raised to 65536", task_max=65536, thread_max=65536),
        Profile("upstream-2005", "Upstream CVS of July 2005", zone_map_size=12 * MiB),
        Profile(
            "debian-2007",
            "Debian in 2007, with k0ro's thread throttle in libports",
            task_max=65536,
            thread_max=65536,
            kernel_window="40M+ram/15",
            ipc_compat=False,
            libports="throttle",
            leaks="2007",
        ),
        Profile(
            "upstream-2007",
            "Upstream of 2007-04-11, the kernel that was measured",
            zone_map_size=12 * MiB,
            kernel_window="40M+ram/15",
            ipc_compat=False,
            leaks="2007",
        ),
    )
}
DEFAULT_PROFILE: Final = "antrik-2005"


def override(profile: Profile, name: str, value: object) -> Profile:
    """`profile` with the value `name` replaced; `value` is text or a value of the right type.

    Errors: UsageError in one sentence for an unknown name or a value out of range.
    """
    if name not in SETTINGS:
        raise UsageError(f"A profile has no {name!r}; it has: {', '.join(SETTINGS)}.")
    parsed: Any = SETTINGS[name].parse(value)
    return dataclasses.replace(profile, **{name: parsed})
