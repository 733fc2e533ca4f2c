"""Figures of a real machine that another figure bounds, as readings of Linux have them."""

from typing import NamedTuple


class Bounded(NamedTuple):
    """A figure of the machine and the one that bounds it. `whole`: that is the limit; else it is how much more the figure can become."""

    figure: str
    bound: str
    whole: bool


MEMORY = (
    Bounded("slab_unreclaimable", "available_memory", False),
    Bounded("cgroup_slab_unreclaimable", "cgroup_memory_limit", True),
)
"""Those that a leak of a cache makes grow."""
BOUNDED = (
    *MEMORY,
    Bounded("cgroup_threads", "cgroup_threads_limit", True),
    Bounded("open_files", "open_files_limit", True),
)
