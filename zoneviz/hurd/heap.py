"""The heap of a server, for memory that is never freed: pages are allocated when the last one is full [I]."""

from zoneviz.hurd.cthreads import Steps
from zoneviz.mach import traps
from zoneviz.mach.sizes import PAGE


class Heap:
    """`left`: unused bytes of the last page."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = 0

    def malloc(self, me: int, size: int) -> Steps:
        """Allocate `size` bytes, at most a page."""
        if size > self.left:
            kr, address = yield traps.vm_allocate(me, PAGE)
            if kr:
                return
            yield traps.touch(address)
            self.left = PAGE
        self.left -= size
