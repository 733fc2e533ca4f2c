"""The loop of servers: the last listener that gets a message creates a thread, which stays."""

import random
from typing import Any

import pytest

from zoneviz.events import Event, Kind
from zoneviz.hurd import system
from zoneviz.hurd.cprocs import Cthreads
from zoneviz.hurd.cthreads import Mutex, Steps, mutex_lock, mutex_unlock
from zoneviz.hurd.libports import Answer, Server, new_port
from zoneviz.hurd.policies import THREAD_MAX
from zoneviz.mach import program, traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.message import COPY_SEND
from zoneviz.mach.profile import PROFILES

ASK = 5000
MILLISECOND = 1_000_000


def run(main: Any, profile: str = "upstream-2007") -> tuple[Kernel, list[Event]]:
    """A kernel after its first program, `main(kernel)`, has ended."""
    events: list[Event] = []
    kernel = Kernel(PROFILES[profile], events.append, seed=1)
    kernel.boot()
    program.start(kernel, main(kernel))
    while kernel.run(10_000):
        pass
    return kernel, events


def stop(kernel: Kernel, thread: object) -> None:
    """End the run."""
    kernel.finish("finished")


def slow(server: Server, message: Message) -> Steps:
    """A handler that waits without a lock, so that requests pile up."""
    yield traps.sleep(50 * MILLISECOND)
    answer: Answer = ((), None)
    return answer


def clients(count: int, server: Server) -> Any:
    """A first program that starts the server, and `count` threads that send it one request each."""

    def main(kernel: Kernel) -> Steps:
        me = yield from program.prelude()
        port, _ = yield from system.serve(me, server)
        for _ in range(count):
            _, thread = yield traps.thread_create(me)
            yield traps.thread_set_state(thread, client(port))
            yield traps.thread_resume(thread)
        yield traps.sleep(3000 * MILLISECOND)
        yield (stop,)

    return main


def client(port: int) -> Steps:
    """Send one request, then wait for ever."""
    reply = yield traps.reply_port()
    kr, message = yield traps.rpc(port, ASK, 32, reply)
    assert kr == 0
    assert message.msgh_id == ASK + 100
    yield traps.receive(reply)


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_threads_are_the_peak_of_requests_plus_one(count: int) -> None:
    server = Server("slow", "plain")
    server.handlers[ASK] = slow
    _, events = run(clients(count, server))
    assert server.totalthreads == count + 1
    assert server.nreqthreads == server.totalthreads
    assert not any(e[0] == Kind.THREAD_DESTROY for e in events)


def test_sequential_requests_need_two_threads() -> None:
    server = Server("slow", "plain")
    server.handlers[ASK] = slow

    def main(kernel: Kernel) -> Steps:
        me = yield from program.prelude()
        port, _ = yield from system.serve(me, server)
        reply = yield traps.reply_port()
        for _ in range(20):
            kr, _ = yield traps.rpc(port, ASK, 32, reply)
            assert kr == 0
        yield (stop,)

    run(main)
    assert server.totalthreads == 2


def test_the_throttle_stops_at_its_limit() -> None:
    server = Server("slow", "throttle")
    server.handlers[ASK] = slow
    kernel, _ = run(clients(400, server))
    assert kernel.ended is not None
    assert kernel.ended.outcome == "finished"
    assert server.totalthreads <= THREAD_MAX + 1


def test_a_reply_that_cannot_be_sent_is_destroyed() -> None:
    """Its requester is gone: the port in the reply gets its no-senders notification, and the dead name is dropped."""
    server = Server("slow", "plain")
    held: list[int] = []

    def late(server: Server, message: Message) -> Steps:
        answer = yield from new_port(server, message)
        yield traps.sleep(100 * MILLISECOND)
        return answer

    server.handlers[ASK] = late

    def main(kernel: Kernel) -> Steps:
        me = yield from program.prelude()
        port, _ = yield from system.serve(me, server)
        for number in range(6):
            _, task = yield traps.task_create(me, False)
            yield traps.port_insert_right(task, port, port, COPY_SEND)
            _, thread = yield traps.thread_create(task)
            yield traps.thread_set_state(thread, client(port))
            yield traps.thread_resume(thread)
            yield traps.sleep(50 * MILLISECOND)
            yield traps.task_terminate(task)
            yield traps.sleep(300 * MILLISECOND)
            if number >= 2:  # from here on the workers and their ports exist
                assert server.task is not None
                held.append(len(server.task.space.entries))
        yield (stop,)

    run(main)
    assert held == [held[0]] * 4
    assert len(server.ports) == 1


def test_a_mutex_is_not_handed_over() -> None:
    order: list[str] = []
    mutex = Mutex("the lock")

    def other(name: str) -> Steps:
        yield from mutex_lock(mutex)
        order.append(name)
        yield mutex_unlock(mutex)
        yield traps.sleep(1000 * MILLISECOND)

    def main(kernel: Kernel) -> Steps:
        me = yield from program.prelude()
        threads = Cthreads()
        yield from threads.init(me)
        yield from mutex_lock(mutex)
        yield from threads.fork(other("woken"), "other")
        yield traps.thread_switch()
        assert order == []
        yield mutex_unlock(mutex)
        # The waiting thread is runnable but has not run: the running thread can take the mutex before it.
        yield from mutex_lock(mutex)
        order.append("again")
        yield mutex_unlock(mutex)
        yield traps.sleep(10 * MILLISECOND)
        yield (stop,)

    _, events = run(main)
    assert order == ["again", "woken"]
    assert any(e[0] == Kind.THREAD_BLOCK for e in events)


def test_the_same_seed_gives_the_same_events() -> None:
    def told() -> list[Event]:
        server = Server("slow", "plain")
        server.handlers[ASK] = slow
        return run(clients(random.Random(3).randrange(5, 20), server))[1]

    assert told() == told()
