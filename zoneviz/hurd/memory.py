"""The memory of a process: what the loader maps, what the startup touches, what is written after a fork.

An image is a list of regions, one map entry each. Text is read-only and stays shared. The startup touches every page of a
written region (relocation, initialisation); after a fork both sides soon write to its first page again.
"""

from dataclasses import dataclass, field

from zoneviz.hurd.cthreads import Steps
from zoneviz.mach import traps
from zoneviz.mach.sizes import PAGE

SIGNAL_STACK, USER_STACK = -3, -1  # indexes of the stacks of the two threads in `places`
ZERO_AT, PROGRAM_AT, LIBRARIES_AT, STACK_AT = 0, 0x08048000, 0x01000000, 0xBEF00000  # the last three in three page tables [I]
GAP = 16 * PAGE  # between regions, so that their entries do not merge
ALL_MEMORY = 0xBFFFF000  # bytes that a task can have, for the call that deallocates them all
DATA_LIMIT = 128 * 1024 * 1024  # address space that glibc reserves for brk [S]

OTHER_REGIONS = 14  # fitted to 800 children from the console at 8 MiB: see docs/fidelity.md


@dataclass(frozen=True, slots=True)
class Region:
    """A map entry. `touched`: pages that the startup touches. `rewritten`: whether its first page is written after a fork.

    After a fork the child reads as many pages of text as the startup did, because it has its own mappings. A region that is not
    touched has no object. `reserved`: its protection is VM_PROT_NONE.
    """

    pages: int
    writable: bool
    touched: int = 1
    rewritten: bool = False
    reserved: bool = False


def text(pages: int, touched: int) -> Region:
    """Code and constants, shared between processes. `touched`: pages that run soon after a start or a fork."""
    return Region(pages, False, touched)


def data(pages: int) -> Region:
    """Data or zero fill. The startup writes all of it, and a running program keeps writing to it."""
    return Region(pages, True, pages, True)


def quiet(pages: int) -> Region:
    """Writable; the startup touches one page, then it is not used."""
    return Region(pages, True)


def reserved(pages: int) -> Region:
    """Address space without access: a red zone, page zero, the rest of the space for brk."""
    return Region(pages, False, 0, reserved=True)


@dataclass(frozen=True, slots=True)
class Image:
    """The memory of a program. `places`: (address, region) of each region; those of the two stacks are at fixed indexes."""

    name: str
    own: tuple[Region, ...]
    places: tuple[tuple[int, Region], ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        others = (data(1) for _ in range(OTHER_REGIONS))
        libraries = (*LIBRARIES, *others, *ARGUMENTS, *SIGNALS)
        areas = ((ZERO_AT, ZERO), (PROGRAM_AT, (*self.own, *HEAP)), (LIBRARIES_AT, libraries), (STACK_AT, STACK))
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
# libhurduser; startup pages; a region each with arguments and environment; the stack of the signal thread, which touches it
# itself, 8 pages above a red zone [S]. The sizes of the others are inferred, and so are the 45 pages of text that run after a
# fork (fork and signal code of libc, stubs of each library, lazy binding of ld.so) [I].
RED_ZONE = reserved(1)
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
)
ARGUMENTS = (Region(1, True, 0), Region(1, True, 0))
SIGNALS = (RED_ZONE, Region(8, True, 0))
ZERO = (reserved(1),)  # page zero [S]
HEAP = (Region(33, True, 1, True), reserved(DATA_LIMIT // PAGE - 33))  # the used part, and the rest of the space for brk [S]
STACK = (RED_ZONE, Region(16 * 1024 * 1024 // PAGE, True, 1, True))  # 16 MiB above a red zone [S]
OWN = (text(4, 2), data(1), data(2))


def image(name: str) -> Image:
    """A small program of 2005: a typical one has 15 to 25 map entries [I], and about 6 without an object [S, number I]."""
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
            yield traps.vm_protect(task, address, region.pages * PAGE, 0 if region.reserved else 1)


def run_in(program: Image = SMALL) -> Steps:
    """The startup of a program: touch its memory, and set the floating point control word (__setfpucw)."""
    for address, region in program.places:
        if region.touched:
            yield traps.touch(address, region.touched * PAGE, write=region.writable)
    yield traps.fldcw()


def after_fork(program: Image) -> Steps:
    """Touch what both sides of a fork touch soon after it. Writes copy pages; the child also maps its text again."""
    for address, region in program.places:
        if region.rewritten:
            yield traps.touch(address)
        elif region.touched and not region.writable:
            yield traps.touch(address, region.touched * PAGE, write=False)
