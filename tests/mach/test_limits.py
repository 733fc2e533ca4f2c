"""Limits: a call beyond one fails; 0 has no effect."""

import pytest

from tests.hurd.sessions import run, tasks
from tests.mach.bench import Bench
from tests.scenarios.running import run as scenario
from zoneviz.errors import UsageError
from zoneviz.hurd import ids
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.fork import fork
from zoneviz.hurd.process import Process, wait_for_ever
from zoneviz.mach import traps
from zoneviz.mach.ipc_space import KERN_RESOURCE_SHORTAGE
from zoneviz.mach.mach_msg import MIG_SERVER_DIED
from zoneviz.mach.mach_port import RIGHT_DEAD_NAME
from zoneviz.mach.profile import LIMITS, PROFILES, SETTINGS, override


def test_a_task_cannot_exceed_max_task_ports() -> None:
    bench = Bench("antrik-2005", max_task_ports="288")
    me = bench.call(traps.task_self())
    got = [bench.call(traps.port_allocate(me)) for _ in range(320)]
    assert [kr for kr, _ in got[-10:]] == [KERN_RESOURCE_SHORTAGE] * 10
    assert len(bench.space.entries) == 288
    assert bench.call(traps.port_allocate_name(me, RIGHT_DEAD_NAME, 400)) == KERN_RESOURCE_SHORTAGE
    assert bench.call(traps.reply_port()) == 0
    assert bench.call(traps.thread_create(me)) == (KERN_RESOURCE_SHORTAGE, 0), "its ports would not fit"
    # The right in the reply is dropped and not counted.
    before = bench.held()
    assert bench.call(traps.port_extract_right(me, got[0][1], 20))[0] == 0, "it has a name already"
    _, task = bench.call(traps.task_create(me, False))
    assert task == 0
    bench.call(traps.port_destroy(me, got[0][1]))
    assert bench.call(traps.port_allocate(me))[0] == 0
    assert bench.held()["ipc port sets"] == before["ipc port sets"]


def test_a_task_cannot_exceed_max_threads() -> None:
    bench = Bench("upstream-2007", max_threads="64")
    me = bench.call(traps.task_self())
    got = [bench.call(traps.thread_create(me))[0] for _ in range(70)]
    assert got == [0] * 63 + [KERN_RESOURCE_SHORTAGE] * 7
    assert len(bench.task.threads) == 64


def test_fork_returns_eagain_at_the_limit_and_works_below_it() -> None:
    told: list[int] = []

    def body(p: Process) -> Steps:
        for _ in range(70):
            kr, pid = yield from fork(p, wait_for_ever, "child")
            told.append(kr)
        kr, answer = yield from p.call(p.proc, ids.PROC_PID2TASK, (), pid or 60)
        assert not kr
        yield traps.task_terminate(answer.rights[0])
        yield traps.sleep(100_000_000)
        kr, _ = yield from fork(p, wait_for_ever, "child")
        told.append(kr)

    kernel = run(body, max_processes="64")
    errors = [kr for kr in told[:-1] if kr]
    assert set(errors) == {ids.EAGAIN}
    # The shell and the program belong to the user as well.
    assert len(tasks(kernel, "child")) == 62
    assert told[-1] == 0


def test_root_is_exempt_from_max_processes() -> None:
    def body(p: Process) -> Steps:
        for _ in range(70):
            kr, _ = yield from fork(p, wait_for_ever, "child")
            assert not kr

    assert len(tasks(run(body, user="root", max_processes="64"), "child")) == 70


@pytest.mark.parametrize("user", ["user", "root"])
def test_a_user_cannot_exceed_max_user_ports(user: str) -> None:
    told: list[int] = []

    def allocate(p: Process) -> Steps:
        for _ in range(250):
            kr, _ = yield traps.port_allocate(p.me)
            told.append(kr)
        yield from wait_for_ever(p)

    def body(p: Process) -> Steps:
        kr, _ = yield from fork(p, allocate)
        assert not kr
        yield from fork(p, allocate)
        yield traps.sleep(100_000_000)

    kernel = run(body, user=user, max_user_ports="400")
    if user == "root":
        assert not any(told)
    else:
        assert set(told) == {0, KERN_RESOURCE_SHORTAGE}
        held = [e for t in kernel.tasks.values() if t.uid for e in t.space.entries.values() if e.bits & 2]
        assert len(held) == sum(count for uid, count in kernel.user_ports.items() if uid)
        assert 400 <= len(held) <= 403, "a thread's own reply port is not refused"


@pytest.mark.parametrize(
    ("limit", "value", "errors"),
    [
        ("max_processes", "100", {ids.EAGAIN}),
        ("max_user_ports", "2000", {KERN_RESOURCE_SHORTAGE}),
        # A server that has no name left refuses; if it has none for the right to reply, its caller takes that for its death.
        ("max_task_ports", "500", {KERN_RESOURCE_SHORTAGE, MIG_SERVER_DIED}),
    ],
)
def test_a_bomb_gets_an_error_instead_of_a_panic(limit: str, value: str, errors: set[int]) -> None:
    result = scenario("fork-bomb", "antrik-2005", kernel={"zone_map_size": "4M", limit: value}, rate="100")
    assert result.ended.outcome == "error" and result.ended.kern_return in errors


def test_collecting_zones_returns_free_pages_before_the_panic() -> None:
    """Tables of 4096 bytes are allocated and freed in kalloc.4096 for many tasks; without collection those pages stay there."""

    def allocated(**settings: str) -> int:
        bench = Bench("upstream-2007", zone_map_size="256K", **settings)
        kernel = bench.kernel
        pages = [kernel.zalloc("kalloc.8192") for _ in range(10)]
        for address in pages:
            kernel.zfree("kalloc.8192", address)
        count = 0
        me = bench.call(traps.task_self())
        while kernel.ended is None:
            bench.call(traps.port_allocate(me))
            count += 1
        assert kernel.ended.panic is not None
        assert kernel.ended.panic.text.startswith("zalloc: zone ")
        return count

    assert allocated(collect_zones="1") > allocated() + 9 * 8192 // 80


LEAST = {name: int(setting.low or 0) for name, setting in SETTINGS.items() if setting.group == LIMITS and setting.zero}


@pytest.mark.parametrize("name", LEAST)
def test_a_limit_too_low_to_boot_is_refused(name: str) -> None:
    least = LEAST[name]
    assert getattr(override(PROFILES["antrik-2005"], name, str(least)), name) == least
    with pytest.raises(UsageError, match=f"^{name}='{least - 1}' is not 0 \\(no limit\\), or a whole number from {least} to "):
        override(PROFILES["antrik-2005"], name, str(least - 1))


@pytest.mark.parametrize("name", LEAST)
def test_a_system_at_the_lowest_limits_ends_in_an_error_or_at_a_server_that_lost_a_request(name: str) -> None:
    result = scenario("fork-bomb", "antrik-2005", kernel={"zone_map_size": "4M", name: str(LEAST[name])}, rate="100")
    assert result.ended.outcome in ("error", "panic") or result.ended.why == "every thread waits for ever"
