"""The owner of each zone element, found by a walk from the tasks. Zones and reference counts must agree with it."""

from collections import Counter
from collections.abc import Iterator

from zoneviz.events import SEND, SEND_ONCE
from zoneviz.mach.ipc_kmsg import Kmsg
from zoneviz.mach.ipc_port import IpcPort, IpcPset
from zoneviz.mach.ipc_space import IpcSpace
from zoneviz.mach.kalloc import KALLOC_MAX
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.sizes import IPC_ENTRY, PAGE
from zoneviz.mach.task import Task
from zoneviz.mach.thread import Thread
from zoneviz.mach.vm_map import VmEntry
from zoneviz.mach.vm_object import VmObject

KALLOC = tuple(f"kalloc.{16 << n}" for n in range(10))


def kalloc_zone(size: int) -> str:
    """The zone from which kalloc takes `size` bytes."""
    return next(name for name in KALLOC if size <= int(name[7:]))


class Owners:
    """One walk over a kernel, between two traps.

    `elements`: how many owners each (zone, address) has. `refs`, `sends`, `onces`: by port, references and rights to it.
    `messages`: queued messages.
    """

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.elements: Counter[tuple[str, int]] = Counter()
        self.refs: Counter[IpcPort] = Counter()
        self.sends: Counter[IpcPort] = Counter()
        self.onces: Counter[IpcPort] = Counter()
        self.messages = 0
        self.objects: Counter[VmObject] = Counter()
        self._ports: set[IpcPort] = set()
        self._sets: set[IpcPset] = set()
        for task in kernel.tasks.values():
            self._task(task)
        for each in kernel.maps.values():
            for entry in each.entries:
                self._own(each.entry_zone, entry.address)
        if kernel.ikm_cache:
            self._own("kalloc.256", kernel.ikm_cache)

    def _own(self, zone: str, address: int) -> None:
        self.elements[zone, address] += 1

    def _task(self, task: Task) -> None:
        self._own("tasks", task.address)
        for thread in task.threads:
            self._thread(thread)
        if not task.kernel:
            self._own("maps", task.map.address)
            self._own("pmap", task.map.pmap.address)
            for entry in task.map.entries:
                self._entry(entry)
        self._own("ipc spaces", task.space.address)
        if task.notify is not None:
            self._refer(task.notify)
        if task.alive:
            self._space(task.space)
            self._refer(task.port)
            self._refer(task.sself, SEND)
            for port in task.special.values():
                self._refer(port, SEND)

    def _thread(self, thread: Thread) -> None:
        self._own("threads", thread.address)
        self._own("i386 pcb state", thread.pcb)
        if thread.compat_reply is not None:
            self._refer(thread.compat_reply)
        if thread.port.alive:
            self._refer(thread.port)
            self._refer(thread.sself, SEND)
        if thread.received is not None:
            self._kmsg(thread.received)

    def _space(self, space: IpcSpace) -> None:
        if space.size * IPC_ENTRY < PAGE:
            self._own(kalloc_zone(space.size * IPC_ENTRY), space.table)
        for entry in space.entries.values():
            if entry.tree:
                self._own("ipc tree entries", entry.tree)
            if isinstance(entry.object, IpcPort):
                self._refer(entry.object, entry.bits & (SEND | SEND_ONCE))
            elif isinstance(entry.object, IpcPset):
                self._set(entry.object)

    def _refer(self, port: IpcPort, right: int = 0) -> None:
        """Count a reference to a port, with or without a right."""
        self.refs[port] += 1
        self.sends[port] += bool(right & SEND)
        self.onces[port] += bool(right & SEND_ONCE)
        if port in self._ports:
            return
        self._ports.add(port)
        self._own("ipc ports", port.address)
        if isinstance(port.kobject, str):
            self.refs[port] += 1  # held by the kernel: the host's or a device's port
        if 0 < port.dn_bytes < PAGE:
            self._own(kalloc_zone(port.dn_bytes), port.dn_address)
        for asker in [*port.dnrequests.values(), *([port.nsrequest] if port.nsrequest else [])]:
            self._refer(asker, SEND_ONCE)
        for kmsg in [*port.messages, *(waiting for _, waiting in port.senders)]:
            self._kmsg(kmsg)
        self.messages += len(port.messages)
        if port.pset is not None:
            self._set(port.pset)

    def _set(self, pset: IpcPset) -> None:
        if pset not in self._sets:
            self._sets.add(pset)
            self._own("ipc port sets", pset.address)
            self.messages += len(pset.messages)
            for kmsg in pset.messages:
                self._kmsg(kmsg)

    def _kmsg(self, kmsg: Kmsg) -> None:
        if kmsg.size <= KALLOC_MAX:  # a larger one is in kalloc_map
            self._own(kalloc_zone(kmsg.size), kmsg.address)
        self._refer(kmsg.port, kmsg.right)
        for port, right in [*kmsg.rights, *([kmsg.reply] if kmsg.reply else [])]:
            self._refer(port, right)
        for copy in kmsg.memory:
            self._own("map copies", copy.address)
            for entry in copy.entries:
                self._entry(entry)

    def _entry(self, entry: VmEntry) -> None:
        self._own("non-kernel map entries", entry.address)
        behind = entry.object
        while behind is not None:
            self.objects[behind] += 1
            if self.objects[behind] > 1:
                return  # already visited
            self._own("objects", behind.address)
            if behind.port:
                self._own("ipc ports", behind.port)
            behind = behind.shadow

    def pv_entries(self) -> int:
        """Pv entries in use: one for each mapping of a page after the first."""
        pages = {id(page): page for backing in self.objects for page in backing.pages.values()}
        return sum(max(len(page.mappings) - 1, 0) for page in pages.values())

    def wrong_counts(self) -> Iterator[str]:
        """Ports and objects whose counts differ from those of the walk."""
        for port in self._ports:
            found = (self.refs[port], self.sends[port], self.onces[port])
            if found != (port.refs, port.srights, port.sorights):
                yield f"port {port.address:x} says {(port.refs, port.srights, port.sorights)}, found {found}"
        for backing, found_refs in self.objects.items():
            if backing.refs != found_refs:
                yield f"object {backing.address:x} says {backing.refs}, found {found_refs}"
