"""How often each message takes `_ports_lock`, and what happens while it is held."""

from typing import Any

from tests.hurd.test_libports import run, stop
from zoneviz.events import Kind
from zoneviz.hurd import system
from zoneviz.hurd.cthreads import Mutex, Steps
from zoneviz.hurd.libports import Server, acknowledge, new_port
from zoneviz.mach import program, traps
from zoneviz.mach.kernel import Kernel

MAKE, ASK = 6000, 6001
MILLISECOND = 1_000_000


class Counted(Mutex):
    """A mutex that counts how often it is taken."""

    taken = 0

    @property
    def held(self) -> bool:
        return self._held

    @held.setter
    def held(self, value: bool) -> None:
        self._held = value
        self.taken += value


class Stage:
    """A server with a counting lock. `act(stage, port)` uses it."""

    def __init__(self, act: Any) -> None:
        self.server = Server("server", "plain")
        self.server.handlers |= {MAKE: new_port, ASK: acknowledge}
        self.lock = self.server.ports_lock = Counted("_ports_lock")
        self.cleaned: list[tuple[int, bool]] = []
        self.kernel, self.events = run(lambda kernel: self.main(kernel, act))

    def main(self, kernel: Kernel, act: Any) -> Steps:
        self.me = yield from program.prelude()
        self.live = kernel
        port, _ = yield from system.serve(self.me, self.server)
        self.reply = yield traps.mig_get_reply_port()
        yield from act(self, port)
        yield (stop,)

    def make(self, port: int) -> Steps:
        """A new port of the server with a no-senders request."""
        _, answer = yield traps.rpc(port, MAKE, 32, self.reply)
        return answer.rights[0]


def settle() -> Steps:
    yield traps.sleep(100 * MILLISECOND)


def test_a_request_takes_the_lock_5_times_and_a_no_senders_11_times() -> None:
    counts = []

    def act(stage: Stage, port: int) -> Steps:
        made = yield from stage.make(port)
        for step in ("ask", "close"):
            yield from settle()
            before = stage.lock.taken
            if step == "ask":
                yield traps.rpc(port, ASK, 32, stage.reply)
            else:
                yield traps.port_deallocate(stage.me, made)
            yield from settle()
            counts.append(stage.lock.taken - before)

    Stage(act)
    assert counts == [5, 11]


def test_the_receive_right_is_destroyed_with_the_lock_and_cleaned_up_without() -> None:
    held: list[bool] = []

    def act(stage: Stage, port: int) -> Steps:
        made = yield from stage.make(port)
        (name,) = (n for n, info in stage.server.ports.items() if info.senders)

        def clean(server: Server, gone: int) -> Steps:
            stage.cleaned.append((gone, stage.lock.held))
            yield traps.compute(0)

        stage.server.ports[name].clean = clean

        def spy(event: Any) -> None:
            if event[0] == Kind.RPC and event[5] == 3208:  # mach_port_mod_refs
                held.append(stage.lock.held)

        stage.live.listen(spy)
        yield traps.port_deallocate(stage.me, made)
        yield from settle()
        assert stage.cleaned == [(name, False)]
        assert name not in stage.server.ports

    stage = Stage(act)
    assert held == [True]
    assert stage.kernel.ended is not None and stage.kernel.ended.outcome == "finished"


def test_a_port_with_a_new_send_right_stays_and_is_requested_again() -> None:
    def act(stage: Stage, port: int) -> Steps:
        made = yield from stage.make(port)
        (name,) = (n for n, info in stage.server.ports.items() if info.senders)
        # As if another handler had made a second right while the notification was queued.
        stage.server.ports[name].mscount += 1
        yield traps.port_deallocate(stage.me, made)
        yield from settle()
        stage.cleaned.append((name, name in stage.server.ports))

    stage = Stage(act)
    assert [there for _, there in stage.cleaned] == [True]
    # mach_port_request_notification: once when the port was created, once more now.
    assert sum(1 for e in stage.events if e[0] == Kind.RPC and e[5] == 3214) == 2
