"""What docs/zones.md says of zones: all of the model's are there, and the functions named are those that allocate from them."""

import re

import numpy as np
import pytest

from zoneviz import resources
from zoneviz.events import Kind
from zoneviz.gui.charts.zone_words import LINUX, MACH, known, zone_words
from zoneviz.recording import Recording
from zoneviz.state.rows import PATH, SUBJECT


def example(name: str) -> Recording:
    """One of the example recordings."""
    return Recording(next(path for path in resources.recordings() if path.name.startswith(name)))


def test_every_zone_of_the_model_is_explained() -> None:
    recording = example("fork-bomb")
    names = [zone.name for zone in recording.catalog.zones]
    assert len(names) > 30 and [name for name in names if not zone_words(name, recording.header.system)] == []
    sizes = {re.sub(r"\d+$", "N", name) for name in names}
    assert set(known(MACH)) <= sizes  # and nothing else is


@pytest.mark.parametrize("name", ["fork-bomb", "dev-null-storm"])
def test_the_functions_named_are_in_the_call_paths(name: str) -> None:
    recording = example(name)
    rows, catalog = recording.events_of(Kind.ZALLOC), recording.catalog
    wrong = []
    for zone in catalog.zones:
        paths = np.unique(rows[rows[:, SUBJECT] == zone.id][:, PATH]).tolist()
        frames = {frame for path in paths for frame in (catalog.paths.frames(path) if path else [])}
        named = set(re.findall(r"\w+", zone_words(zone.name, "").rpartition("Allocated by")[2]))
        if paths and not named & frames and not zone.name.startswith("kalloc"):
            wrong.append((zone.name, named, frames))
    assert wrong == []


@pytest.mark.parametrize(("name", "start"), [
    ("sock_inode_cache", "Sockets with their inodes"), ("kmalloc-1k", "kmalloc requests"), ("kmalloc-cg-96", "kmalloc requests"),
    ("dentry(12:web)", "Names of files"), ("kmalloc-64 (inferred)", "kmalloc requests"),
])  # fmt: skip
def test_caches_of_linux_are_explained_with_what_their_names_end_in(name: str, start: str) -> None:
    assert zone_words(name, "Linux 6.18.4 x86_64").startswith(start)


def test_nothing_is_said_of_unknown_zones_and_of_other_systems() -> None:
    assert zone_words("dentry", "") == zone_words("threads", "Linux 6.1") == zone_words("tasks", "macOS 26.3 (xnu-12377.81.4)") == ""
    assert zone_words("ipc", "") == "" and len(known(LINUX)) > 40


def test_each_row_is_two_sentences() -> None:
    for said in [*known(MACH).values(), *known(LINUX).values()]:
        assert re.fullmatch(r"[^.].*\. Allocated by [^|]+\.", said), said
