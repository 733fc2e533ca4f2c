"""What the kernel was doing when it took memory, read from the call path: the family that a path belongs to.

Where a message is made it is a message's; else the outermost frame that says it decides: a port made inside `task_create` belongs
to the making of a task, one made inside `vm_object_allocate` to a memory object.
The frames are gnumach's function names, the same in simulated and imported recordings.
"""

from zoneviz.events import Catalog

TASKS, THREADS, PORTS, MESSAGES, MEMORY, OTHER = range(6)
NAMES = ("tasks", "threads", "ports and names", "messages", "address spaces", "the rest")

_EXACT = {
    "task_create": TASKS,
    "ipc_task_init": TASKS,
    "pmap_create": TASKS,
    "vm_map_fork": TASKS,
    # A shadow object is only made where inherited memory is written to: it is a cost of forking.
    "vm_object_shadow": TASKS,
    "thread_create": THREADS,
    "kernel_thread": THREADS,
    "stack_alloc": THREADS,
    # A reply port belongs to the thread that waits on it.
    "mach_reply_port": THREADS,
}
_KMSG = ("ipc_kmsg_get", "ipc_kmsg_alloc", "ipc_notify_")
"""Wherever they stand, it is a message that is made: a notification comes of a port's end, and is none of it."""
_PREFIX = (
    ("mach_port_", PORTS),
    ("ipc_port_", PORTS),
    ("ipc_pset_", PORTS),
    ("ipc_object_", PORTS),
    ("ipc_entry_", PORTS),
    ("ipc_right_", PORTS),
    ("ipc_marequest_", PORTS),
    ("vm_map", MEMORY),
    ("_vm_map", MEMORY),
    ("vm_allocate", MEMORY),
    ("vm_object_", MEMORY),
)
_BLOCKING = ("thread_block", "thread_invoke", "switch_context", "stack_attach")


def family_of(frames: list[str]) -> int:
    """The family of a path, outermost frame first. `vm_fault` itself says nothing: what it makes does."""
    if any(frame.startswith(_KMSG) for frame in frames):
        return MESSAGES
    for frame in frames:
        found = _EXACT.get(frame)
        if found is not None:
            return found
        if frame in _BLOCKING:
            return THREADS  # what a thread needs to run on: its kernel stack
        for prefix, family in _PREFIX:
            if frame.startswith(prefix):
                # On the way to a shadow the map is looked up; a fault is not yet the making of anything.
                if frame == "vm_map_lookup":
                    break
                return family
    return OTHER


class Families:
    """The family of each path id of a catalog, worked out once a path."""

    def __init__(self, catalog: Catalog) -> None:
        self._paths = catalog.paths
        self._known: dict[int, int] = {}

    def __getitem__(self, path: int) -> int:
        found = self._known.get(path)
        if found is None:
            inside = 0 <= path < len(self._paths.rows)
            found = self._known[path] = family_of(self._paths.frames(path)) if inside else OTHER
        return found
