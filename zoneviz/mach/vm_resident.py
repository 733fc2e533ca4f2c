"""Physical pages, vm/vm_resident.c: how many are free, wired, and what happens when there are none.

Which frame a page lies in decides nothing about zones, so pages are counted; only pages of user objects are things.
"""

from typing import TYPE_CHECKING

from zoneviz.events import Kind

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.pmap import Pmap

PAGE_GRAB, PAGE_RELEASE, PAGEOUT = int(Kind.PAGE_GRAB), int(Kind.PAGE_RELEASE), int(Kind.PAGEOUT)

FREE_RESERVED = 50  # vm/vm_pageout.c: pages kept for the pageout path itself [R]
FREE_MIN_BASE = 60  # page-out starts below 60 + (free at boot - 50)/100 free pages [R]


class VmPage:
    """A resident page of a user object. `mappings`: the (pmap, virtual page) pairs that map it."""

    __slots__ = ("mappings",)

    def __init__(self) -> None:
        self.mappings: list[tuple[Pmap, int]] = []


class PhysicalMemory:
    """Counts of pages of 4096 bytes. `pages`: all the kernel manages; `free`; `wired`."""

    __slots__ = ("free", "free_min", "pages", "scanned", "wired")

    def __init__(self) -> None:
        self.pages = 0
        self.free = 0
        self.wired = 0
        self.free_min = 0
        self.scanned = False

    def startup(self, k: "Kernel", pages: int) -> None:
        """Put the pages left after boot's own needs on the free list (vm_page_startup)."""
        self.pages = pages
        self.free = pages
        self.free_min = FREE_MIN_BASE + (pages - FREE_RESERVED) // 100
        k.tell((PAGE_RELEASE, k.time, k.task_id, k.thread_id, k.path, pages, 0, 1, 0))

    def grab_wired(self, k: "Kernel", count: int) -> None:
        """Take `count` pages and wire them; hangs the kernel when there are not enough."""
        if count:
            self._take(k, count, count)

    def grab(self, k: "Kernel") -> None:
        """Take one page for a user object."""
        self._take(k, 1, 0)

    def _take(self, k: "Kernel", count: int, wired: int) -> None:
        free = self.free - count
        if free < self.free_min:
            k.vm_pageout_wakeup()
            free = self.free - count
            if free < FREE_RESERVED:
                k.vm_page_wait()
        self.free = free
        self.wired += wired
        k.tell((PAGE_GRAB, k.time, k.task_id, k.thread_id, k.path, count, 0, 0, wired))

    def release(self, k: "Kernel", count: int, wired: int) -> None:
        """Give `count` pages back, of which `wired` were wired."""
        if count:
            self.free += count
            self.wired -= wired
            k.tell((PAGE_RELEASE, k.time, k.task_id, k.thread_id, k.path, count, 0, 0, wired))
