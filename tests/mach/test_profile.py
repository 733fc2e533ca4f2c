"""Profiles and their overrides."""

import pytest

from zoneviz.errors import UsageError
from zoneviz.mach.profile import DEFAULT_PROFILE, PROFILES, SETTINGS, override

MiB = 1024 * 1024
# zone_map, TASK_MAX, window, MACH_IPC_COMPAT, libports
TABLE = {
    "antrik-2005": (16 * MiB, 1024, "40M", 1, "plain"),
    "debian-2005": (16 * MiB, 65536, "40M", 1, "plain"),
    "upstream-2005": (12 * MiB, 1024, "40M", 1, "plain"),
    "debian-2007": (16 * MiB, 65536, "40M+ram/15", 0, "throttle"),
    "upstream-2007": (12 * MiB, 1024, "40M+ram/15", 0, "plain"),
}


def test_the_profiles_are_those_of_the_real_kernels() -> None:
    assert {name: (p.zone_map_size, p.task_max, p.kernel_window, p.ipc_compat, p.libports) for name, p in PROFILES.items()} == TABLE
    assert all(p.thread_max == p.task_max and p.name == name for name, p in PROFILES.items())
    assert DEFAULT_PROFILE == "antrik-2005"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("ram", "128M", 128 * MiB),
        ("ram", "134217728", 128 * MiB),
        ("zone_map_size", "4MiB", 4 * MiB),
        ("task_max", "65536", 65536),
        ("ipc_compat", "0", False),
        ("kernel_window", "40M+ram/15", "40M+ram/15"),
        ("libports", "throttle", "throttle"),
    ],
)
def test_each_value_can_be_overridden(name: str, text: str, value: int | str) -> None:
    before = PROFILES["antrik-2005"]
    after = override(before, name, text)
    assert after.settings() == before.settings() | {name: value}
    assert set(before.settings()) == set(SETTINGS)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ram", "lots"),
        ("ram", "1M"),
        ("ram", "5G"),
        ("ipc_compat", "2"),
        ("kernel_window", "41M"),
        ("libports", "fast"),
        ("cpu", "2"),
        ("task_max", ""),
    ],
)
def test_an_invalid_value_is_refused_in_one_sentence(name: str, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        override(PROFILES["antrik-2005"], name, text)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    assert name in message
