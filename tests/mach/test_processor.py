"""The processor set and its tasks; priorities; what a thread waits for, interrupted."""

import random

from tests.mach.bench import Bench
from zoneviz.events import Kind
from zoneviz.mach import program, traps
from zoneviz.mach.mach_server import KERN_INVALID_ARGUMENT
from zoneviz.mach.message import MACH_RCV_INTERRUPTED, MAKE_SEND
from zoneviz.mach.program import Steps
from zoneviz.mach.sched_prim import BASEPRI_USER

HOST_PRIV = 1  # the name under which the first task gets the privileged host port


def control_port(bench: Bench) -> int:
    """The name of the control port of the processor set."""
    _, (_, (pset_name,)) = bench.call(traps.host_processor_sets(bench.call(traps.mach_host_self())))
    kr, pset = bench.call(traps.host_processor_set_priv(HOST_PRIV, pset_name))
    assert kr == 0
    return int(pset)


def test_processor_set_tasks_returns_every_task_with_a_reference_each() -> None:
    bench = Bench()
    pset = control_port(bench)
    _, one = bench.call(traps.task_create(bench.me, False, "one"))
    before = bench.thread.task.space.entries[one].urefs
    bench.events.clear()
    kr, ((address, size), names) = bench.call(traps.processor_set_tasks(pset))
    assert kr == 0
    assert len(names) == len(bench.kernel.tasks) == 3  # the kernel's, this one and the new one
    assert names[1:] == [bench.me, one]
    assert bench.thread.task.space.entries[one].urefs == before + 1
    assert size == 4096
    assert bench.call(traps.touch(address))
    assert bench.call(traps.vm_deallocate(bench.me, address, size)) == 0


def test_the_array_grows_with_the_tasks() -> None:
    bench = Bench()
    pset = control_port(bench)
    for _ in range(40):
        bench.call(traps.task_create(bench.me, False))
    bench.events.clear()
    bench.call(traps.processor_set_tasks(pset))
    zone = bench.kernel.zones["kalloc.256"].id
    kinds = [e[0] for e in bench.events if e[0] in (Kind.ZALLOC, Kind.ZFREE) and e[5] == zone and e[8] >> 1 == 4 * 42]
    assert kinds == [Kind.ZALLOC, Kind.ZFREE], "an array of 42 rights"


def test_each_listing_counts_its_references_whatever_happened_since_the_last() -> None:
    bench, chance = Bench(), random.Random(1)
    pset, space, made = control_port(bench), bench.thread.task.space, list[int]()

    def references() -> dict[int, int]:
        return {name: entry.urefs for name, entry in space.entries.items()}

    for number in range(200):
        match chance.randrange(6):
            case 0 | 1 | 2:
                made.append(bench.call(traps.task_create(bench.me, False, f"task {number}"))[1])
            case 3 if made:
                bench.call(traps.task_terminate(made.pop(chance.randrange(len(made)))))
            case 4 if made:
                bench.call(traps.port_destroy(bench.me, made.pop(chance.randrange(len(made)))))
            case 5 if made:
                bench.call(traps.port_deallocate(bench.me, chance.choice(made)))
        before = references()
        _, (array, names) = bench.call(traps.processor_set_tasks(pset))
        bench.call(traps.vm_deallocate(bench.me, *array))
        assert names == [space.names[task.sself] for task in bench.kernel.tasks.values() if task.alive]
        after = references()
        assert after == before | {name: before.get(name, 0) + 1 for name in names}
        few = chance.choice((names, names[:5], names[3:], chance.sample(names, len(names) // 2), []))
        bench.call(traps.port_deallocate_each(few))
        expected = after | {name: after[name] - 1 for name in few}
        assert references() == {name: count for name, count in expected.items() if count or name not in few}
        made = [name for name in made if name in space.entries]


def test_the_routines_of_host_and_set_refuse_other_ports() -> None:
    bench = Bench()
    host = bench.call(traps.mach_host_self())
    _, (_, (pset_name,)) = bench.call(traps.host_processor_sets(host))
    for kr in (
        bench.call(traps.host_processor_sets(pset_name))[0],
        bench.call(traps.host_processor_set_priv(host, pset_name))[0],
        bench.call(traps.host_processor_set_priv(HOST_PRIV, host))[0],
        bench.call(traps.processor_set_tasks(pset_name))[0],
        bench.call(traps.processor_set_tasks(bench.me))[0],
    ):
        assert kr == KERN_INVALID_ARGUMENT


def test_a_task_priority_reaches_only_threads_with_a_better_max_priority() -> None:
    bench = Bench()
    pset = control_port(bench)
    me = bench.call(traps.thread_self())
    _, early = bench.call(traps.thread_create(bench.me))
    assert bench.call(traps.thread_max_priority(me, pset, 0)) == 0
    assert bench.call(traps.task_priority(bench.me, 2, True)) == 0
    bench.call(traps.thread_create(bench.me))
    assert early
    assert [thread.base for thread in bench.thread.task.threads] == [2, BASEPRI_USER, BASEPRI_USER]
    assert bench.thread.priority < BASEPRI_USER
    assert bench.call(traps.task_priority(bench.me, 32, True)) == KERN_INVALID_ARGUMENT
    assert bench.call(traps.task_priority(bench.me, 20, True)) == 0
    _, worse = bench.call(traps.thread_create(bench.me))
    assert worse
    assert {thread.base for thread in bench.thread.task.threads} == {20}
    bench.call(traps.thread_max_priority(worse, pset, 25))
    assert bench.thread.task.threads[-1].base == 25


def test_thread_abort_interrupts_a_receive_and_later_messages_queue() -> None:
    bench = Bench()
    _, port = bench.call(traps.port_allocate(bench.me))
    bench.call(traps.port_insert_right(bench.me, port, port, MAKE_SEND))
    results: list[int] = []

    def receiver() -> Steps:
        while True:
            kr, _ = yield traps.receive(port)
            results.append(kr)

    _, thread = bench.run(program.mkthread(bench.me, receiver(), 1))
    bench.call(traps.thread_resume(thread))
    bench.let_run()
    bench.call(traps.thread_suspend(thread))
    bench.call(traps.thread_abort(thread))
    bench.call(traps.send(port, 1, 24))
    assert bench.kernel.messages == 1
    bench.call(traps.thread_resume(thread))
    bench.let_run()
    assert results == [MACH_RCV_INTERRUPTED, 0]
