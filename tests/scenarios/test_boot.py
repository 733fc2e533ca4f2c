"""The boot scenario: the kernel boots and stops, or panics."""

import pytest

from tests.scenarios.running import run
from zoneviz.events import Kind
from zoneviz.mach.profile import PROFILES
from zoneviz.mach.sizes import PAGE


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("module", ["test", "small"])
def test_every_profile_boots(profile: str, module: str) -> None:
    result = run("boot", profile, module=module)
    assert result.ended.outcome == "booted"
    (booted,) = [e for e in result.events if e[0] == Kind.BOOTED]
    k = result.kernel
    # The free bytes in the event are those of now plus what the first steps took.
    assert booted[7] == k.kernel_map.size - k.kernel_map.used
    assert booted[7] % PAGE == 0
    assert k.operations == 0


def test_too_small_a_window_panics() -> None:
    result = run("boot", "debian-2005", kernel={"zone_map_size": "32M"})
    assert result.ended.outcome == "panic"
    assert result.ended.panic is not None
    assert result.ended.panic.text == "kmem_suballoc"
    assert not [e for e in result.events if e[0] == Kind.BOOTED]
