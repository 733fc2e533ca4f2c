"""Reports of kmemleak: objects in groups, without what may be private."""

import json
from typing import Any

from zoneviz.app.captures import import_text

OBJECT = """\
unreferenced object 0x{address:016x} (size {size}):
  comm "secretd", pid 1544, jiffies {jiffies} (age {age:.3f}s)
  hex dump (first 32 bytes):
    2e 69 6d 61 67 65 73 2e 65 78 61 6d 70 6c 65 2e  .images.example.
  backtrace:
    [<ffffffc0001541c4>] create_object+0x118/0x234
    [<ffffffc00014b7bc>] __kmalloc+0x1b8/0x20c
    [<ffffffbffce0feb0>] leaky_ioctl+0x10/0x20 [leaky]
    [<ffffffbffce1d24c>] vfs_ioctl+0x10/0x20
"""


def imported(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    result = import_text(text, None)
    (capture,) = result["captures"]
    assert capture["kind"] == "linux-kmemleak"
    return capture["said"], result


def objects(ages: list[float], size: int = 128) -> str:
    return "".join(OBJECT.format(address=0xFFFF0000 + i * 256, size=size, jiffies=1000 - i, age=age) for i, age in enumerate(ages))


def test_objects_of_one_place_are_one_group_with_a_rate() -> None:
    said, _ = imported(objects([7200.0, 3600.0, 0.0]))
    assert (said["objects"], said["total_bytes"], said["sizes"], said["ages_s"]) == (3, 384, [128] * 3, [7200.0, 3600.0, 0.0])
    assert any("3 objects of 128 bytes from leaky_ioctl: 1 an hour" in sentence for sentence in said["trust"])


def test_an_object_of_two_scans_counts_once() -> None:
    said, _ = imported(objects([5.0]) + objects([65.0]))
    assert said["objects"] == 1 and any("counted once" in sentence for sentence in said["trust"])


def test_commands_and_dumps_are_not_kept() -> None:
    said, result = imported(objects([5.0]))
    assert not any(word in json.dumps([said, result]) for word in ("secretd", "images.example", "2e 69"))


def test_newer_kernels_print_no_age() -> None:
    said, _ = imported(objects([5.0]).replace(" (age 5.000s)", "").replace("backtrace:", "backtrace (crc 8a2b8b0e):"))
    assert said["objects"] == 1 and "ages_s" not in said


def test_cut_objects_are_named() -> None:
    said, result = imported(objects([5.0]) + "unreferenced object 0xffff (si")
    assert said["skipped_rows"] == 1 and any("The object is cut or damaged (line 10)" in sentence for sentence in result["sentences"])


def test_objects_of_other_memories_count_and_unknown_ones_are_named() -> None:
    one, two = objects([5.0]), objects([7.0, 8.0], size=64)
    said, _ = imported(one + two.replace("object 0x", "object (percpu) 0x"))
    assert (said["objects"], said["total_bytes"], said["skipped_rows"]) == (3, 256, 0)
    said, _ = imported(one + two.replace("unreferenced object", "unreferenced odd object"))
    assert (said["objects"], said["skipped_rows"]) == (1, 2)
