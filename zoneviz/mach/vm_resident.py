"""Physical pages, vm/vm_resident.c: how many are free and wired, and what happens when they run out.

Page frames do not affect zones, so pages are only counted. Pages of user objects are VmPages, because they have mappings.
"""

from typing import TYPE_CHECKING, Final

from zoneviz.mach.kinds import PAGE_GRAB, PAGE_RELEASE

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.pmap import Pmap


FREE_RESERVED: Final = 50  # vm/vm_pageout.c: pages reserved for the pageout path [R]
FREE_MIN_BASE: Final = 60  # pageout starts below 60 + (free at boot - 50) / 100 free pages [R]


class VmPage:
    """A resident page of a user object. `mappings`: its (pmap, virtual page number) pairs."""

    __slots__ = ("mappings",)

    def __init__(self) -> None:
        self.mappings: list[tuple[Pmap, int]] = []


class PhysicalMemory:
    """Counts of pages of 4096 bytes. `pages`: all that the kernel manages. `free_min`: below it the pageout scan runs."""

    __slots__ = ("free", "free_min", "pages", "scanned", "wired")

    def __init__(self) -> None:
        self.pages = 0
        self.free = 0
        self.wired = 0
        self.free_min = 0
        self.scanned = False

    def startup(self, k: "Kernel", pages: int) -> None:
        """Put the pages that boot left on the free list (vm_page_startup)."""
        self.pages = pages
        self.free = pages
        self.free_min = FREE_MIN_BASE + (pages - FREE_RESERVED) // 100
        k.tell((PAGE_RELEASE, k.time, k.task_id, k.thread_id, k.path.id, pages, 0, 1, 0))

    def grab_wired(self, k: "Kernel", count: int) -> None:
        """Take and wire `count` pages. Ends the run as a hang if there are not enough."""
        if count:
            self._take(k, count, count)

    def grab(self, k: "Kernel") -> None:
        """Take one page for a user object. Ends the run as a hang if no page is free."""
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
        k.tell((PAGE_GRAB, k.time, k.task_id, k.thread_id, k.path.id, count, 0, 0, wired))

    def release(self, k: "Kernel", count: int, wired: int) -> None:
        """Release `count` pages, `wired` of them wired."""
        if count:
            self.free += count
            self.wired -= wired
            k.tell((PAGE_RELEASE, k.time, k.task_id, k.thread_id, k.path.id, count, 0, 0, wired))
