"""How a diagnosis names things: names out of recordings as plain text of bounded length, moments, shares."""

from zoneviz.playback.diagnosis.memories import Memory
from zoneviz.playback.limits import PHYSICAL
from zoneviz.units import format_size

_MEMORIES = {
    "zone_map": "zone_map, from which all zones take their pages",
    "kernel_map": "kernel_map, the kernel's own address space",
    "kalloc_map": "kalloc_map, where large kallocs come from",
    PHYSICAL: "physical memory",
}
_LONGEST = 60


def plain(name: str) -> str:
    """A name of a recording in a sentence: one line, no control or direction characters, not longer than can be read."""
    cut = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    return "".join(c if c.isprintable() else "�" for c in cut)


def task(number: int, names: dict[int, str]) -> str:
    """`bomb (task 6)`."""
    name = plain(names.get(number, ""))
    if not number:
        return "the kernel before there were tasks"
    return f"{name} (task {number})" if name and name != f"task {number}" else f"task {number}"


def memory(found: Memory) -> str:
    """What a memory is, in words."""
    if found.zone:
        return f"the zone “{plain(found.zone)}”, which may not grow past its max_size"
    return _MEMORIES.get(found.name, plain(found.name))


def short(found: Memory) -> str:
    """The same in a word or two."""
    return f"the cap of “{plain(found.zone)}”" if found.zone else "physical memory" if found.name == PHYSICAL else plain(found.name)


def size(count: int) -> str:
    """Bytes, as everywhere in zoneviz."""
    return format_size(count)


def share(part: int, whole: int) -> str:
    """`87 %`, and `under 1 %` for what is not nothing."""
    if whole <= 0:
        return "none"
    percent = 100 * part / whole
    return "under 1 %" if 0 < percent < 1 else f"{percent:.0f} %"


def moment(seq: int, time: int, time_kind: str) -> str:
    """`12.402 s (event 1,204,311)`, or the event alone where there is no clock."""
    return f"{time / 1e9:,.3f} s (event {seq:,})" if time_kind == "ns" else f"event {seq:,}"


def count(number: int, one: str, many: str = "") -> str:
    """`1 thread`, `2 threads`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
