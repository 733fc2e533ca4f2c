"""Write-back, vm/memory_object.c: a file's dirty pages are sent to its pager, a message for each run, past the queue limit."""

from typing import TYPE_CHECKING, Final

from zoneviz.events import RECEIVE
from zoneviz.mach import ipc_kmsg
from zoneviz.mach.ipc_kmsg import Kmsg
from zoneviz.mach.ipc_port import IpcPort, make_send
from zoneviz.mach.ipc_space import KERN_INVALID_NAME, KERN_SUCCESS, lookup
from zoneviz.mach.kalloc import kalloc
from zoneviz.mach.kinds import MSG_SEND
from zoneviz.mach.sizes import PAGE, SAVED_KMSG_SIZE
from zoneviz.mach.vm_copy import VmMapCopy
from zoneviz.mach.vm_fault import new_page
from zoneviz.mach.vm_map import VmEntry, entry_create
from zoneviz.mach.vm_object import vm_object_allocate
from zoneviz.mach.zalloc import zalloc

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.thread import Thread

DATA_RETURN: Final = 2207  # memory_object_data_return, mach/memory_object.defs [R]
DATA_RETURN_SIZE: Final = 88  # bytes of that message: header, control port, offset, the pages as out-of-line memory, three words [I]
DATA_WRITE_MAX: Final = 32  # pages in one such message, vm/memory_object.c [S]


def lock_request(k: "Kernel", thread: "Thread", pager: int, pages: int) -> int:
    """A trap: memory_object_lock_request that returns the dirty pages of a file, `pages` in a row. A kern_return.

    `pager`: the caller's receive right of the file's pager. For each run of at most DATA_WRITE_MAX the kernel allocates an object,
    copies the pages into it and sends it as out-of-line memory; the body is (sequence number, pages). These messages do not wait for
    room. All are sent before the pager runs, because the kernel is not preempted. (The pageout daemon sends one a page.)
    """
    server = thread.path["mach_call_call"]["mach_msg_trap"]["ipc_kobject_server"]
    k.path = server["_Xmemory_object_lock_request"]["memory_object_lock_request"]
    entry = lookup(k, thread.task.space, pager)
    port = entry.object if entry is not None and entry.bits & RECEIVE else None
    if not isinstance(port, IpcPort):
        return KERN_INVALID_NAME
    here = k.path
    for first in range(0, pages, DATA_WRITE_MAX):
        run = min(pages - first, DATA_WRITE_MAX)
        k.path = here["vm_pageout_setup"]
        k.time += k.costs.page_out * run + k.costs.msg_send
        backing = vm_object_allocate(k, run * PAGE)
        for index in range(run):
            new_page(k, backing, index)
        copy = VmMapCopy(zalloc(k, k.zones["map copies"]), run * PAGE)
        copy.entries.append(VmEntry(entry_create(k), 0, run * PAGE, backing, 0))
        kmsg = Kmsg(kalloc(k, SAVED_KMSG_SIZE), SAVED_KMSG_SIZE, make_send(port), DATA_RETURN, DATA_RETURN_SIZE)
        kmsg.memory.append(copy)
        kmsg.body = (port.seqno, run)
        port.seqno += 1
        ipc_kmsg.message_event(k, MSG_SEND, kmsg)
        ipc_kmsg.deliver(k, kmsg)
    k.path = here
    return KERN_SUCCESS
