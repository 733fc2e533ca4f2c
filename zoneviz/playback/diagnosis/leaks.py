"""Growth against churn: which groups of surviving elements are a leak. docs/diagnosis.md has the rules and how often they are right.

A group leaks if it allocated over a good part of the stretch, kept some of what it allocated at all times, and neither frees replace
it nor the system takes it back.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from zoneviz.events import Catalog
from zoneviz.playback.diagnosis.survivors import SLICES, Survivors
from zoneviz.playback.zone_families import reclaimable
from zoneviz.state.rows import Ints

Masks = npt.NDArray[np.bool_]

LEAST = 32
"""Fewest elements that are a leak: fewer may be a program that starts."""
LEAST_NS = 3_000_000_000
"""A leak lasts at least this long: programs start in less."""
_LONG = 0.5
"""A leak lasts for this share of the stretch, up to its end."""
_SHORT, _EVEN = 0.2, 0.8
"""It may start late or stop early if it lasts _SHORT of the stretch, is _EVEN meanwhile, and nothing of it is freed."""
_END = 4
"""Slices at the end, in one of which a leak must continue unless it is even."""
SURE = 0.9
"""Share of its elements that a group has kept if nothing of it was freed: frees that are under way aside."""
_KEPT = 0.2
"""A group of which less is kept is churn: some frees leave no event."""
_AT_ALL_TIMES = 0.7
"""Share of a group's allocations that were made in slices of which something is left. Elements with a short life are all young."""
_REPLACED, _MOSTLY = 0.5, 0.75
"""Elements are replaced, not added, if others of their zone are freed for this share of them in most slices."""
MISSING = 500
"""Fewest dentries without inodes that are a leak: of names that do not exist."""
_WITH_INODES = 0.25
"""A task that reads directories adds an inode with each dentry. Fewer inodes than this share: the names do not exist."""
_DENTRIES = ("dentry", "dentry_cache")
_FILES = ("filp",)
_OPEN = 1.1
"""Elements for each open file that its dentry or its inode may have."""
_COMPANIONS = (
    "alloc_slab_obj_exts",
    "memcg_alloc_slab_cgroups",
    "security_inode_alloc",
    "locks_get_lock_context",
    "integrity_inode_get",
    "ima_inode_get",
)
"""Call sites that add to elements of another kind, and leak only where these do: what control groups note of a slab; security data and
locks of an inode."""
_UNSEEN = ("maple_node",)
"""Zones whose elements are often freed in bulk, without an event. The nodes of a map of memory leak only with what is mapped."""
TIMED = (
    "inet_twsk_alloc",
    "__inet_hash_connect",
    "inet_bind_bucket_create",
    "inet_bind2_bucket_create",
    "__inet_inherit_port",
    "inet_getpeer",
)
"""Call sites of what a timer frees: closed TCP connections that wait for a minute, their ports, and addresses of peers."""
_WRITING = ("jbd2_", "xfs_buf", "xfs_ili", "btrfs_delayed_", "btrfs_extent_map", "nfs_write_", "nfs_commit_", "nfs_page")
"""Zones of data that is not on the disk or the server yet; they are freed some time after it was written."""


def leaking(found: Survivors, catalog: Catalog) -> Masks:
    """Which groups leak, (n,)."""
    names = zone_names(found, catalog)
    soon = np.array([name.startswith(_WRITING) for name in names], np.bool_) | at_sites(found, TIMED)
    grows = growing(found) & ~soon
    innocent = taken_back(found, catalog)
    beside = companion(found, catalog)
    leak = grows & ~innocent & ~beside
    inodes = _of_task(found, np.array([name.endswith("inode_cache") and not name.startswith("lsm_") for name in names], np.bool_))
    missing = np.isin(names, _DENTRIES) & (found.count >= MISSING) & (inodes < _WITH_INODES * found.count)
    files = _of_task(found, leak & np.isin(names, _FILES))
    leak |= grows & innocent & (missing | (found.count <= _OPEN * files))
    return leak | (grows & beside & (_of_task(found, leak) > 0))


def growing(found: Survivors) -> Masks:
    """Which groups grow steadily, (n,), whatever their zone."""
    count, kept, allocs = found.count, found.kept, found.allocs
    share = count / np.maximum(allocs.sum(axis=1), 1)
    active = kept > 0
    lasted = count**2 / np.maximum((kept**2).sum(axis=1), 1)  # the number of its slices, if they are equal
    spread = SLICES - active[:, ::-1].argmax(axis=1) - active.argmax(axis=1)
    long = (lasted >= _LONG * SLICES) & active[:, -_END:].any(axis=1) & (share >= _KEPT)
    even = (lasted >= _SHORT * SLICES) & (lasted >= _EVEN * spread) & (share >= SURE)
    at_all_times = np.where(active, allocs, 0).sum(axis=1) >= _AT_ALL_TIMES * allocs.sum(axis=1)
    enough = (count >= LEAST) & (lasted * found.span >= SLICES * LEAST_NS)
    # Frees among the lost events make churn look like growth.
    sure = share >= SURE if found.lost else np.ones(len(found), np.bool_)
    return np.asarray((long | even) & at_all_times & enough & sure & ~_replaced(found))


def taken_back(found: Survivors, catalog: Catalog) -> Masks:
    """Which groups are of zones that the system takes back when memory runs short, (n,)."""
    return np.array([reclaimable(name) for name in zone_names(found, catalog)], np.bool_)


def companion(found: Survivors, catalog: Catalog) -> Masks:
    """Which groups only go with other elements, (n,)."""
    return at_sites(found, _COMPANIONS) | np.isin(zone_names(found, catalog), _UNSEEN)


def at_sites(found: Survivors, functions: Sequence[str]) -> Masks:
    """Which groups were allocated by one of these functions, (n,)."""
    return np.isin([found.sites[site] for site in found.site.tolist()], functions)


def zone_names(found: Survivors, catalog: Catalog) -> list[str]:
    """The zone of each group; "" for one that is not in the catalog."""
    names = ["", *(zone.name for zone in catalog.zones)]
    return [names[zone] if zone < len(names) else "" for zone in found.zone.tolist()]


def _replaced(found: Survivors) -> Masks:
    """Where elements of a zone are freed about as fast as a group adds them, so that the zone does not grow by it."""
    rest = (found.allocated - found.freed)[found.zone] - found.kept
    active = found.kept > 0
    gone = (active & (rest <= -_REPLACED * found.kept)).sum(axis=1)
    return np.asarray(gone >= _MOSTLY * np.maximum(active.sum(axis=1), 1))


def _of_task(found: Survivors, groups: Masks) -> Ints:
    """For each group, the surviving elements of those `groups` that are of its task, (n,)."""
    tasks, where = np.unique(found.task, return_inverse=True)
    sums = np.bincount(where[groups], found.count[groups], len(tasks)).astype(np.int64)
    return np.asarray(sums[where])
