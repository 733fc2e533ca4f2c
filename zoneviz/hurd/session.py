"""Sessions: the way from boot to the program of an experiment, every fork and exec of it run.

console: init > getty > login > bash > program: 4 execs, 2 forks. ssh: rc > init script > start-stop-daemon > sshd > daemon > re-exec >
privilege separation > session > bash > program: 7 execs, 9 forks. screen: the way of ssh to its shell, then screen (set-id: for
somebody else than root a clean task), its server, a window, bash, the program [S]. What all that leaves in the space the program inherits.
"""

from collections.abc import Callable

from zoneviz.hurd import ids
from zoneviz.hurd.auth import reauthenticate
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.exec import execute, launch
from zoneviz.hurd.ext2fs import DIR_LOOKUP
from zoneviz.hurd.fork import fork
from zoneviz.hurd.libports import Server
from zoneviz.hurd.memory import Image, image
from zoneviz.hurd.process import Body, Descriptor, Process, wait, wait_for_ever
from zoneviz.hurd.system import SECOND, TERMINALS, System, start, start_translator
from zoneviz.hurd.translators import term
from zoneviz.mach import traps
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.limits import set_user

SESSIONS = ("console", "screen", "ssh")
USERS = ("user", "root")
USER_ID = 1000  # the first ordinary user [I]
DAEMONS = ("syslogd", "inetd", "portmap", "cron", "atd", "exim4")  # what rc starts besides sshd [I]
LEFT_BY_SSHD = 37  # receive rights; fitted to 500 children over ssh at 8 MiB: docs/fidelity.md says what they may be
SETTLED = 3 * SECOND  # after which the system has come up and somebody logs in [I]

__all__ = ["SESSIONS", "USERS", "open_session", "run_program"]


def open_session(system: System, session: str, user: str, program: Image, body: Body) -> Steps:
    """Bring the system up, log in, and run `program` there; in init."""
    uid = 0 if user == "root" else USER_ID
    way = Way(uid, program, body)
    yield from launch(system.init, image("runttys"), runttys(way if session == "console" else None))
    connection = None if session == "console" else way.screen if session == "screen" else way.shell
    yield from launch(system.init, image("runsystem"), runsystem(system, way, connection))


def run_program(kernel: Kernel, session: str, user: str, name: str, body: Body) -> None:
    """Boot a system in which somebody logs in and runs a small program; nothing runs before the kernel does."""

    def after(booted: System) -> Steps:
        yield from open_session(booted, session, user, image(name), body)

    start(kernel, after)


def then(program: Image, body: Body, set_id: bool = False) -> Body:
    """A body that execs another program."""

    def go(p: Process) -> Steps:
        yield from execute(p, program, body, set_id)

    return go


def spawn(p: Process, program: Image, body: Body) -> Steps:
    """fork and exec, as a shell does; the pid."""
    kr, pid = yield from fork(p, then(program, body), program.name)
    return -kr if kr else pid


def open_terminal(p: Process, path: str) -> Steps:
    """A terminal becomes descriptors 0 to 2: one port, three references; and the controlling terminal."""
    for d in p.descriptors:
        for name in (d.port, d.ctty):
            if name:
                yield traps.port_deallocate(p.me, name)
    p.descriptors = []
    kr, port = yield from p.ask(p.ports["crdir"], DIR_LOOKUP, (), path)
    if kr:
        return kr
    yield traps.port_mod_refs(p.me, port, 0, 3 - 1)
    p.descriptors = [Descriptor(port, 0, True) for _ in range(3)]
    old = p.ports.pop("cttyid", 0)
    if old:
        yield traps.port_deallocate(p.me, old)
    _, p.ports["cttyid"] = yield from p.ask(p.ports["crdir"], DIR_LOOKUP, (), path)
    yield from p.call(p.proc, ids.PROC_SETSID)
    for d in p.descriptors:
        _, d.ctty = yield from p.ask(port, ids.TERM_OPEN_CTTY)
    return 0


def become(p: Process, uid: int) -> Steps:
    """Log in: an auth port from the password server, all that is open authenticated anew, the process given to the user."""
    _, password = yield from p.ask(p.ports["crdir"], DIR_LOOKUP, (), "servers/password")
    _, proof = yield from p.ask(password, ids.PASSWORD_CHECK_USER)
    for port in (proof, password):
        yield traps.port_deallocate(p.me, port)
    kr, fresh = yield from p.ask(p.ports["auth"], ids.AUTH_MAKEAUTH)
    if kr:
        return kr
    for which in ("crdir", "cwdir"):
        kr, port = yield from reauthenticate(p.me, p.reply, fresh, p.ports[which])
        if not kr:
            yield traps.port_deallocate(p.me, p.ports[which])
            p.ports[which] = port
    yield traps.port_deallocate(p.me, p.ports["auth"])
    p.ports["auth"] = fresh
    yield from p.call(p.proc, ids.PROC_SETOWNER, (), uid)
    return (yield (set_user, uid))


class Way:
    """The last steps to the program: whose they are and what runs at their end."""

    def __init__(self, uid: int, program: Image, body: Body) -> None:
        self.uid, self.program, self.body = uid, program, body

    def shell(self, p: Process) -> Steps:
        """bash: forks the program, and waits for it."""
        yield from spawn(p, self.program, self.body)
        yield from wait(p)
        yield from wait_for_ever(p)

    def login(self, p: Process) -> Steps:
        """login: becomes the user, then the shell."""
        yield from become(p, self.uid)
        yield from execute(p, image("bash"), self.shell)

    def screen(self, p: Process) -> Steps:
        """bash over ssh, in which somebody starts screen."""
        set_id = self.uid != 0
        yield from fork(p, then(image("screen"), self.attacher, set_id), "screen")
        yield from wait(p)
        yield from wait_for_ever(p)

    def attacher(self, p: Process) -> Steps:
        """screen: its server is a fork of it, and it stays in front."""
        yield from fork(p, self.screen_server, "SCREEN")
        yield from wait_for_ever(p)

    def screen_server(self, p: Process) -> Steps:
        """SCREEN: a window is a fork on a terminal of its own, with a shell."""
        yield from fork(p, self.window, "bash (screen)")
        yield from wait_for_ever(p)

    def window(self, p: Process) -> Steps:
        """A window: its terminal, then bash."""
        yield from open_terminal(p, "dev/ttyp1")
        yield from execute(p, image("bash"), self.shell)


def getty(path: str, login: Callable[[Process], Steps] | None) -> Body:
    """getty: opens its terminal and, when somebody comes, becomes login."""

    def body(p: Process) -> Steps:
        yield from open_terminal(p, path)
        if login is None:
            yield from wait_for_ever(p)
        else:
            yield traps.sleep(SETTLED)
            yield from execute(p, image("login"), login)

    return body


def runttys(way: Way | None) -> Body:
    """runttys: a getty on each terminal; on the first one somebody logs in."""

    def body(p: Process) -> Steps:
        for number, path in enumerate(TERMINALS):
            login = way.login if way is not None and not number else None
            yield from spawn(p, image("getty"), getty(path, login))
        while (yield from wait(p)) > 0:
            pass
        yield from wait_for_ever(p)

    return body


def runsystem(system: System, way: Way, connection: Body | None) -> Body:
    """runsystem: forks rc and waits for it."""

    def sshd_listens(p: Process) -> Steps:
        """sshd after daemon(): waits for a connection, and forks for it."""
        if connection is not None:
            yield traps.sleep(SETTLED)
            yield from start_translator(p, "dev/ttyp0", pty(system))
            yield from start_translator(p, "dev/ttyp1", pty(system)) if connection == way.screen else ()
            yield from fork(p, then(image("sshd (monitor)"), monitor), "sshd (monitor)")
        yield from wait_for_ever(p)

    def monitor(p: Process) -> Steps:
        """The re-exec'd sshd: one fork without rights checks the password, another one serves the user."""
        for _ in range(LEFT_BY_SSHD):
            yield traps.port_allocate(p.me)
        yield from fork(p, nobody, "sshd (unprivileged)")
        yield from wait(p)
        yield from fork(p, serves, "sshd (session)")
        yield from wait_for_ever(p)

    def serves(p: Process) -> Steps:
        """sshd as the user: the shell is a fork on the pseudo terminal."""
        yield from become(p, way.uid)
        yield from fork(p, on_pty, "bash (ssh)")
        yield from wait_for_ever(p)

    def on_pty(p: Process) -> Steps:
        yield from open_terminal(p, "dev/ttyp0")
        yield from execute(p, image("bash"), connection or way.shell)

    def rc(p: Process) -> Steps:
        """rc: a subshell runs the scripts one after another."""
        for name in DAEMONS:
            yield from spawn(p, image(name), daemon(wait_for_ever, name))
            yield from wait(p)
        yield from fork(p, scripts, "rc")
        yield from wait(p)

    def scripts(p: Process) -> Steps:
        yield from spawn(p, image("ssh"), script)
        yield from wait(p)

    def script(p: Process) -> Steps:
        yield from spawn(p, image("start-stop-daemon"), then(image("sshd"), daemon(sshd_listens, "sshd")))
        yield from wait(p)

    def body(p: Process) -> Steps:
        yield from spawn(p, image("rc"), rc)
        yield from wait(p)
        yield from wait_for_ever(p)

    return body


def nobody(p: Process) -> Steps:
    """Privilege separation's first child: checks the password, and is gone."""
    yield traps.compute(SECOND // 100)


def daemon(body: Body, name: str) -> Body:
    """daemon(): the work is done by a fork, the parent exits."""

    def go(p: Process) -> Steps:
        yield from fork(p, body, name)

    return go


def pty(system: System) -> Server:
    """The terminal behind a pair of pseudo devices."""
    return term(system.policy)
