"""The scheduler: usage, priority, ageing, load, quantum and preemption, kern/sched_prim.c, priority.c, mach_factor.c."""

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mach.bench import Bench, Steps
from zoneviz.events import Kind
from zoneviz.mach import traps
from zoneviz.mach.dispatch import thread_resume
from zoneviz.mach.message import MAKE_SEND
from zoneviz.mach.sched_prim import BASEPRI_USER, FORGET, LOWEST, PRI_SHIFT, QUANTUM, SCHED_SCALE, SECOND, TICK, TICK_USEC, USAGE_MASK
from zoneviz.mach.thread import Thread

MILLISECOND = 1_000_000


@pytest.fixture
def bench() -> Bench:
    return Bench()


def spinner() -> Steps:
    """A thread that computes for ever."""
    while True:
        yield traps.compute(1_000_000)


def start(bench: Bench, program: Steps, resume: bool = True) -> Thread:
    kr, name = bench.call(traps.thread_create(bench.me))
    assert kr == 0
    assert bench.call(traps.thread_set_state(name, program)) == 0
    if resume:
        assert bench.call(traps.thread_resume(name)) == 0
    return bench.thread_of(name)


def spin(bench: Bench, count: int) -> list[Thread]:
    return [start(bench, spinner()) for _ in range(count)]


def until(bench: Bench, time: int) -> None:
    """Run the kernel up to a time. The first program computes for ever from now on."""
    if bench.todo is None:
        bench.todo = spinner()
    while bench.kernel.time < time:
        assert bench.kernel.run(1)


@pytest.mark.parametrize(
    ("usage", "priority"),
    [(0, 12), ((1 << 25) - 1, 12), (1 << 25, 13), (5 << 25, 17), (18 << 25, 30), (19 << 25, 31), (100 << 25, 31)],
)
def test_priority_follows_usage(bench: Bench, usage: int, priority: int) -> None:
    thread = bench.thread
    thread.usage = usage
    bench.kernel.sched.compute_priority(thread)
    assert thread.priority == priority


def test_a_priority_step_is_262_ms_of_processor_time_at_load_1() -> None:
    ticks = (1 << PRI_SHIFT) / (TICK_USEC * SCHED_SCALE)
    assert 26 <= ticks < 27
    # At a load of about 26 one tick is a whole step; from 12 to 31 it takes 19 steps, a load above 500.
    assert TICK_USEC * 27 * SCHED_SCALE >= 1 << PRI_SHIFT > TICK_USEC * 26 * SCHED_SCALE
    assert TICK_USEC * 499 * SCHED_SCALE >= 19 << PRI_SHIFT


@given(usage=st.integers(0, USAGE_MASK), missed=st.integers(0, 40))
def test_usage_decays_by_five_eighths_per_second(usage: int, missed: int) -> None:
    thread = BENCH.thread
    sched = BENCH.kernel.sched
    sched.tick, thread.stamp, thread.usage = 1000 + missed, 1000, usage
    sched.age(thread)
    left = usage
    for _ in range(missed):
        left = left // 2 + left // 8
    assert thread.usage == (0 if missed > FORGET else left)
    assert thread.stamp == sched.tick
    assert thread.priority == min(BASEPRI_USER + (thread.usage >> PRI_SHIFT), LOWEST)


BENCH = Bench()


def test_each_tick_charges_the_running_thread_times_the_load(bench: Bench) -> None:
    k = bench.kernel
    thread = bench.thread
    thread.usage, k.sched.load = 0, 3 * SCHED_SCALE
    k.time = k.sched.next_tick
    k.sched.clock(k)
    assert thread.usage == TICK_USEC * 3 * SCHED_SCALE
    # A thread that runs between two ticks is charged nothing.
    bench.call(traps.compute(TICK // 3))
    assert thread.usage == TICK_USEC * 3 * SCHED_SCALE


def test_the_product_is_32_bits_wide(bench: Bench) -> None:
    k = bench.kernel
    bench.thread.usage, k.sched.load = 0, 3_356 * SCHED_SCALE
    k.time = k.sched.next_tick
    k.sched.clock(k)
    assert bench.thread.usage == (TICK_USEC * 3_356 * SCHED_SCALE) % 2**32 < 1 << PRI_SHIFT


def test_the_load_is_averaged_with_the_runnable_threads(bench: Bench) -> None:
    k = bench.kernel
    spin(bench, 4)
    loads = []
    for second in range(1, 8):
        until(bench, second * SECOND + TICK)
        loads.append(k.sched.load)
    # Five threads are running or runnable, without the scheduler thread. The average halves the difference each second.
    want, load = [], SCHED_SCALE
    for _ in loads:
        load = (load + 5 * SCHED_SCALE) >> 1
        want.append(load)
    assert loads == want


def test_the_load_is_never_below_one(bench: Bench) -> None:
    until(bench, 5 * SECOND)
    assert bench.kernel.sched.load == SCHED_SCALE


def test_equal_threads_take_turns_of_100_ms(bench: Bench) -> None:
    k = bench.kernel
    threads = spin(bench, 2)
    bench.call(traps.sleep(900 * MILLISECOND))
    runs = [e for e in bench.kinds(Kind.THREAD_RUN) if e[5] in {t.id for t in threads}]
    times = [e[1] for e in runs]
    first = [b - a for a, b in itertools.pairwise(times)][:5]
    assert all(90 * MILLISECOND <= gap <= 120 * MILLISECOND for gap in first)
    assert [e[5] for e in runs][:6] in ([threads[0].id, threads[1].id] * 3, [threads[1].id, threads[0].id] * 3)
    assert QUANTUM * TICK == 100 * MILLISECOND
    assert k.ended is None


def test_no_switch_within_the_first_quantum_for_an_equal_thread(bench: Bench) -> None:
    k = bench.kernel
    other = start(bench, spinner(), resume=False)
    # Begin a new quantum, then ready an equal thread: it waits for the end of the quantum.
    bench.call(traps.sleep(20 * MILLISECOND))
    thread_resume(k, other)
    assert not k.sched.ast
    since = k.time
    bench.call(traps.compute(50 * MILLISECOND))
    assert k.time - since < 52 * MILLISECOND
    assert k.current is bench.thread


def test_a_strictly_better_thread_preempts_at_once(bench: Bench) -> None:
    k = bench.kernel
    bench.thread.priority, bench.thread.usage = 13, 1 << PRI_SHIFT
    other = start(bench, spinner())
    # Resumed at 12 against 13: it runs when the RPC that resumed it returns.
    (ready,) = [i for i, e in enumerate(bench.events) if e[0] == Kind.THREAD_READY and e[5] == other.id][:1]
    following = [e for e in bench.events[ready:] if e[0] in (Kind.RPC, Kind.THREAD_RUN)]
    assert bench.events[ready][7] == 12
    assert (following[0][0], following[0][5]) == (Kind.THREAD_RUN, other.id)
    assert following[0][1] - bench.events[ready][1] < TICK
    assert k.ended is None


def test_an_equal_or_worse_thread_does_not_preempt(bench: Bench) -> None:
    k = bench.kernel
    same = start(bench, spinner(), resume=False)
    k.sched.ast = False
    thread_resume(k, same)
    assert not k.sched.ast
    worse = start(bench, spinner(), resume=False)
    worse.priority, worse.usage = 20, 8 << PRI_SHIFT
    thread_resume(k, worse)
    assert not k.sched.ast


def test_the_kernel_is_not_preempted(bench: Bench) -> None:
    k = bench.kernel
    kr, port = bench.call(traps.port_allocate(bench.me))
    assert kr == 0
    assert bench.call(traps.port_insert_right(bench.me, port, port, MAKE_SEND)) == 0
    woken: list[int] = []

    def waiter() -> Steps:
        while True:
            yield traps.receive(port)
            woken.append(k.time)

    start(bench, waiter())
    bench.let_run()
    bench.thread.priority, bench.thread.usage = 15, 3 << PRI_SHIFT
    seen: list[int] = []

    def several_sends(kernel: object, thread: Thread) -> int:
        send: Callable[..., object]
        for _ in range(3):
            send, *arguments = traps.send(port, 1, 24, timeout=0)
            send(k, thread, *arguments)
            seen.append(len(woken))
        return 0

    before = len(woken)
    assert bench.call((several_sends,)) == 0
    # All three were sent before the better thread ran; then it received all three.
    assert seen == [before] * 3
    bench.let_run()
    assert len(woken) == before + 3


def test_a_preempted_thread_goes_to_the_tail(bench: Bench) -> None:
    k = bench.kernel
    threads = spin(bench, 3)
    bench.call(traps.sleep(1000 * MILLISECOND))
    order = [e[5] for e in bench.kinds(Kind.THREAD_RUN) if e[5] in {t.id for t in threads}][:6]
    assert order[:3] == order[3:]
    assert sorted(order[:3]) == sorted(t.id for t in threads)
    assert k.ended is None


def test_a_new_thread_is_better_than_one_with_usage(bench: Bench) -> None:
    k = bench.kernel
    bench.call(traps.compute(2 * SECOND))
    k.sched.age(bench.thread)
    fresh = start(bench, spinner(), resume=False)
    assert bench.thread.priority > fresh.priority == BASEPRI_USER


def test_usage_settles_where_decay_equals_charge(bench: Bench) -> None:
    # Alone, 100 ticks a second at a load of one are 3.81 steps; u = (u + 3.81) * 5/8 settles at 6.36 after a decay.
    until(bench, 20 * SECOND + 3 * TICK)
    steps = bench.thread.usage / (1 << PRI_SHIFT)
    assert steps == pytest.approx(6.36, abs=0.15)


def test_every_other_second_stale_priorities_in_the_queues_are_repaired(bench: Bench) -> None:
    k = bench.kernel
    stale = start(bench, spinner(), resume=False)
    stale.usage = 8 << PRI_SHIFT
    k.sched.compute_priority(stale)
    thread_resume(k, stale)
    assert stale in k.sched.queues[20]
    priorities = []
    for second in range(1, 5):
        until(bench, second * SECOND + TICK)
        priorities.append(stale.priority)
    # Never chosen, but moved to a better queue, by the scan in odd seconds.
    assert priorities[0] < 20
    assert priorities[2] < priorities[0]
    assert all(thread in k.sched.queues[thread.priority] for thread in (stale,) if thread.queue)


def test_thread_switch_yields_and_depresses_for_a_time(bench: Bench) -> None:
    k = bench.kernel
    (other,) = spin(bench, 1)
    since = len(bench.events)
    assert bench.call(traps.thread_switch()) == 0
    assert other.id in [e[5] for e in bench.kinds(Kind.THREAD_RUN, since=since)]
    time = k.time
    bench.call(traps.thread_switch(300 * MILLISECOND))
    # At 31 it does not run while another thread is runnable. After the time it has its own priority again.
    assert k.time - time >= 100 * MILLISECOND
    until(bench, k.time + 500 * MILLISECOND)
    assert bench.thread.depress_until == 0


def test_a_depression_ends_at_its_time(bench: Bench) -> None:
    k = bench.kernel
    spin(bench, 1)
    time = k.time
    bench.call(traps.thread_switch(50 * MILLISECOND))
    # Its usage is at most that of the other thread, so it runs within two quanta after its depression.
    assert k.time - time <= 50 * MILLISECOND + 2 * QUANTUM * TICK


def test_a_suspended_thread_runs_again(bench: Bench) -> None:
    _, name = bench.call(traps.thread_create(bench.me))
    ran: list[int] = []

    def worker() -> Steps:
        ran.append(1)
        yield traps.sleep(10**12)

    bench.call(traps.thread_set_state(name, worker()))
    bench.call(traps.thread_resume(name))
    bench.call(traps.thread_suspend(name))
    bench.let_run()
    assert ran == []
    bench.call(traps.thread_resume(name))
    bench.let_run()
    assert ran == [1]


def test_a_thread_that_suspends_itself_stops(bench: Bench) -> None:
    ran: list[int] = []

    def worker() -> Steps:
        me = yield traps.thread_self()
        ran.append(1)
        yield traps.thread_suspend(me)
        ran.append(2)
        yield traps.sleep(10**12)

    _, name = bench.call(traps.thread_create(bench.me))
    bench.call(traps.thread_set_state(name, worker()))
    bench.call(traps.thread_resume(name))
    bench.let_run()
    assert ran == [1]
    bench.call(traps.thread_resume(name))
    bench.let_run()
    assert ran == [1, 2]


def test_a_hand_off_continues_the_current_quantum(bench: Bench) -> None:
    k = bench.kernel
    kr, port = bench.call(traps.port_allocate(bench.me))
    assert kr == 0
    assert bench.call(traps.port_insert_right(bench.me, port, port, MAKE_SEND)) == 0
    left: list[int] = []

    def server() -> Steps:
        kr, message = yield traps.receive(port)
        assert kr == 0
        left.append(k.sched.quantum)
        yield traps.send(message.reply, 1, 24)

    start(bench, server())
    bench.let_run()

    def work_and_ask() -> Steps:
        yield traps.sleep(5 * MILLISECOND)
        yield traps.compute(50 * MILLISECOND)
        left.append(k.sched.quantum)
        reply = yield traps.mig_get_reply_port()
        yield traps.rpc(port, 1, 24, reply)

    bench.run(work_and_ask())
    assert left[0] == left[1] == QUANTUM - 5
