"""The colour of each zone and task as `#rrggbb`: the same in the window, in pictures and in reports."""

from zlib import crc32

from zoneviz.events import RECLAIMABLE

# The zones that grow largest: Okabe and Ito's colour-blind-safe list, then Tol's muted one.
FIXED = {
    "ipc ports": "#0072b2",
    "threads": "#e69f00",
    "non-kernel map entries": "#009e73",
    "objects": "#cc79a7",
    "i386 pcb state": "#56b4e9",
    "kalloc.1024": "#d55e00",
    "kalloc.64": "#999999",
    "kalloc.256": "#f0e442",
    "kalloc.8192": "#aa4499",
    "tasks": "#44aa99",
    "pmap": "#ddcc77",
    "kalloc.4096": "#882255",
    "ipc spaces": "#117733",
    "maps": "#88ccee",
}
# All other zones, chosen by name. Duller than the fixed colours.
_OTHERS = (
    "#8c6d31", "#7b6fa8", "#6b8e5a", "#a8616b", "#4f7f8f", "#b08d6e", "#5f6fb0", "#93734f", "#6f9c94", "#a07aa0", "#7d8a3f", "#8f5f7f",
)  # fmt: skip
_OTHER = "#535b68"
_PALE = ("#8b929b", "#a3a9b1", "#7c838d", "#b0b5bc")
# Tasks and servers: Tol's bright and light lists, without the colours of FIXED.
_TASKS = (
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#77aadd", "#ee8866", "#bbcc33", "#99ddff", "#ffaabb", "#44bb99",
)  # fmt: skip


def zone(name: str, dark: bool = False) -> str:
    """The colour of a zone: from FIXED, or derived from its name."""
    return shade(FIXED.get(name) or _chosen(_OTHERS, name), dark)


def pale(name: str, dark: bool = False) -> str:
    """A grey for what is not suspect, such as caches that the system takes back; neighbours differ."""
    return shade(_chosen(_PALE, name), dark)


def other(dark: bool = False) -> str:
    """The colour of the rest: zones or tasks too small to be drawn separately."""
    return shade(_OTHER, dark)


def task(name: str, dark: bool = False) -> str:
    """The colour of a task or server, derived from its name. Tasks of the same name share a colour."""
    return shade(_chosen(_TASKS, name), dark)


def zone_or_grey(name: str, flags: str, dark: bool = False) -> str:
    """The colour of a zone with these flags. Names in parentheses, as "(in no zone)", stand for what is in none that is known."""
    if name.startswith("("):
        return other(dark)
    return pale(name, dark) if RECLAIMABLE in flags.split() else zone(name, dark)


def parts(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of `#rrggbb`, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def shade(colour: str, dark: bool) -> str:
    """`colour` for large areas: darker in the dark theme, lighter in the light one."""
    red, green, blue = (int(c * 0.86) if dark else int(c + (255 - c) * 0.16) for c in parts(colour))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _chosen(colours: tuple[str, ...], name: str) -> str:
    return colours[crc32(name.encode("utf-8", "replace")) % len(colours)]
