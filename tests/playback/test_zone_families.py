"""Families of zones, and caches that a system takes back."""

import numpy as np
import pytest

from zoneviz.playback.zone_families import family, grouped, have_families, reclaimable, rows_of


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("kmalloc-1k", "kmalloc-1k"), ("kmalloc-1024", "kmalloc-1k"), ("kmalloc-cg-1k", "kmalloc-1k"), ("kmalloc-rcl-1k", "kmalloc-1k"),
        ("dma-kmalloc-1k", "kmalloc-1k"), ("kmalloc-rnd-07-1k", "kmalloc-1k"), ("kmalloc-96", "kmalloc-96"),
        ("default.kalloc.1024", "kalloc.1024"), ("data_shared.kalloc.1024", "kalloc.1024"), ("kext.kalloc.1024", "kalloc.1024"),
        ("kalloc.type3.1024", "kalloc.1024"), ("kalloc.1024", "kalloc.1024"), ("kalloc.large", "kalloc.large"),
        ("dentry(12:web.service)", "dentry"), ("kmalloc-cg-64(7:a)", "kmalloc-64"), ("ipc ports", "ipc ports"), ("", ""),
    ],
)  # fmt: skip
def test_the_family_of_a_zone(name: str, same: str) -> None:
    assert family(name) == same


def test_caches_that_are_taken_back() -> None:
    for name in ("dentry", "dentry(12:web)", "ext4_inode_cache", "buffer_head", "radix_tree_node", "kmalloc-rcl-64", "VNODE"):
        assert reclaimable(name), name
    for name in ("xfs_inode", "ceph_inode_info", "ubifs_inode_slab", "nfs_inode_cache", "proc_inode_cache", "inode_cache", "ovl_inode"):
        assert reclaimable(name), name
    for name in ("kmalloc-1k", "ipc ports", "filp", "data_shared.kalloc.1024", "skbuff_head_cache", "inode", "kernfs_node_cache"):
        assert not reclaimable(name), name


@pytest.mark.parametrize("file_system", ["sock", "shmem", "mqueue", "hugetlbfs", "rpc"])
def test_inodes_that_live_as_long_as_their_user_are_not_taken_back(file_system: str) -> None:
    assert not reclaimable(f"{file_system}_inode_cache")


def test_a_flag_of_the_recording_marks_a_cache_that_is_taken_back() -> None:
    assert reclaimable("odd", "fixed reclaimable")


def test_sizes_are_summed_by_family() -> None:
    names, sizes = grouped(["kmalloc-cg-64", "filp", "kmalloc-64"], np.array([[1, 2, 3], [4, 5, 6]]))
    assert names == ["kmalloc-64", "filp"] and sizes.tolist() == [[4, 2], [10, 5]]
    assert have_families(["kmalloc-cg-64", "kmalloc-64"]) and not have_families(["filp", "dentry"])


def test_a_family_adds_what_is_known() -> None:
    zones = [
        {"name": name, "elem_size": size, "in_use": in_use, "free": None, "cur_size": 100, "max_size": None, "flags": flags}
        for name, size, in_use, flags in (("kmalloc-64", 64, 3, ""), ("kmalloc-rcl-64", 64, None, "reclaimable"), ("filp", 256, 1, ""))
    ]
    kmalloc, filp = rows_of(zones)
    assert kmalloc == {"name": "kmalloc-64", "elem_size": 64, "in_use": 3, "free": None, "cur_size": 200, "max_size": None, "flags": ""}
    assert filp == zones[2]
