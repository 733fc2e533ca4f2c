"""The memory of a process: what the loader maps, what the startup touches, what is written after a fork.

An image is a list of regions, one map entry each. Text is read-only and stays shared. The startup touches every page of a
written region (relocation, initialisation); after a fork both sides soon write to its first page again.
"""

from dataclasses import dataclass, field

from zoneviz.hurd.cthreads import Steps
from zoneviz.mach import traps
from zoneviz.mach.sizes import PAGE

USER_STACK, SIGNAL_STACK = -2, -1  # indexes of the stacks of the two threads in `places`
PROGRAM_AT, LIBRARIES_AT, STACKS_AT = 0x08048000, 0x01000000, 0xBF000000  # in three page tables [I]
GAP = 16 * PAGE  # between regions, so that their entries do not merge
ALL_MEMORY = 0xBFFFF000 - PAGE  # bytes that a task can have, for the call that deallocates them all

OTHER_REGIONS = 13  # fitted to 800 children from the console at 8 MiB: see docs/fidelity.md


@dataclass(frozen=True, slots=True)
class Region:
    """A map entry. `touched`: pages that the startup touches. `rewritten`: whether its first page is written after a fork.

    After a fork the child reads as many pages of text as the startup did, because it has its own mappings.
    """

    pages: int
    writable: bool
    touched: int = 1
    rewritten: bool = False


def text(pages: int, touched: int) -> Region:
    """Code and constants, shared between processes. `touched`: pages that run soon after a start or a fork."""
    return Region(pages, False, touched)


def data(pages: int) -> Region:
    """Data or zero fill. The startup writes all of it, and a running program keeps writing to it."""
    return Region(pages, True, pages, True)


def quiet(pages: int) -> Region:
    """Writable; the startup touches one page, then it is not used."""
    return Region(pages, True)


@dataclass(frozen=True, slots=True)
class Image:
    """The memory of a program. `places`: (address, region) of each region, the two stacks last."""

    name: str
    own: tuple[Region, ...]
    places: tuple[tuple[int, Region], ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        areas = ((PROGRAM_AT, (*self.own, HEAP)), (LIBRARIES_AT, LIBRARIES), (STACKS_AT, STACKS))
        places = []
        for at, regions in areas:
            for region in regions:
                places.append((at, region))
                at += region.pages * PAGE + GAP
        object.__setattr__(self, "places", tuple(places))

    @property
    def user_stack(self) -> int:
        """The address of the first thread's stack."""
        return self.places[USER_STACK][0]

    @property
    def signal_stack(self) -> int:
        """The address of the signal thread's stack."""
        return self.places[SIGNAL_STACK][0]


# Every dynamically linked program has: text, data and zero fill of ld.so and libc; text and data of libmachuser and
# libhurduser; startup pages with arguments and environment. The sizes are inferred, and so are the 45 pages of text that run
# after a fork (fork and signal code of libc, stubs of each library, lazy binding of ld.so) [I].
LIBRARIES = (
    text(20, 4),
    data(1),
    text(280, 28),
    data(6),
    data(3),
    text(16, 6),
    quiet(1),
    text(20, 5),
    quiet(1),
    quiet(1),
    quiet(2),
    text(1, 1),
    *(data(1) for _ in range(OTHER_REGIONS)),
)
HEAP = Region(33, True, 1, True)
STACKS = (Region(16, True, 1, True), Region(16, True, 1, True))
OWN = (text(4, 2), data(1), data(2))


def image(name: str) -> Image:
    """A small program of 2005: a typical one has 15 to 25 map entries [I]."""
    return Image(name, OWN)


SMALL = image("small program")


def addresses(program: Image = SMALL) -> tuple[tuple[int, Region], ...]:
    """(address, region) of each region."""
    return program.places


def map_memory(task: int, program: Image = SMALL) -> Steps:
    """Map the regions of a program into an empty task, as the loader does."""
    for address, region in program.places:
        yield traps.vm_allocate(task, region.pages * PAGE, address)
        if not region.writable:
            yield traps.vm_protect(task, address, region.pages * PAGE, 1)


def run_in(program: Image = SMALL) -> Steps:
    """Touch the memory that the startup of a program touches."""
    for address, region in program.places:
        yield traps.touch(address, region.touched * PAGE, write=region.writable)


def after_fork(program: Image) -> Steps:
    """Touch what both sides of a fork touch soon after it. Writes copy pages; the child also maps its text again."""
    for address, region in program.places:
        if region.rewritten:
            yield traps.touch(address)
        elif not region.writable:
            yield traps.touch(address, region.touched * PAGE, write=False)
