"""The memories that can run out."""

from zoneviz.playback.diagnosis.memories import NAME_LENGTH, Memory


def test_the_share_counts_from_what_boot_left() -> None:
    assert Memory("kernel_map", 1000, 200, 150).full == 0.25
    assert Memory("kernel_map", 1000, 200, 300).full == 0.0 == Memory("kernel_map", 1000, 0, 0).full


def test_hostile_names_become_one_plain_line() -> None:
    name = Memory("zone", 1, 1, 0, zone="<b>\u202eevil\n\x1b[31m" + "x" * 10_000).short
    assert len(name) <= NAME_LENGTH + len("the limit of “”") and name.isprintable() and "<b>" in name
