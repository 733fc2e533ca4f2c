"""What an allocation was for, from its call path: tasks, threads, ports, messages or memory.

Anything allocated while creating a message belongs to the message. Otherwise the outermost known frame decides: a port allocated
inside `task_create` belongs to the task, one inside `vm_object_allocate` to the memory object. Frames are gnumach's function
names, the same in simulated and imported recordings.
"""

from zoneviz.events import Catalog

TASKS, THREADS, PORTS, MESSAGES, MEMORY, OTHER = range(6)
NAMES = ("tasks", "threads", "ports and names", "messages", "address spaces", "the rest")

_EXACT = {
    "task_create": TASKS,
    "ipc_task_init": TASKS,
    "pmap_create": TASKS,
    "vm_map_fork": TASKS,
    # A shadow object is created when inherited memory is written: a cost of fork.
    "vm_object_shadow": TASKS,
    "thread_create": THREADS,
    "kernel_thread": THREADS,
    "stack_alloc": THREADS,
    # A reply port belongs to the thread that waits on it.
    "mach_reply_port": THREADS,
}
_KMSG = ("ipc_kmsg_get", "ipc_kmsg_alloc", "ipc_notify_")
"""In any position these frames create a message; a notification about the end of a port is a message, not part of the port."""
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
    """The family of a call path, outermost frame first. `vm_fault` alone decides nothing; what it creates does."""
    if any(frame.startswith(_KMSG) for frame in frames):
        return MESSAGES
    for frame in frames:
        found = _EXACT.get(frame)
        if found is not None:
            return found
        if frame in _BLOCKING:
            return THREADS  # the thread's kernel stack
        for prefix, family in _PREFIX:
            if frame.startswith(prefix):
                # A fault looks the map up before it creates a shadow.
                if frame == "vm_map_lookup":
                    break
                return family
    return OTHER


class Families:
    """The family of each path id of a catalog, cached."""

    def __init__(self, catalog: Catalog) -> None:
        self._paths = catalog.paths
        self._known: dict[int, int] = {}

    def sent_by_program(self, path: int) -> bool:
        """Whether a path allocates the message that a program sends: not a notification or a reply of the kernel."""
        return 0 <= path < len(self._paths.rows) and "mach_msg_send" in self._paths.frames(path)

    def __getitem__(self, path: int) -> int:
        found = self._known.get(path)
        if found is None:
            inside = 0 <= path < len(self._paths.rows)
            found = self._known[path] = family_of(self._paths.frames(path)) if inside else OTHER
        return found
