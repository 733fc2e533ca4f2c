"""The scenarios of processes: forking recursively and with exec, leaking ports, building a package, killing children."""

import random
from collections import Counter

import pytest

from tests.mach.bench import profile
from tests.scenarios.running import run
from zoneviz.events import Kind
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.profile import PROFILES
from zoneviz.scenarios import Run, find


def test_recursive_forking_ends_sooner_and_each_generation_inherits_more() -> None:
    flat = run("fork-bomb", "antrik-2005", kernel={"zone_map_size": "1M"}, rate="50").kernel
    chain = run("fork-recursively", "antrik-2005", kernel={"zone_map_size": "1M"}, rate="50")
    assert chain.ended.outcome == "panic"
    assert 20 < chain.kernel.operations < 0.8 * flat.operations
    links = [task for task in chain.kernel.tasks.values() if task.name == "bomb"]
    received = [sum(1 for e in task.space.entries.values() if e.bits & 2) for task in links[2:-2]]
    assert {b - a for a, b in zip(received, received[1:], strict=False)} == {3}  # noqa: RUF007


def test_an_exec_costs_more_than_a_fork() -> None:
    flat, execs = (run(name, "antrik-2005", kernel={"zone_map_size": "1M"}, rate="50") for name in ("fork-bomb", "fork-with-exec"))
    assert execs.ended.outcome == "panic"
    assert 20 < execs.kernel.operations < flat.kernel.operations


def test_a_leak_fills_the_zone_of_ports_without_new_processes() -> None:
    result = run("port-leak", "antrik-2005", kernel={"zone_map_size": "1M"}, rate="5000", processes="2")
    assert result.ended.outcome == "panic"
    ports = result.kernel.zones["ipc ports"]
    assert ports.in_use * ports.elem_size > 0.5 * sum(zone.cur_size for zone in result.kernel.zones.values())
    first = next(at for at, event in enumerate(result.events) if event[0] == Kind.OPERATION)
    later = Counter(event[0] for event in result.events[first + 20_000 :])
    assert not later[Kind.FORK]
    assert not later[Kind.TASK_CREATE]


@pytest.mark.parametrize("headroom", ["auto", "128K"])
def test_killed_children_leave_nothing(headroom: str) -> None:
    result = run("five-children", "antrik-2005", kernel={"zone_map_size": "1M"}, headroom=headroom)
    assert (result.ended.outcome, result.kernel.operations) == ("finished", 5)
    assert sum(task.name == "parent" for task in result.kernel.tasks.values()) == 1


def test_children_that_do_not_fit_panic() -> None:
    result = run("five-children", "antrik-2005", kernel={"zone_map_size": "1M"}, headroom="16K", children="20")
    assert result.ended.outcome == "panic"
    assert "start" in marks(result.kernel)


def test_no_headroom_uses_up_the_whole_zone_map() -> None:
    result = run("five-children", "antrik-2005", kernel={"zone_map_size": "1M"}, headroom="0")
    assert result.ended.outcome == "panic"
    assert "use up" in marks(result.kernel) and result.kernel.operations == 0
    assert result.kernel.zone_map.used == result.kernel.zone_map.size


def test_a_build_runs_its_stages_and_frees_everything() -> None:
    result = run("package-build", "antrik-2005", kernel={"zone_map_size": "4M"}, scale="0.05", burst="10")
    assert result.ended.outcome == "finished"
    assert result.ended.extra["stage"] == "done"
    assert [name for name in marks(result.kernel) if name in STAGES] == list(STAGES)
    assert not [task for task in result.kernel.tasks.values() if task.name == "tool"]


STAGES = ("configure", "compile", "link", "test", "install", "done")


def marks(kernel: Kernel) -> list[str]:
    """The names in the catalog, including marks, in order of first use."""
    return kernel.catalog.names.strings


def test_tests_in_the_background_end_with_a_parent_of_another_process_or_stop_proc() -> None:
    kernels = [
        run("package-build", "antrik-2005", seed=seed, scale="0.01", burst=burst, tests="background").kernel
        for seed, burst in ((1, "2"), (2, "30"))
    ]
    few, many = ({t.name: len(t.threads) for t in kernel.tasks.values()}["proc"] for kernel in kernels)
    assert many > 2 * few, "each process that forks and ends keeps threads of proc busy"
    waiting = [t.name for k in kernels for task in k.tasks.values() if task.name == "proc" for t in task.threads]
    assert "proc waits to send" in waiting, "a thread that waited for room for SIGCHLD stays"


def test_the_result_names_the_stage_in_which_a_build_ends() -> None:
    kernel = Kernel(profile("antrik-2005", zone_map_size="512K"), lambda event: None)
    kernel.boot()
    scenario = find("package-build")
    scenario.start(Run(kernel, scenario.parse({"burst": "200"}), random.Random(1)))
    while kernel.run(10_000):
        pass
    assert kernel.ended is not None
    assert kernel.ended.outcome == "panic"
    assert kernel.ended.extra["stage"] == "test"
    assert kernel.profile.name in PROFILES
