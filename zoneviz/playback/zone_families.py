"""Which zones belong together, and which a system takes back when memory runs short: by their names.

Size classes and heaps split one use over many zones: Linux kmalloc by group, macOS kalloc by heap, a cache by control group.
Reclaimable are only caches that the kernel itself shrinks under pressure; large ones are normal on a healthy machine. On Linux:

- dentry, and the inodes of file systems on a disk or a server: a shrinker drops the unused ones, which can be read again. Those of /proc
  too: they are made again from the process, and one that is held has an open file, which the cache filp shows;
- buffer_head and radix_tree_node: they go with the pages of the page cache that they describe;
- ext4_extent_status (extent_status since 6.9), mb_cache_entry, dquot: copies of what is on the disk, which have shrinkers;
- lsm_inode_cache: what security modules keep of each inode, and drop with it;
- kmalloc-rcl-*: callers asked for memory that they free under pressure; zio_buf_* and zfs_znode_cache: ZFS's own cache.

Not reclaimable, although the names look alike: sock_inode_cache (lives as long as its socket), shmem_inode_cache and hugetlbfs_inode_cache
(files that exist only in memory), mqueue_inode_cache, bdev_cache, rpc_inode_cache (held by their queue, device or client),
kernfs_node_cache. The inodes of pipes are in inode_cache, among those of sysfs; its growth without dentry needs a look at open files.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from zoneviz.events import RECLAIMABLE
from zoneviz.state.rows import Ints

Numbers = TypeVar("Numbers", Ints, npt.NDArray[np.float64])
_GROUP = re.compile(r"\(\d+:[^)]*\)$")
"""What Linux up to 5.8 appends to the cache of a control group: `dentry(12:web)`."""
_KMALLOC = re.compile(r"^(?:dma-kmalloc|kmalloc(?:-(?:cg|rcl|dma|rnd-\d+))?)-(\d+)(k?)$")
_KALLOC = re.compile(r"^(?:[a-z_]+\.)?kalloc(?:\.type[a-z0-9_]*)?\.(\d+)$")
"""macOS: `default.kalloc.1024`, `data_shared.kalloc.1024`, `kalloc.type3.1024`."""
_NAMES = frozenset({
    # Linux, slab caches made with SLAB_RECLAIM_ACCOUNT
    "dentry", "dentry_cache", "buffer_head", "radix_tree_node", "inode_cache", "ext4_extent_status", "extent_status",
    "mb_cache_entry", "dquot", "lsm_inode_cache", "zfs_znode_cache",
    # FreeBSD
    "VNODE", "S VFS Cache", "STS VFS Cache", "L VFS Cache", "LTS VFS Cache", "arc_buf_hdr_t_full", "dnode_t", "dmu_buf_impl_t",
    # macOS
    "vnodes", "namecache", "APFS_4K_OBJS",
})  # fmt: skip
_INODES = re.compile(
    r"(?:ext[234]|xfs|btrfs|f2fs|jfs|reiser|gfs2|ocfs2|nilfs2?|ubifs|squashfs|erofs|isofs|udf|fat|exfat|ntfs3?|hfs|hfsplus|minix|ufs"
    r"|nfs|cifs|ceph|afs|v9fs|orangefs|fuse|ovl|ecryptfs|proc)_inode(?:_cache|_slab|_info)?"
)
"""Linux, inodes of file systems that can read them again."""
_BEGINNINGS = ("kmalloc-rcl-", "zio_buf_", "zio_data_buf_")


@lru_cache(4096)
def family(name: str) -> str:
    """The name of the family of a zone: `kmalloc-1k` for `kmalloc-cg-1k`; its own name if it has none."""
    name = _GROUP.sub("", name)
    if found := _KMALLOC.match(name):
        size = int(found[1][:9]) * (1024 if found[2] else 1)
        return f"kmalloc-{size // 1024}k" if size % 1024 == 0 else f"kmalloc-{size}"
    if found := _KALLOC.match(name):
        return f"kalloc.{found[1]}"
    return name


@lru_cache(4096)
def reclaimable(name: str, flags: str = "") -> bool:
    """Whether the system takes the zone's memory back when memory runs short: by a flag of the recording, or by its name."""
    name = _GROUP.sub("", name)
    return RECLAIMABLE in flags.split() or name in _NAMES or bool(_INODES.fullmatch(name)) or name.startswith(_BEGINNINGS)


def have_families(names: Sequence[str]) -> bool:
    """Whether two of these zones are of one family."""
    return len({family(name) for name in names}) < len(set(names))


def grouped(names: Sequence[str], sizes: Numbers) -> tuple[list[str], Numbers]:
    """The families of zones in order of their first zone, and the sums of `sizes` (n, zones), (n, families)."""
    families = [family(name) for name in names]
    places = {name: place for place, name in enumerate(dict.fromkeys(families))}
    out = np.zeros((len(sizes), len(places)), sizes.dtype)
    np.add.at(out.T, np.array([places[name] for name in families], np.intp), sizes.T)
    return list(places), out


def rows_of(zones: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Zones, as of `playback.shown.zones`, summed by family: known figures are added; what the zones do not share is None or ""."""
    members: dict[str, list[Mapping[str, Any]]] = {}
    for zone in zones:
        members.setdefault(family(zone["name"]), []).append(zone)
    return [_sum(name, mine) for name, mine in members.items()]


def _sum(name: str, zones: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    known = {figure: [zone[figure] for zone in zones if zone[figure] is not None] for figure in ("in_use", "free", "cur_size", "max_size")}
    shared = {part: {zone[part] for zone in zones} for part in ("elem_size", "flags")}
    return {
        "name": name,
        **{figure: sum(values) if values else None for figure, values in known.items()},
        "elem_size": shared["elem_size"].pop() if len(shared["elem_size"]) == 1 else None,
        "flags": shared["flags"].pop() if len(shared["flags"]) == 1 else "",
    }
