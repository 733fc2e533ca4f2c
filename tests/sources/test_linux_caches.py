"""Names of caches, given and inferred."""

from pathlib import Path

import numpy as np
import pytest

from tests.sources.formats import KERNELS, formats
from zoneviz.events import Catalog, Kind
from zoneviz.sources.linux_caches import Caches, Flags, Zones

SLABINFO = """slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>
dentry             41200  41232    192   21    1 : tunables    0    0    0 : slabdata   1964   1964      0
task_group             1     42    768   42    8 : tunables    0    0    0 : slabdata      1      1      0
kmalloc-64             1     64     64   64    1 : tunables    0    0    0 : slabdata      1      1      0
kmalloc-cg-64          1     64     64   64    1 : tunables    0    0    0 : slabdata      1      1      0
msg_msg-64             1     64     64   64    1 : tunables    0    0    0 : slabdata      1      1      0
"""
NEW = '{(unsigned long)((( gfp_t)((((1UL))) << (22)))), "__GFP_ACCOUNT"}, {( unsigned long)(( gfp_t)((((1UL))) << (0))), "GFP_DMA"}'
OLD = '{(unsigned long)(((gfp_t)0x100000u)), "__GFP_ACCOUNT"}, {(unsigned long)(((gfp_t)0x10u)), "__GFP_RECLAIMABLE"}'


@pytest.fixture
def caches(tmp_path: Path) -> Caches:
    """A machine whose task_group is merged with another cache, and where only that one has its shape."""
    (tmp_path / "slabinfo").write_text(SLABINFO)
    slab = tmp_path / "slab"
    for name, asked, size in ((":0000768", 704, 768), ("dentry", 192, 192), ("kmalloc-192", 192, 192), ("pid", 64, 64), ("cred", 64, 64)):
        (slab / name).mkdir(parents=True)
        (slab / name / "object_size").write_text(f"{asked}\n")
        (slab / name / "slab_size").write_text(f"{size}\n")
    for alias in ("task_group", "other_group"):
        (slab / alias).symlink_to(":0000768")
    return Caches.of(tmp_path, slab)


def test_flags_are_read_from_the_print_format_of_new_and_old_kernels() -> None:
    assert Flags.of(NEW) == Flags(1 << 22, 0, 1)
    assert Flags.of(OLD) == Flags(0x100000, 0x10, 0)
    for kernel in KERNELS:
        assert Flags.of(formats(kernel)["kmalloc"].text) == Flags(1 << 22, 0x10, 1)
    assert Flags(1 << 22, 0x10, 1).kind(np.array([0xCC0, 0x400CC0, 0x400CD0, 0x11])).tolist() == [0, 1, 2, 3]


def test_a_merged_cache_has_the_name_that_slabinfo_prints(caches: Caches) -> None:
    assert caches.aliases["other_group"] == "task_group" and caches.aliases["dentry"] == "dentry"
    assert caches.sizes["task_group"] == 768


def test_a_shape_that_one_cache_has_names_it(caches: Caches) -> None:
    catalog = Catalog()
    zones = Zones(catalog, caches)
    assert zones.unnamed(704, 768, "sched_create_group") == zones.id("task_group", 768)
    assert zones.unnamed(192, 192, "do_one") == zones.id("dentry", 192), "only kmalloc allocates from kmalloc's"
    zones.unnamed(64, 64, "do_one")
    assert catalog.zones[-1].name == "do_one 64 (inferred)", "two caches have this shape"


def test_kmalloc_caches_that_the_machine_has(caches: Caches) -> None:
    catalog = Catalog()
    zones = Zones(catalog, caches)
    for kind, site in ((1, "do_one"), (2, "do_one"), (1, "alloc_msg")):
        zones.kmalloc(64, kind, site)
    assert [zone.name for zone in catalog.zones] == ["kmalloc-cg-64", "kmalloc-64", "msg_msg-64"]
    assert [row[:1] + row[5:8] for row in zones.begun(5).tolist()] == [[Kind.ZINIT, i, 0, 64] for i in (1, 2, 3)]
    assert not len(zones.begun(6))


def test_what_cannot_be_read_is_missing(tmp_path: Path) -> None:
    assert Caches.of(tmp_path, tmp_path / "slab") == Caches({}, {}, {})
