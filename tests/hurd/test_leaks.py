"""Leaks: each is there when it is chosen and only then, and costs what its row says."""

import random

import pytest

from tests.mach.bench import profile
from zoneviz.hurd.leaks import LEAKS, present
from zoneviz.mach import profile as profiles
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.profile import PROFILES
from zoneviz.scenarios import Run, find

CALLS = 12
PORTS = {"magic": 1, "script": 0, "execve": 1, "sigexc": 1, "address": 1, "reparent": 1, "hook": 0, "reply": 1, "lookup": 1}
IN_TASK = {
    "magic": "magic",
    "execve": "caller",
    "sigexc": "caller",
    "address": "pflocal",
    "reparent": "null",
    "reply": "ext2fs",
    "lookup": "ext2fs",
}


def after(call: str, count: int, leaks: str) -> Kernel:
    """The kernel after `count` calls."""
    kernel = Kernel(profile("antrik-2005", leaks=leaks), lambda event: None)
    kernel.boot()
    scenario = find("server-calls")
    scenario.start(Run(kernel, scenario.parse({"call": call, "count": count}), random.Random(1)))
    while kernel.run(10_000):
        pass
    assert kernel.ended is not None
    assert kernel.ended.outcome == "finished"
    return kernel


def names(kernel: Kernel, task: str) -> int:
    """The names of the youngest task of this name."""
    return len([found for found in kernel.tasks.values() if found.name == task and found.alive][-1].space.entries)


@pytest.mark.parametrize("name", LEAKS)
def test_a_leak_is_there_only_if_chosen(name: str) -> None:
    with_leak = [after(name, count, name) for count in (CALLS, 2 * CALLS)]
    without = [after(name, count, "none") for count in (CALLS, 2 * CALLS)]
    if name in IN_TASK:
        grown = [names(pair[1], IN_TASK[name]) - names(pair[0], IN_TASK[name]) for pair in (without, with_leak)]
        assert grown[1] - grown[0] == CALLS
    ports = [pair[1].zones["ipc ports"].in_use - pair[0].zones["ipc ports"].in_use for pair in (without, with_leak)]
    if name != "sigexc":  # each generation carries the rights of all before it
        # A table that has grown beyond a page is a memory object, which has a port; a call fills at most two tables.
        assert ports[1] - ports[0] - CALLS * PORTS[name] in (0, 1, 2)
    if name == "script":
        used = [pair[0].phys.free - pair[1].phys.free for pair in (without, with_leak)]
        assert used[1] - used[0] == CALLS


def test_a_year_has_the_leaks_that_were_not_yet_cured() -> None:
    assert present("2005") == present("all") == frozenset(LEAKS)
    assert present("2007") == present("all") - {"magic"}
    assert present("none") == frozenset()
    assert present("script,magic") == {"script", "magic"}


def test_the_setting_knows_the_names_and_the_profiles_their_year() -> None:
    assert tuple(LEAKS) == profiles.LEAKS
    assert all(found.leaks == name.rpartition("-")[2] for name, found in PROFILES.items())
    assert profile(leaks="magic, execve,magic").leaks == "magic,execve"
