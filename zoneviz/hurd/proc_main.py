"""The start of proc (proc/main.c): its main thread gets a better priority than other threads have; its workers do not [S]."""

from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.libports import Server
from zoneviz.hurd.proc import Proc
from zoneviz.mach import traps
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.mach_msg import self_port
from zoneviz.mach.profile import Profile
from zoneviz.mach.thread import Thread

PRIORITY = 2  # increase_priority [S]


def make(policy: str, max_processes: int = 0) -> Server:
    """The proc server with its handlers. `max_processes`: of one user, 0: no limit."""
    return ProcServer(policy, Proc(max_processes))


class ProcServer(Server):
    """The server with its tables."""

    def __init__(self, policy: str, tables: Proc) -> None:
        super().__init__("proc", policy)
        self.tables = tables
        self.handlers = tables.handlers()

    def follow(self, profile: Profile) -> None:
        """Take over the limit of processes as well."""
        super().follow(profile)
        self.tables.limit = profile.max_processes

    def open_bucket(self) -> Steps:
        """Open the bucket, get the privileged host port, and raise the priority, of which only this thread has the full benefit."""
        yield from super().open_bucket()
        host = self.tables.host = yield (startup_procinit,)
        thread = yield traps.thread_self()
        _, ((address, size), (pset_name,)) = yield traps.host_processor_sets((yield traps.mach_host_self()))
        _, pset = yield traps.host_processor_set_priv(host, pset_name)
        yield traps.thread_max_priority(thread, pset, 0)
        yield traps.task_priority(self.me, PRIORITY, True)
        for name in (pset, pset_name):
            yield traps.port_deallocate(self.me, name)
        yield traps.vm_deallocate(self.me, address, size)


def startup_procinit(k: Kernel, thread: Thread) -> int:
    """A trap: the name of the privileged host port. The RPC to init that brings it is left out."""
    return self_port(k, thread, k.host_ports["host_priv"], "startup_procinit")
