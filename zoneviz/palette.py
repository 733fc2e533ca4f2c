"""The colour of each zone and task as `#rrggbb`: the same in the window, in pictures and in reports."""

from collections.abc import Collection, Mapping, Sequence
from zlib import crc32

from zoneviz.events import RECLAIMABLE

# Any two of these can be told apart (tests/test_palette.py). First Okabe and Ito's colour-blind-safe list, then Tol's muted one, for the
# zones that grow largest; the others lie as far from all before them as they can, computed in OKLab.
STRONG = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999", "#f0e442", "#aa4499", "#44aa99", "#ddcc77", "#882255",
    "#117733", "#88ccee",
    "#837fd9", "#8e7c20", "#964a23", "#cea5f6", "#f89e9f", "#553a8f", "#72d08c", "#8da73e", "#745ab1", "#4d521e", "#2d95c3", "#267d7a",
    "#d28866", "#844e76", "#26cbc5", "#235591", "#704140", "#666a3d", "#a199d3", "#6879a6", "#b98f22", "#a56cb1", "#d1676a", "#216652",
    "#b24d6b",
)  # fmt: skip
# Tinted greys, as different from each other and from STRONG as greys can be.
PALE = (
    "#88a9bc", "#7d7355", "#8c84a1", "#bbb595", "#5b788b", "#be9aa2", "#6b8f84", "#7f6272", "#9e9676", "#b4afcf", "#705b43", "#9e7c72",
)  # fmt: skip
# Names in order of their colours: all zones of gnumach, and what a Linux machine has most of. No machine has zones of two systems.
_MACH = (
    "ipc ports", "threads", "non-kernel map entries", "objects", "i386 pcb state", "kalloc.1024", "kalloc.64", "kalloc.256",
    "kalloc.8192", "tasks", "pmap", "kalloc.4096", "ipc spaces", "maps",
    "kalloc.2048", "pv_list", "kalloc.16", "kernel map entries", "kalloc.512", "zones", "i386 fpsave state", "kalloc.128", "kalloc.32",
    "vm pages", "ipc port sets", "ipc tree entries", "vm fault state", "map copies", "external page bitmaps",
    "object small existence maps", "object large existence maps", "ipc msg-accepted requests", "io inband read buffers",
    "wired device trap buffers", "open device entry", "net_rcv_port", "net_hash_entry", "device pager structures", "dev_pager port hash",
)  # fmt: skip
_LINUX = (
    "sock_inode_cache", "kmalloc-512", "filp", "signal_cache", "kmalloc-192", "task_struct", "kmalloc-64", "vm_area_struct", "TCP",
    "kmalloc-4k", "skbuff_head_cache", "kmalloc-1k", "kmalloc-2k", "kmalloc-128",
    "kernfs_node_cache", "lsm_file_cache", "kmalloc-256", "kmalloc-96", "shmem_inode_cache", "cred_jar", "kmalloc-8k", "anon_vma_chain",
    "anon_vma", "maple_node", "kmalloc-32", "mm_struct", "sighand_cache", "biovec-max", "kmalloc-cg-1k", "pid", "kmalloc-cg-512",
    "vmap_area", "kmalloc-16", "UDP", "kmalloc-cg-2k", "nf_conntrack", "kmalloc-cg-4k", "files_cache", "eventpoll_epi",
)  # fmt: skip
_RECLAIMED = (
    "dentry", "ext4_inode_cache", "proc_inode_cache", "buffer_head", "inode_cache", "radix_tree_node", "lsm_inode_cache", "xfs_inode",
    "extent_status", "btrfs_inode", "kmalloc-rcl-96", "ovl_inode",
)  # fmt: skip
_ALIASES = {"dentry_cache": "dentry", "ext4_extent_status": "extent_status", "kmalloc-1024": "kmalloc-1k", "kmalloc-2048": "kmalloc-2k",
            "kmalloc-4096": "kmalloc-4k", "kmalloc-8192": "kmalloc-8k", "skbuff_cache": "skbuff_head_cache"}  # fmt: skip
"""What other versions of Linux call them."""
FIXED = dict(zip(_MACH, STRONG, strict=True)) | dict(zip(_LINUX, STRONG, strict=True))
_STRIDE = 7
"""From a colour that is taken to the next one to try: it visits all of STRONG and of PALE."""
_FIXED_PALE = dict(zip(_RECLAIMED, PALE, strict=True))
_OTHER = "#535b68"
# Tasks and servers: Tol's bright and light lists, without the colours of FIXED.
_TASKS = (
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#77aadd", "#ee8866", "#bbcc33", "#99ddff", "#ffaabb", "#44bb99",
)  # fmt: skip


def zone(name: str, dark: bool = False) -> str:
    """The colour of a zone: from FIXED, or one of STRONG derived from its name."""
    return shade(_base(name, False), dark)


def pale(name: str, dark: bool = False) -> str:
    """A tinted grey for what is not suspect, such as caches that the system takes back."""
    return shade(_base(name, True), dark)


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


def apart(names: Sequence[str], greys: Collection[str], kept: Mapping[str, str] | None = None) -> dict[str, str]:
    """The colours, not shaded, of those zones that look like a larger one: they get another, so that the largest all differ.

    `names`: of a recording, largest first; `greys`: those of them that are greys. `kept`: what an earlier call returned; they stay.
    """
    out = dict(kept or {})
    for colours, grey in ((STRONG, False), (PALE, True)):
        largest = [name for name in names if (name in greys) == grey and not name.startswith("(")][: len(colours) * 3 // 4]
        taken: dict[str, str] = {}
        # Known names first, the others by name: which of two zones is larger may differ from recording to recording.
        for name in sorted(largest, key=lambda name: (name not in out, not _known(name, grey), name)):
            wanted = out.get(name) or _base(name, grey)
            at = colours.index(wanted)
            free = next(c for c in (colours[(at + step * _STRIDE) % len(colours)] for step in range(len(colours))) if c not in taken)
            taken[free] = name
            if free != _base(name, grey):
                out[name] = free
    return out


def parts(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of `#rrggbb`, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def shade(colour: str, dark: bool) -> str:
    """`colour` for large areas: darker in the dark theme, lighter in the light one."""
    red, green, blue = (int(c * 0.86) if dark else int(c + (255 - c) * 0.16) for c in parts(colour))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _known(name: str, grey: bool) -> bool:
    return _ALIASES.get(name, name) in (_FIXED_PALE if grey else FIXED)


def _base(name: str, grey: bool) -> str:
    """The colour of a zone, not shaded, as long as no larger one has it."""
    known, colours = (_FIXED_PALE, PALE) if grey else (FIXED, STRONG)
    return known.get(_ALIASES.get(name, name)) or _chosen(colours, name)


def _chosen(colours: tuple[str, ...], name: str) -> str:
    return colours[crc32(name.encode("utf-8", "replace")) % len(colours)]
