"""The cost of tasks and threads, and what their termination frees: kern/task.c, kern/thread.c, kern/ipc_tt.c."""

import pytest

from tests.mach.bench import Bench, Steps
from zoneviz.events import Kind
from zoneviz.mach import traps
from zoneviz.mach.kalloc import kalloc
from zoneviz.mach.message import MAKE_SEND
from zoneviz.mach.sizes import PAGE, QLIMIT_DEFAULT

EMPTY_TASK = {"tasks": 1, "maps": 1, "pmap": 1, "ipc spaces": 1, "kalloc.64": 1, "ipc ports": 1}
THREAD = {"threads": 1, "i386 pcb state": 1, "ipc ports": 1}
TASK_BYTES = {"upstream-2007": 416, "upstream-2005": 512}
THREAD_BYTES = {"upstream-2007": 600, "upstream-2005": 684}
YEARS = ["upstream-2007", "upstream-2005"]


def change(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


def cost(bench: Bench, elements: dict[str, int]) -> int:
    """Bytes of zone memory."""
    return sum(bench.kernel.zones[name].elem_size * count for name, count in elements.items())


def roomy(name: str) -> Bench:
    """A bench whose table of names has room, so that it does not grow during the test."""
    bench = Bench(name)
    for _ in range(18):
        assert bench.call(traps.port_allocate(bench.me))[0] == 0
    return bench


def new_task(bench: Bench, inherit: bool = False) -> int:
    kr, task = bench.call(traps.task_create(bench.me, inherit))
    assert kr == 0
    assert isinstance(task, int)
    return task


def new_thread(bench: Bench, task: int, program: Steps | None = None) -> int:
    kr, thread = bench.call(traps.thread_create(task))
    assert kr == 0
    if program is not None:
        assert bench.call(traps.thread_set_state(thread, program)) == 0
        assert bench.call(traps.thread_resume(thread)) == 0
    assert isinstance(thread, int)
    return thread


@pytest.mark.parametrize("name", YEARS)
def test_an_empty_task(name: str) -> None:
    bench = roomy(name)
    before, used = bench.held(), bench.kernel.kernel_map.used
    task = new_task(bench)
    made = change(before, bench.held())
    compat = {"ipc ports": 2, "kalloc.16": 1} if name.endswith("2005") else {}
    assert made == EMPTY_TASK | compat
    assert cost(bench, made) == TASK_BYTES[name]
    # Its page directory.
    assert bench.kernel.kernel_map.used - used == PAGE
    assert bench.call(traps.task_terminate(task)) == 0
    assert bench.call(traps.port_deallocate(bench.me, task)) == 0
    assert bench.held() == before
    assert bench.kernel.kernel_map.used == used


@pytest.mark.parametrize("name", YEARS)
def test_a_thread_that_never_ran(name: str) -> None:
    bench = roomy(name)
    task = new_task(bench)
    before, used = bench.held(), bench.kernel.kernel_map.used
    thread = new_thread(bench, task)
    made = change(before, bench.held())
    compat = {"ipc ports": 2, "kalloc.16": 1} if name.endswith("2005") else {}
    assert made == THREAD | compat
    assert cost(bench, made) == THREAD_BYTES[name]
    assert bench.kernel.kernel_map.used == used
    assert bench.call(traps.thread_terminate(thread)) == 0
    assert bench.call(traps.port_deallocate(bench.me, thread)) == 0
    assert bench.held() == before


def test_compatibility_ports_have_the_first_names() -> None:
    bench = Bench("upstream-2005")
    task = new_task(bench)
    new_thread(bench, task)
    space = bench.task_of(task).space
    assert sorted(space.entries) == [1, 2]
    assert bench.task_of(task).notify is space.entries[1].object


def test_a_thread_without_a_name_for_its_compatibility_port_is_a_panic() -> None:
    bench = Bench("upstream-2005")
    task = new_task(bench)
    while bench.task_of(task).space.free or bench.task_of(task).space.size < 128:
        assert bench.call(traps.port_allocate(task))[0] == 0
    while kalloc(bench.kernel, 16384):
        pass
    assert bench.call(traps.thread_create(task)) is None
    assert bench.kernel.ended is not None and bench.kernel.ended.panic is not None
    assert (bench.kernel.ended.panic.text, bench.kernel.ended.panic.memory) == ("ipc_thread_init", "kalloc_map")


@pytest.mark.parametrize("name", YEARS)
def test_a_thread_that_terminates_itself_is_reaped_at_once(name: str) -> None:
    bench = roomy(name)
    task = new_task(bench)
    before = bench.held()
    used, stacks = bench.kernel.kernel_map.used, len(bench.kernel.free_stacks)
    since = len(bench.events)

    def ends() -> Steps:
        me = yield traps.thread_self()
        yield traps.thread_terminate(me)
        raise AssertionError("the thread is dead")

    thread = new_thread(bench, task, ends())
    bench.let_run()
    assert bench.call(traps.port_deallocate(bench.me, thread)) == 0
    events = bench.events[since:]
    at = next(i for i, e in enumerate(events) if e[0] == Kind.REAPER_ENQUEUE)
    # Handed to the reaper: no other thread runs before the memory of the dead one is freed.
    following = [e[0] for e in events[at:] if e[0] in (Kind.STACK_HANDOFF, Kind.THREAD_DESTROY, Kind.THREAD_RUN)]
    assert following[:2] == [Kind.STACK_HANDOFF, Kind.THREAD_DESTROY]
    held = bench.held()
    # Left are the reply port that the thread allocated, and its own dead port, which has a name there.
    assert {n: c for n, c in change(before, held).items() if not n.startswith("kalloc")} == {"ipc ports": 2}
    assert bench.kernel.kernel_map.used - used + (stacks - len(bench.kernel.free_stacks)) * PAGE == 0


def test_terminating_a_task_frees_its_threads() -> None:
    bench = roomy("upstream-2007")
    before, used = bench.held(), bench.kernel.kernel_map.used
    free = len(bench.kernel.free_stacks)
    kr, port = bench.call(traps.port_allocate(bench.me))
    assert kr == 0
    assert bench.call(traps.port_insert_right(bench.me, port, port, MAKE_SEND)) == 0
    for _ in range(QLIMIT_DEFAULT):
        assert bench.call(traps.send(port, 1, 24, timeout=0)) == 0
    task = new_task(bench)
    assert bench.call(traps.port_insert_right(task, 3, port, MAKE_SEND)) == 0

    def waits_to_send() -> Steps:
        yield traps.send(3, 1, 24)

    def waits_to_receive() -> Steps:
        name = yield traps.reply_port()
        yield traps.receive(name)

    def computes() -> Steps:
        while True:
            yield traps.compute(1_000_000)

    threads = [new_thread(bench, task, program) for program in (waits_to_send(), waits_to_receive(), computes())]
    new_thread(bench, task)
    bench.let_run(200)
    assert bench.call(traps.task_terminate(task)) == 0
    bench.let_run()
    assert bench.in_use()["tasks"] == before["tasks"]
    for name in (*threads, task):
        assert bench.call(traps.port_deallocate(bench.me, name)) == 0
    assert bench.call(traps.port_destroy(bench.me, port)) == 0
    after = bench.held()
    # Left is the name of the thread that never ran, and our table has grown.
    assert {n: c for n, c in change(before, after).items() if not n.startswith("kalloc")} == {"ipc ports": 1}
    assert bench.kernel.kernel_map.used - used == (len(bench.kernel.free_stacks) - free) * PAGE


def test_a_task_that_terminates_itself() -> None:
    bench = roomy("upstream-2007")
    before = bench.held()
    task = new_task(bench)

    def ends() -> Steps:
        me = yield traps.task_self()
        yield traps.port_allocate(me)
        yield traps.task_terminate(me)
        raise AssertionError("the thread is dead")

    thread = new_thread(bench, task, ends())
    bench.let_run()
    for name in (thread, task):
        assert bench.call(traps.port_deallocate(bench.me, name)) == 0
    assert bench.held() == before
    assert bench.kernel.ended is None


def test_a_program_that_returns_terminates_its_thread() -> None:
    bench = roomy("upstream-2007")
    task = new_task(bench)
    before = bench.held()

    def returns() -> Steps:
        yield traps.compute(1000)

    thread = new_thread(bench, task, returns())
    bench.let_run()
    assert bench.call(traps.port_deallocate(bench.me, thread)) == 0
    assert bench.held() == before


def test_the_limit_of_spaces_panics_ipc_task_init() -> None:
    bench = Bench("upstream-2005", task_max="50")
    count = 0
    while (made := bench.call(traps.task_create(bench.me, False))) is not None:
        assert made[0] == 0
        count += 1
    k = bench.kernel
    # (50 + 5) * 64 bytes are rounded up to a page: 64 spaces, four in use at boot.
    assert count == 60
    assert k.ended is not None
    assert k.ended.panic is not None
    assert (k.ended.panic.text, k.ended.panic.memory, k.ended.panic.zone) == ("ipc_task_init", "ipc_spaces", "ipc spaces")
    assert k.ended.panic.task == "user"


def test_no_page_for_a_page_directory_panics_pmap_create() -> None:
    bench = Bench("debian-2005", zone_map_size="24M")
    while bench.call(traps.task_create(bench.me, False)) is not None:
        pass
    k = bench.kernel
    assert k.ended is not None
    assert k.ended.panic is not None
    assert (k.ended.panic.text, k.ended.panic.memory, k.ended.panic.zone) == ("pmap_create", "kernel_map", "")
    assert k.kernel_map.size - k.kernel_map.used < PAGE


def test_no_page_for_a_stack_panics_stack_alloc() -> None:
    bench = Bench("debian-2005", zone_map_size="24M")
    kr, port = bench.call(traps.port_allocate(bench.me))
    assert kr == 0
    bench.call(traps.port_insert_right(bench.me, port, port, MAKE_SEND))

    def sender() -> Steps:
        while True:
            yield traps.send(port, 1, 24)

    def many() -> Steps:
        while True:
            _, thread = yield traps.thread_create(bench.me)
            yield traps.thread_set_state(thread, sender())
            yield traps.thread_resume(thread)
            yield traps.thread_switch()

    bench.run(many())
    k = bench.kernel
    assert k.ended is not None
    assert k.ended.panic is not None
    assert (k.ended.panic.text, k.ended.panic.memory) == ("stack_alloc", "kernel_map")


def test_running_out_of_physical_memory_is_a_hang() -> None:
    bench = Bench(ram="32M", zone_map_size="1M")
    kr, address = bench.call(traps.vm_allocate(bench.me, 64 << 20, 0x20000000))
    assert kr == 0
    assert bench.call(traps.touch(address, 64 << 20)) is None
    k = bench.kernel
    assert k.ended is not None
    assert k.ended.outcome == "hang"
    assert "user waits in vm_page_wait" in k.ended.why
    assert [e[0] for e in bench.events[-2:]] == [Kind.PAGE_WAIT, Kind.HANG]
    # The pageout scan ran before: it trims the stacks and considers collecting zones.
    assert bench.kinds(Kind.PAGEOUT)[-1][0] == Kind.PAGEOUT
    assert len(k.free_stacks) == 1
    assert not k.run(1)


@pytest.mark.parametrize("trap", [traps.task_suspend, traps.task_terminate, traps.thread_resume, traps.thread_terminate])
def test_an_rpc_to_a_missing_port(trap: object) -> None:
    bench = Bench()
    assert callable(trap)
    before = bench.held()
    assert bench.call(trap(0)) == 0x10000003
    assert bench.call(trap(4711)) == 0x10000003
    after = bench.held()
    # The stub drops its reply port each time and allocates another one.
    assert {n: c for n, c in change(before, after).items() if not n.startswith("kalloc")} == {"ipc ports": 1}


@pytest.mark.parametrize("kind", ["task", "thread"])
def test_the_wrong_kind_of_port_is_refused(kind: str) -> None:
    bench = Bench()
    task = new_task(bench)
    thread = new_thread(bench, task)
    trap = traps.thread_resume(task) if kind == "thread" else traps.port_allocate(thread)
    result = bench.call(trap)
    # MIG_BAD_ID on the real kernel; here any error without an exception.
    assert (result if kind == "thread" else result[0]) != 0
