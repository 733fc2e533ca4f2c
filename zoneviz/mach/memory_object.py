"""Write-back, vm/memory_object.c: a file's dirty pages are sent to its pager, one message for each, past the queue limit."""

from typing import TYPE_CHECKING

from zoneviz.events import SEND
from zoneviz.mach import ipc_kmsg
from zoneviz.mach.ipc_kmsg import Kmsg
from zoneviz.mach.ipc_kmsg_copy import MSG_SEND
from zoneviz.mach.ipc_port import IpcPort, copy_send
from zoneviz.mach.ipc_space import KERN_INVALID_NAME, KERN_SUCCESS, lookup
from zoneviz.mach.kalloc import kalloc
from zoneviz.mach.mach_msg import trap_path
from zoneviz.mach.sizes import PAGE, SAVED_KMSG_SIZE
from zoneviz.mach.vm_copy import VmMapCopy
from zoneviz.mach.vm_fault import new_page
from zoneviz.mach.vm_map import VmEntry, entry_create
from zoneviz.mach.vm_object import vm_object_allocate
from zoneviz.mach.zalloc import zalloc

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.thread import Thread

DATA_RETURN = 2207  # memory_object_data_return, mach/memory_object.defs [R]
DATA_RETURN_SIZE = 88  # bytes of that message: header, control port, offset, the page as out-of-line memory, three words [I]


def write_back(k: "Kernel", thread: "Thread", pager: int, pages: int) -> int:
    """A trap: send `pages` dirty pages of a file to the port `pager` of its memory object (vm_pageout_page). A kern_return.

    For each page the kernel allocates an object, puts the page into it and sends it as out-of-line memory. These messages do
    not wait for room. All are sent before the pager runs, because the kernel is not preempted.
    """
    trap_path(k, thread, "mach_msg_trap", "ipc_kobject_server", "_Xmemory_object_lock_request", "memory_object_lock_request")
    entry = lookup(k, thread.task.space, pager)
    port = entry.object if entry is not None and entry.bits & SEND else None
    if not isinstance(port, IpcPort):
        return KERN_INVALID_NAME
    here = k.path
    for _ in range(pages):
        if not port.alive:
            break
        k.path = k.paths[here, "vm_pageout_page"]
        k.time += k.costs.page_out
        backing = vm_object_allocate(k, PAGE)
        new_page(k, backing, 0)
        copy = VmMapCopy(zalloc(k, k.zones["map copies"]), PAGE)
        copy.entries.append(VmEntry(entry_create(k), 0, PAGE, backing, 0))
        kmsg = Kmsg(kalloc(k, SAVED_KMSG_SIZE), SAVED_KMSG_SIZE, copy_send(port), DATA_RETURN, DATA_RETURN_SIZE)
        kmsg.memory.append(copy)
        ipc_kmsg.message_event(k, MSG_SEND, kmsg)
        ipc_kmsg.deliver(k, kmsg)
    k.path = here
    return KERN_SUCCESS
