"""The memory of a process: what the loader maps, what the startup touches, what is written again after a fork.

A program is an image: a list of regions, each one map entry. Text is read only and stays shared; of a written region every page
is touched by the startup (relocation, initialisation), and its first page is written again soon after each fork by either side.
"""

from dataclasses import dataclass, field

from zoneviz.hurd.cthreads import Steps
from zoneviz.mach import traps
from zoneviz.mach.sizes import PAGE

USER_STACK, SIGNAL_STACK = -2, -1  # which regions are the stacks of the two threads
PROGRAM_AT, LIBRARIES_AT, STACKS_AT = 0x08048000, 0x01000000, 0xBF000000  # so that a process has three page tables [I]
GAP = 16 * PAGE  # between regions, so that entries stay apart
ALL_MEMORY = 0xBFFFF000 - PAGE  # what a task can have, for the one call that clears it

OTHER_REGIONS = 13  # fitted to 800 children from the console at 8 MiB: docs/fidelity.md says what they may be


@dataclass(frozen=True, slots=True)
class Region:
    """A map entry: pages; may it be written; how many pages the startup touches; is its first page written again after a fork.

    Of text a child of fork reads again as many pages as the startup did: each mapping is its own.
    """

    pages: int
    writable: bool
    touched: int = 1
    rewritten: bool = False


def text(pages: int, touched: int) -> Region:
    """Code and constants, shared by all who run it; so many pages of it are run soon after a start or a fork."""
    return Region(pages, False, touched)


def data(pages: int) -> Region:
    """Data or zero fill that the startup writes whole, and a running program keeps writing to."""
    return Region(pages, True, pages, True)


def quiet(pages: int) -> Region:
    """Writable, touched once by the startup, then left alone."""
    return Region(pages, True)


@dataclass(frozen=True, slots=True)
class Image:
    """A program's memory: `places` are (address, region), the two stacks last."""

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
        """Address of the first thread's stack."""
        return self.places[USER_STACK][0]

    @property
    def signal_stack(self) -> int:
        """Address of the signal thread's stack."""
        return self.places[SIGNAL_STACK][0]


# What every dynamically linked program has: text, data and zero fill of ld.so and libc; text and data of libmachuser and
# libhurduser; startup pages with arguments and environment. Sizes, and the 45 pages of text that run after a fork (libc's fork and
# signal code, some stubs of each library, the lazy binding of ld.so) [I].
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
    """Where each region lies."""
    return program.places


def map_memory(task: int, program: Image = SMALL) -> Steps:
    """The loader's work on an empty task: its regions."""
    for address, region in program.places:
        yield traps.vm_allocate(task, region.pages * PAGE, address)
        if not region.writable:
            yield traps.vm_protect(task, address, region.pages * PAGE, 1)


def run_in(program: Image = SMALL) -> Steps:
    """What the program's startup touches of its own memory."""
    for address, region in program.places:
        yield traps.touch(address, region.touched * PAGE, write=region.writable)


def after_fork(program: Image) -> Steps:
    """What either side of a fork touches soon after it: it writes, which copies, and in the child it maps its text again."""
    for address, region in program.places:
        if region.rewritten:
            yield traps.touch(address)
        elif not region.writable:
            yield traps.touch(address, region.touched * PAGE, write=False)
