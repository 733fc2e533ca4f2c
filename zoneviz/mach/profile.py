"""The kernels one can boot: mach_param.h's limits and the sizes that differed between 2005 and 2007.

Sources: gnumach kern/mach_param.h, kern/zalloc.c, i386/i386at/model_dep.c; structure sizes [M] measured on the
kernels of 2005-07-12 and 2007-04-11.
"""

from dataclasses import dataclass, replace

from zoneviz.errors import UsageError
from zoneviz.units import parse_size

MiB = 1024 * 1024
WINDOWS = ("40M", "40M+ram/15")
LIBPORTS = ("plain", "throttle", "keep-one", "depress", "pool")
POOL_MOST = 1000  # `pool:N`: N workers to each loop, at most so many [I]


@dataclass(frozen=True, slots=True)
class Profile:
    """One kernel on one machine. Sizes in bytes; `task_max`, `thread_max` in tasks and threads.

    Limits of later ideas, 0: none, as it was. `max_processes`: of a user, kept by proc; `max_threads`: of a task; `max_task_ports`:
    names of a task; `max_user_ports`: receive rights of a user; `collect_zones` 1: a full zone_map is collected before the panic.
    """

    name: str
    summary: str
    ram: int = 256 * MiB
    zone_map_size: int = 16 * MiB
    task_max: int = 1024
    thread_max: int = 1024
    kernel_window: str = "40M"
    ipc_compat: int = 1
    libports: str = "plain"
    max_processes: int = 0
    max_threads: int = 0
    max_task_ports: int = 0
    max_user_ports: int = 0
    collect_zones: int = 0

    def settings(self) -> dict[str, int | str]:
        """The values that can be overridden, by name."""
        return {name: getattr(self, name) for name in SETTINGS}


LIMITS = ("max_processes", "max_threads", "max_task_ports", "max_user_ports")
SETTINGS = ("ram", "zone_map_size", "task_max", "thread_max", "kernel_window", "ipc_compat", "libports", *LIMITS, "collect_zones")
LEAST = {"max_processes": 8, "max_threads": 16, "max_task_ports": 256, "max_user_ports": 256}
"""Below these a system cannot come up, or nobody can log in."""

PROFILES: dict[str, Profile] = {
    p.name: p
    for p in (
        Profile("antrik-2005", "The page's own machine in the summer of 2005, limits as upstream"),
        Profile("debian-2005", "The Debian kernel of that summer, limits raised to 65536", task_max=65536, thread_max=65536),
        Profile("upstream-2005", "Upstream CVS of 2005-07", zone_map_size=12 * MiB),
        Profile(
            "debian-2007",
            "Debian in 2007, with k0ro's throttle in libports",
            task_max=65536,
            thread_max=65536,
            kernel_window="40M+ram/15",
            ipc_compat=0,
            libports="throttle",
        ),
        Profile(
            "upstream-2007",
            "Upstream of 2007-04-11, the kernel that was measured",
            zone_map_size=12 * MiB,
            kernel_window="40M+ram/15",
            ipc_compat=0,
        ),
    )
}
DEFAULT_PROFILE = "antrik-2005"

_RANGES = {
    "ram": (16 * MiB, 4096 * MiB),
    "zone_map_size": (64 * 1024, 1024 * MiB),
    "task_max": (8, 1 << 20),
    "thread_max": (8, 1 << 20),
    "ipc_compat": (0, 1),
    **dict.fromkeys(LIMITS, (0, 1 << 30)),
    "collect_zones": (0, 1),
}
_CHOICES = {"kernel_window": WINDOWS, "libports": LIBPORTS}


def _is_pool(text: str) -> bool:
    kind, _, workers = text.partition(":")
    return kind == "pool" and workers.isascii() and workers.isdecimal() and len(workers) < 5 and 1 <= int(workers) <= POOL_MOST


def override(profile: Profile, name: str, text: str) -> Profile:
    """`profile` with one value replaced by what `text` says.

    Errors: UsageError in one sentence for an unknown name or a value out of range.
    """
    if name not in SETTINGS:
        raise UsageError(f"A profile has no {name!r}; it has: {', '.join(SETTINGS)}.")
    if name in _CHOICES:
        if text not in _CHOICES[name] and not (name == "libports" and _is_pool(text)):
            more = f", or pool:N with N from 1 to {POOL_MOST:,}" if name == "libports" else ""
            raise UsageError(f"{name}={text!r} is not one of {', '.join(_CHOICES[name])}{more}.")
        return replace(profile, **{name: text})  # type: ignore[arg-type]
    low, high = _RANGES[name]
    try:
        value = parse_size(text)
    except UsageError:
        raise UsageError(f"{name}={text!r} is not a number or size from {low:,} to {high:,}.") from None
    if not low <= value <= high:
        raise UsageError(f"{name}={text!r} is not from {low:,} to {high:,}.")
    if 0 < value < LEAST.get(name, 0):
        raise UsageError(f"{name}={text!r} is not 0 for no limit, nor at least {LEAST[name]}.")
    return replace(profile, **{name: value})  # type: ignore[arg-type]
