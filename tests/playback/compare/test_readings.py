"""Two listings and a number of actions: what each action leaves behind."""

from pathlib import Path

import pytest

from tests.recording import live_machine
from zoneviz.app.captures import import_text
from zoneviz.app.compare import are_readings, compare, compare_readings
from zoneviz.errors import UsageError

ZPRINT = """\
                            elem         cur         max        cur         max         cur  alloc  alloc
zone name                   size        size        size      #elts       #elts       inuse   size  count
-------------------------------------------------------------------------------------------------------------
"""


def listing(path: Path, **in_use: int) -> Path:
    """A zprint listing, in the format of macOS and with made-up figures, of zones given as name_size=elements; dots as two underscores."""
    rows = []
    for key, count in in_use.items():
        name, size = key.replace("__", ".").rsplit("_", 1)
        held = -(-count * int(size) // 16384) * 16
        elements = held * 1024 // int(size)
        rows.append(f"{name:<24} {size:>7} {held:>10}K {held:>10}K {elements:>10} {count:>11} {count:>11} {16:>5}K {16:>6}\n")
    import_text(ZPRINT + "".join(rows), path)
    return path


@pytest.fixture
def three(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Before, after 1,000 actions, and after the same time again without them: one zone is busy anyway."""
    leak = "data_shared__kalloc__1024_1024"
    before = listing(tmp_path / "a.zvz", **{leak: 5000, "VM__map__entries_80": 9000, "kalloc__48_48": 100, "busy_4096": 100})
    after = listing(tmp_path / "b.zvz", **{leak: 6003, "VM__map__entries_80": 9210, "kalloc__48_48": 100, "busy_4096": 3100})
    quiet = listing(tmp_path / "c.zvz", **{leak: 6006, "VM__map__entries_80": 9411, "kalloc__48_48": 100, "busy_4096": 6100})
    return before, after, quiet


def test_an_action_leaks_one_element(three: tuple[Path, Path, Path]) -> None:
    a, b, c = three
    found = compare_readings(a, b, actions=1000, noise=c)
    assert found.sentences == ["+1 element of data_shared.kalloc.1024 an action (+1,000 in 1,000 actions; +3 without the action)."]
    assert [zone.name for zone in found.zones] == ["data_shared.kalloc.1024", "VM.map.entries", "busy"]
    first = found.zones[0]
    assert (first.elements, first.noise, first.each, first.more_bytes) == ((5000, 6003), 3, 1.0, 1_024_000)
    assert found.zones[2].more == 0, "the busy zone changes as much without the action"


def test_without_noise_it_is_said_what_is_missing(three: tuple[Path, Path, Path]) -> None:
    found = compare_readings(three[0], three[1], actions=1000)
    assert "+3 elements of busy an action (+3,000 in 1,000 actions)." in found.sentences
    assert "+1 element of data_shared.kalloc.1024 an action (+1,003 in 1,000 actions)." in found.sentences
    assert found.sentences[-1].endswith("add --noise.")


def test_without_actions_it_is_a_difference(three: tuple[Path, Path, Path]) -> None:
    found = compare_readings(three[0], three[1])
    assert found.sentences[0].startswith("Largest differences B - A: busy +11.7 MiB, data_shared.kalloc.1024 +1,003 KiB")
    assert compare_readings(three[0], three[0]).sentences == ["All 4 zones are equal."]


def test_a_zone_that_one_listing_lacks_is_unknown_there(tmp_path: Path) -> None:
    a, b = listing(tmp_path / "a.zvz", x_64=5), listing(tmp_path / "b.zvz", x_64=5, new_64=9)
    (new,) = compare_readings(a, b, actions=3).zones
    assert (new.elements, new.each, new.more) == ((None, 9), None, 0)


def test_readings_correspond_by_number_or_by_time(tmp_path: Path) -> None:
    for name, step, count in (("a", 10, 5), ("b", 20, 3)):
        rows = "".join(f"{100 + step * i},z,{10 * i}\n" for i in range(count))
        import_text("time,zone,elements\n" + rows, tmp_path / f"{name}.zvz")
    a, b = tmp_path / "a.zvz", tmp_path / "b.zvz"
    assert compare_readings(a, b).readings == (3, 3)
    assert compare_readings(a, b, "time").readings == (5, 3)
    assert compare_readings(a, b, actions=1).readings == (5, 3)
    with pytest.raises(UsageError, match="cannot be aligned by fill"):
        compare_readings(a, b, "fill")
    assert are_readings(a, b)


def test_live_recordings_with_events_are_compared_by_their_readings(tmp_path: Path) -> None:
    paths = a, b, alone = [tmp_path / name for name in ("a.zvz", "b.zvz", "c.zvz")]
    for path, seconds, allocs in zip(paths, (3, 5, 5), (100, 200, 0), strict=True):
        live_machine.record(path, seconds, allocs).finish("finished")
    assert are_readings(*paths)
    found = compare_readings(a, b)
    assert found.readings == (3, 3) and "cache-" in found.sentences[0]
    assert compare_readings(b, alone).readings == (5, 5)
    whole = compare(a, b)
    assert whole.readings is not None and whole.readings.zones == found.zones
    assert whole.lengths == (3, 5) and whole.kinds == ["READING"]
