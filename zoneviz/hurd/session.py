"""Sessions: every fork and exec from boot to the program of an experiment, which inherits the ports that they leave.

console: getty > login without a user > a shell without ids > login (set-uid: a new task, for root too) > bash > program. ssh:
console-run > runsystem > rc > subshell > init script > start-stop-daemon > sshd > daemon > connection > re-exec > session > bash >
program: 8 execs and 8 forks, no privilege separation. screen: as ssh up to bash, then screen (set-gid: a new task unless the user is
root), its server, a window, bash, the program [S; the order of sshd's steps I].
"""

from dataclasses import replace

from zoneviz.hurd import ids
from zoneviz.hurd.auth import reauthenticate
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.exec import execute, file_exec, launch, request_for
from zoneviz.hurd.ext2fs import DIR_LOOKUP
from zoneviz.hurd.fork import fork
from zoneviz.hurd.itimer import alarm, cancel
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
NOBODY = 0  # a process without ids; no limit per user applies to it
DAEMONS = ("syslogd", "inetd", "portmap", "cron", "atd", "exim4")  # daemons that rc starts besides sshd [I]
LEFT_BY_SSHD = 27  # receive rights; fitted to 500 children over ssh at 8 MiB: see docs/fidelity.md
LOGIN_GRACE_TIME = 120 * SECOND  # sshd_config [S]
SETTLED = 3 * SECOND  # from boot to the login [I]


def open_session(system: System, session: str, user: str, program: Image, body: Body) -> Steps:
    """In init: start the system, log in, and run `program` there."""
    uid = 0 if user == "root" else USER_ID
    way = Way(uid, program, body)
    yield from launch(system.init, image("runttys"), runttys(way if session == "console" else None))
    connection = None if session == "console" else way.screen if session == "screen" else way.shell
    yield from launch(system.init, image("console-run"), then(image("runsystem"), runsystem(system, way, connection), script=True))


def run_program(kernel: Kernel, session: str, user: str, name: str, body: Body) -> None:
    """Load a system in which a user logs in and runs a small program with this `body`. The kernel then runs it."""

    def after(booted: System) -> Steps:
        yield from open_session(booted, session, user, image(name), body)

    start(kernel, after)


def then(program: Image, body: Body, set_id: bool = False, script: bool = False) -> Body:
    """A body that execs another program."""

    def go(p: Process) -> Steps:
        yield from execute(p, program, body, set_id, script)

    return go


def spawn(p: Process, program: Image, body: Body, script: bool = False) -> Steps:
    """fork and exec, as a shell does. The pid, or minus the error."""
    kr, pid = yield from fork(p, then(program, body, script=script), program.name)
    return -kr if kr else pid


def open_terminal(p: Process, path: str) -> Steps:
    """Open a terminal as descriptors 0 to 2 (one port, three references) and as the controlling terminal."""
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


def check_password(p: Process) -> Steps:
    """Ask the password server for a proof of the user's identity, and drop it. A kern_return."""
    _, password = yield from p.ask(p.ports["crdir"], DIR_LOOKUP, (), "servers/password")
    kr, proof = yield from p.ask(password, ids.PASSWORD_CHECK_USER)
    for port in (proof, password):
        yield traps.port_deallocate(p.me, port)
    return kr


def become(p: Process, uid: int) -> Steps:
    """setuid(): a new auth port, and directory ports that are reauthenticated with it. The old ones are dropped."""
    old = dict(p.ports)
    yield from authenticate(p, uid)
    for which in ("crdir", "cwdir", "auth"):
        if p.ports[which] != old[which]:
            yield traps.port_deallocate(p.me, old[which])


def authenticate(p: Process, uid: int) -> Steps:
    """Get an auth port with the ids of a user, reauthenticate the directories with it, set the user. The old ports stay."""
    kr, fresh = yield from p.ask(p.ports["auth"], ids.AUTH_MAKEAUTH)
    if kr:
        return
    for which in ("crdir", "cwdir"):
        kr, port = yield from reauthenticate(p.me, fresh, p.ports[which])
        if not kr:
            p.ports[which] = port
    p.ports["auth"] = fresh
    p.uid = uid
    yield from p.call(p.proc, ids.PROC_SETOWNER, (), uid)
    yield (set_user, uid)


def exec_shell(p: Process, uid: int, shell: Body) -> Steps:
    """login: become the user, reauthenticate each descriptor, and exec the shell by file_exec into its own task.

    The lists of names to deallocate and to destroy are empty: all that login holds stays, old ports and new ones [S].
    """
    yield from authenticate(p, uid)
    for d in p.descriptors:
        kr, port = yield from reauthenticate(p.me, p.ports["auth"], d.port)
        if not kr:
            d.port = port
    program = image("bash")
    kr, file = yield from p.ask(p.ports["crdir"], DIR_LOOKUP, (), program.name)
    if not kr:
        yield from file_exec(p, file, replace(request_for(p, program, shell), drop=()))


class Way:
    """The last steps to the program. `uid`: the user. `body`: what the program does."""

    def __init__(self, uid: int, program: Image, body: Body) -> None:
        self.uid, self.program, self.body = uid, program, body

    def shell(self, p: Process) -> Steps:
        """bash: fork the program and wait for it."""
        yield from spawn(p, self.program, self.body)
        yield from wait(p)
        yield from wait_for_ever(p)

    def prompt(self, p: Process) -> Steps:
        """The shell without ids, with the prompt `login>`: when the user types `login USER`, exec login, which is set-uid."""
        yield traps.sleep(SETTLED)
        yield from execute(p, image("login"), self.login, set_id=True)

    def login(self, p: Process) -> Steps:
        """login USER: check the password, then exec the shell."""
        yield from check_password(p)
        yield from exec_shell(p, self.uid, self.shell)

    def screen(self, p: Process) -> Steps:
        """bash over ssh: start screen and wait for it."""
        set_id = self.uid != 0
        yield from fork(p, then(image("screen"), self.attacher, set_id), "screen")
        yield from wait(p)
        yield from wait_for_ever(p)

    def attacher(self, p: Process) -> Steps:
        """screen: fork the server and stay in the foreground."""
        yield from fork(p, self.screen_server, "SCREEN")
        yield from wait_for_ever(p)

    def screen_server(self, p: Process) -> Steps:
        """SCREEN: fork a window with its own terminal."""
        yield from fork(p, self.window, "bash (screen)")
        yield from wait_for_ever(p)

    def window(self, p: Process) -> Steps:
        """A window: open its terminal, then exec bash."""
        yield from open_terminal(p, "dev/ttyp1")
        yield from execute(p, image("bash"), self.shell)


def getty(path: str, prompt: Body) -> Body:
    """getty: open the terminal and exec login without a user, which execs a shell without ids, `prompt`."""

    def login(p: Process) -> Steps:
        yield from exec_shell(p, NOBODY, prompt)

    def body(p: Process) -> Steps:
        yield from open_terminal(p, path)
        yield from execute(p, image("login"), login)

    return body


def runttys(way: Way | None) -> Body:
    """runttys: start a getty on each terminal. A user logs in on the first one if `way` is given."""

    def body(p: Process) -> Steps:
        for number, path in enumerate(TERMINALS):
            prompt = way.prompt if way is not None and not number else wait_for_ever
            yield from spawn(p, image("getty"), getty(path, prompt))
        while (yield from wait(p)) > 0:
            pass
        yield from wait_for_ever(p)

    return body


def runsystem(system: System, way: Way, connection: Body | None) -> Body:
    """runsystem: fork rc and wait for it. `connection`: what runs over ssh, None: no connection."""

    def sshd_listens(p: Process) -> Steps:
        """sshd after daemon(): wait for a connection, and fork for it."""
        if connection is not None:
            yield traps.sleep(SETTLED)
            yield from start_translator(p, "dev/ttyp0", pty(system))
            yield from start_translator(p, "dev/ttyp1", pty(system)) if connection == way.screen else ()
            yield from fork(p, then(image("sshd (connection)"), serves), "sshd (connection)")
        yield from wait_for_ever(p)

    def serves(p: Process) -> Steps:
        """sshd after its re-exec: check the password within LoginGraceTime, then fork the session."""
        for _ in range(LEFT_BY_SSHD):
            yield traps.port_allocate(p.me)
        timer = yield from alarm(p, LOGIN_GRACE_TIME)
        yield from check_password(p)
        yield from cancel(timer)
        yield from fork(p, on_pty, "bash (ssh)")
        yield from wait_for_ever(p)

    def on_pty(p: Process) -> Steps:
        """The session: become the user on the pseudo terminal, and exec the shell."""
        yield from become(p, way.uid)
        yield from open_terminal(p, "dev/ttyp0")
        yield from execute(p, image("bash"), connection or way.shell)

    def rc(p: Process) -> Steps:
        """rc: start the daemons, then run the scripts in a subshell."""
        for name in DAEMONS:
            yield from spawn(p, image(name), daemon(wait_for_ever, name))
            yield from wait(p)
        yield from fork(p, scripts, "rc")
        yield from wait(p)

    def scripts(p: Process) -> Steps:
        yield from spawn(p, image("ssh"), script, script=True)
        yield from wait(p)

    def script(p: Process) -> Steps:
        yield from spawn(p, image("start-stop-daemon"), then(image("sshd"), daemon(sshd_listens, "sshd")))
        yield from wait(p)

    def body(p: Process) -> Steps:
        yield from spawn(p, image("rc"), rc, script=True)
        yield from wait(p)
        yield from wait_for_ever(p)

    return body


def daemon(body: Body, name: str) -> Body:
    """daemon(): fork `body`; the parent exits."""

    def go(p: Process) -> Steps:
        yield from fork(p, body, name)

    return go


def pty(system: System) -> Server:
    """The terminal of a pair of pseudo devices."""
    return term(system.policy)
