"""Files that are written: libpager, and the sync of libdiskfs [S: libpager/data-return.c, seqnos.c; libdiskfs/priv.h].

A write leaves dirty pages in memory. Every SYNC a thread of the file system asks the kernel for those of each file, and the kernel
sends a message for each run of at most 32. Messages of a file are let in by sequence number, each in its own thread, which then
writes page by page and waits for the disk. So the threads that a sync creates are the runs that wait at once.

The pages of a file are dirty from its start, in one run. Writes to bitmaps, inodes and directories are not modelled.
"""

from typing import Any

from zoneviz.hurd import ids
from zoneviz.hurd.condition import Condition, condition_broadcast, condition_signal, condition_wait
from zoneviz.hurd.cthreads import Mutex, Steps, mutex_lock, mutex_unlock
from zoneviz.hurd.libports import Server
from zoneviz.mach import memory_object, traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.sizes import PAGE
from zoneviz.mach.syscall_subr import sleep
from zoneviz.mach.thread import Program, Thread

SYNC = 5_000_000_000  # ns between two syncs [S]
DISK_PAGE = 250_000  # ns of the disk for a page of a sequential write, about 16 MB/s [E]
WRITE_PAGE = 4_000  # ns to copy a page into a file [E]


class Pager:
    """struct pager of a file. `port`: its receive right. `dirty`: pages. `next_seqno`: of the message that is let in next."""

    __slots__ = ("dirty", "interlock", "next_seqno", "port", "turn")

    def __init__(self, port: int) -> None:
        self.port = port
        self.dirty = self.next_seqno = 0
        self.interlock = Mutex("the pager's interlock")
        self.turn = Condition("the turn of its sequence number")


class Disk:
    """The files of a file system that were written, and its disk.

    `loop`: the loop of `server` that serves pagers. `free`: when the disk is idle again, in ns. `syncing`: whether the thread that
    syncs exists. The real one exists from boot on; here it begins with the first write, and waits when nothing is dirty.
    """

    def __init__(self, server: Server, loop: int) -> None:
        self.server = server
        self.loop = loop
        self.free = 0
        self.syncing = False
        self.by_path: dict[str, Pager] = {}
        self.by_port: dict[int, Pager] = {}
        self.lock = Mutex("the lock of the files")
        self.written = Condition("diskfs_sync")

    def busy(self, time: int) -> bool:
        """Whether something was written that is not on the disk yet."""
        return self.free > time or self.dirty()

    def dirty(self) -> bool:
        """Whether a file has dirty pages."""
        return any(pager.dirty for pager in self.by_path.values())

    def io_write(self, server: Server, message: Message) -> Steps:
        """S_io_write: copy pages to the end of a file. The body is its path and the number of pages."""
        path, pages = message.body
        yield traps.compute(pages * WRITE_PAGE)
        yield from mutex_lock(self.lock)
        pager = self.by_path.get(path)
        if pager is None:
            port = yield from server.add_port(no_senders=False, loop=self.loop)
            if not port:
                yield mutex_unlock(self.lock)
                return (), ids.Failed(KERN_RESOURCE_SHORTAGE)
            pager = self.by_path[path] = self.by_port[port] = Pager(port)
        pager.dirty += pages
        new, self.syncing = not self.syncing, True
        yield mutex_unlock(self.lock)
        if new:
            yield from server.threads.fork(self.sync(), f"{server.name} sync")
        else:
            yield condition_signal(self.written)
        return (), None

    def sync(self) -> Program:
        """periodic_sync_thread: every SYNC return the dirty pages of all files, file by file."""
        began = yield (now,)
        while True:
            yield until_next_sync, began
            yield from mutex_lock(self.lock)
            for pager in list(self.by_path.values()):
                pages, pager.dirty = pager.dirty, 0
                if pages:
                    yield memory_object.lock_request, pager.port, pages
            while not self.dirty():
                yield from condition_wait(self.written, self.lock)
            yield mutex_unlock(self.lock)

    def data_return(self, server: Server, message: Message) -> Steps:
        """S_memory_object_data_return: wait for the message's turn, then write its pages to the disk, one after the other."""
        seqno, pages = message.body
        pager = self.by_port[message.local]
        yield from mutex_lock(pager.interlock)
        while pager.next_seqno != seqno:
            yield from condition_wait(pager.turn, pager.interlock)
        pager.next_seqno += 1
        if pager.turn.waiting:
            yield condition_broadcast(pager.turn)
        yield mutex_unlock(pager.interlock)
        for _ in range(pages):
            yield device_write, self
        yield from mutex_lock(pager.interlock)
        yield mutex_unlock(pager.interlock)
        for address in message.memory:
            yield traps.vm_deallocate(server.me, address, pages * PAGE)
        return (), None


def now(k: Kernel, thread: Thread) -> int:
    """A trap: the time, in ns."""
    return k.time


def until_next_sync(k: Kernel, thread: Thread, began: int) -> Any:
    """A trap: wait until the next multiple of SYNC since `began`."""
    return sleep(k, thread, SYNC - (k.time - began) % SYNC)


def device_write(k: Kernel, thread: Thread, disk: Disk) -> object:
    """A trap: wait until the disk has done the earlier writes and this one."""
    disk.free = max(disk.free, k.time) + DISK_PAGE
    return sleep(k, thread, disk.free - k.time, why="device_write")
