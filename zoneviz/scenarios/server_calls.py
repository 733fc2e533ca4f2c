"""server-calls: a program repeats one call that leaked in the servers or the libc of the time (zoneviz/hurd/leaks.py)."""

from collections.abc import Callable

from zoneviz.hurd import ids
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.exec import execute
from zoneviz.hurd.ext2fs import DIR_LOOKUP
from zoneviz.hurd.fork import fork
from zoneviz.hurd.leaks import LEAKS
from zoneviz.hurd.memory import image
from zoneviz.hurd.process import Process, kill, wait
from zoneviz.hurd.session import then
from zoneviz.mach import traps
from zoneviz.mach.message import COPY_SEND
from zoneviz.scenarios import SESSION, Parameter, Run, Scenario, in_session

ASKED = 100_000_000  # ns until the child waits in auth
AFTERWARDS = 1_000_000_000  # ns for the servers to handle the last notifications


def start(run: Run) -> None:
    """Load a system whose session ends in the program that makes the calls."""
    call, count = CALLS[run.params["call"]], run.params["count"]

    def finish(p: Process) -> Steps:
        yield traps.sleep(AFTERWARDS)
        yield (lambda k, t: k.finish("finished"),)

    def in_a_chain(left: int) -> Callable[[Process], Steps]:
        """The program of each link: exec the next one in the same task, or fork it and exit."""

        def link(p: Process) -> Steps:
            run.kernel.operation()
            if not left:
                yield from finish(p)
            elif call is execs:
                yield from execute(p, image("again"), in_a_chain(left - 1))
            else:
                yield from fork(p, in_a_chain(left - 1), "caller")

        return link

    def repeat(p: Process) -> Steps:
        for _ in range(count):
            yield from call(p)
            run.kernel.operation()
        yield from finish(p)

    in_session(run, "caller", in_a_chain(count) if call in (execs, forks) else repeat)


def execs(p: Process) -> Steps:
    """exec the program again, in the same task."""
    yield from ()


def forks(p: Process) -> Steps:
    """fork the next generation, and exit."""
    yield from ()


def script(p: Process) -> Steps:
    """Fork a child that execs a #! script, which exits."""
    yield from fork(p, then(image("script"), nothing, script=True), "script")
    yield from wait(p)


def nothing(p: Process) -> Steps:
    """A program that exits at once."""
    yield traps.compute(1000)


def looking_up(path: str) -> Callable[[Process], Steps]:
    """Look a path up, and drop the port if there is one."""

    def call(p: Process) -> Steps:
        kr, port = yield from p.ask(p.ports["crdir"], DIR_LOOKUP, (), path)
        if not kr:
            yield traps.port_deallocate(p.me, port)

    return call


def on_port_of(path: str, msgh_id: int, carried: str = "") -> Callable[[Process], Steps]:
    """Look a server up, ask it for a port, and drop all rights. `carried`: the path of a file whose port the request carries."""

    def call(p: Process) -> Steps:
        held = []
        for where in (path, carried) if carried else (path,):
            kr, port = yield from p.ask(p.ports["crdir"], DIR_LOOKUP, (), where)
            held += [] if kr else [port]
        kr, port = yield from p.ask(held[0], msgh_id, tuple((name, COPY_SEND) for name in held[1:]))
        for name in held if kr else (*held, port):
            yield traps.port_deallocate(p.me, name)

    return call


def reply(p: Process) -> Steps:
    """A child asks auth for a new port and is killed before the server has passed it. Any port serves for the rendezvous."""
    meeting = (p.ports["crdir"], COPY_SEND)

    def asks(child: Process) -> Steps:
        yield from child.call(child.ports["auth"], ids.AUTH_USER_AUTHENTICATE, (meeting,))

    _, passed = yield from p.ask(p.ports["crdir"], DIR_LOOKUP, (), "tmp")
    _, pid = yield from fork(p, asks, "asks")
    yield traps.sleep(ASKED)
    yield from kill(p, pid)
    yield from wait(p)
    yield from p.call(p.ports["auth"], ids.AUTH_SERVER_AUTHENTICATE, (meeting, (passed, COPY_SEND)))
    yield traps.port_deallocate(p.me, passed)


CALLS: dict[str, Callable[[Process], Steps]] = {
    "magic": looking_up("dev/fd"),
    "script": script,
    "execve": execs,
    "sigexc": forks,
    "address": on_port_of("servers/socket/1", ids.SOCKET_FABRICATE_ADDRESS),
    "reparent": on_port_of("dev/null", ids.FILE_REPARENT, carried="tmp"),
    "hook": on_port_of("dev/tty6", ids.TERM_OPEN_CTTY),
    "reply": reply,
    "lookup": looking_up("dev/hd0s2"),
}

SCENARIO = Scenario(
    name="server-calls",
    summary="A program repeats one call that leaked in the servers or the libc of the time.",
    start=start,
    claims=("S6",),
    parameters=(
        *SESSION,
        Parameter(
            "call",
            "choice",
            "address",
            "Which call, by the name of its leak.",
            choices=tuple(CALLS),
            notes=tuple(leak.what for leak in LEAKS.values()),
        ),
        Parameter("count", "int", 1_000, "Number of calls.", low=1, high=1_000_000),
    ),
)
