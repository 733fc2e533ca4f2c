"""A complete system for an experiment, from boot: the first four servers, then everything that init starts.

The first task is init. It starts the root file system and exec as boot modules, then proc and auth. Every later task is a program
started through the exec server and registered with proc, with glibc's two threads and its ports.
"""

from collections.abc import Callable
from dataclasses import dataclass

from zoneviz.hurd import ids, mig, proc_main
from zoneviz.hurd.auth import AuthServer
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.exec import ExecServer, launch
from zoneviz.hurd.leaks import present
from zoneviz.hurd.libports import Server
from zoneviz.hurd.memory import SMALL, image, map_memory, run_in
from zoneviz.hurd.process import Process, wait_for_ever
from zoneviz.hurd.translators import Root, device, term, translator
from zoneviz.mach import program, traps
from zoneviz.mach.kernel import Kernel
from zoneviz.mach.message import COPY_SEND, MAKE_SEND, MOVE_SEND

MILLISECOND = 1_000_000
SECOND = 1_000_000_000

# The translators of a Debian GNU/Hurd system of 2005 after boot, by path [I]: devices, terminals of the console client, the swap
# and home partitions, local and internet sockets, passwords. One task each.
DEVICES = ("dev/null", "dev/zero", "dev/full", "dev/random", "dev/urandom", "dev/fd", "dev/hd0s2", "dev/hd0s3", "dev/vcs", "home")
SERVERS = ("servers/socket/1", "servers/socket/2", "servers/password", "servers/default-pager", "dev/log")
CONSOLE = "dev/console"
TERMINALS = ("dev/tty1", "dev/tty2", "dev/tty3", "dev/tty4", "dev/tty5", "dev/tty6")
PROGRAMS = {
    "dev/null": "null",
    "dev/zero": "null (zero)",
    "dev/full": "null (full)",
    "dev/random": "random",
    "dev/urandom": "random (urandom)",
    "dev/fd": "magic",
    "dev/hd0s2": "storeio (swap)",
    "dev/hd0s3": "storeio (home)",
    "dev/vcs": "console",
    "home": "ext2fs (home)",
    "servers/socket/1": "pflocal",
    "servers/socket/2": "pfinet",
    "servers/password": "password",
    "servers/default-pager": "mach-defpager",
    "dev/log": "ifsock (log)",
}


@dataclass(slots=True)
class System:
    """A booted system. `init`: the ports of init. `policy`: of libports. `leaks`: those that are present."""

    init: Process
    policy: str
    leaks: frozenset[str] = frozenset()


def serve(me: int, server: Server) -> Steps:
    """Start a server without the exec server: (name of its first port, name of its task port)."""
    _, task = yield traps.task_create(me, False, server.name)
    yield from map_memory(task, SMALL)
    _, thread = yield traps.thread_create(task, server.name)
    yield traps.thread_set_state(thread, first_thread(server), SMALL.user_stack)
    yield traps.thread_resume(thread)
    yield traps.port_deallocate(me, thread)
    while not server.port:
        yield traps.sleep(10 * MILLISECOND)
    _, port = yield traps.port_extract_right(task, server.port, MAKE_SEND)
    return port, task


def serve_files(me: int, fs: Root, policy: str) -> Steps:
    """Start a file system, and an auth server for the translators that it starts: (port of the root directory, task port of `fs`)."""
    root, task = yield from serve(me, fs)
    auth = AuthServer(policy)
    port, _ = yield from serve(me, auth)
    yield from mig.rpc(root, ids.FSYS_STARTUP, ((port, MOVE_SEND),), "auth")
    return root, task


def first_thread(server: Server) -> Steps:
    """The main thread of a server that was not started by the exec server."""
    yield from run_in(SMALL)
    yield from server.start()


def boot(kernel: Kernel) -> Steps:
    """init: start the first servers and all translators. The System."""
    policy, limit, leaks = kernel.profile.libports, kernel.profile.max_processes, present(kernel.profile.leaks)
    me = yield from program.prelude()
    init = Process(image("init"), me=me, leaks=leaks)
    init.reply = yield traps.mig_get_reply_port()
    root, loader, auth = Root(policy), Server("exec", policy), AuthServer(policy)
    root.leaks = loader.leaks = auth.leaks = leaks
    loader.handlers = ExecServer().handlers()
    files, files_task = yield from serve(me, root)
    exec_port, exec_task = yield from serve(me, loader)
    proc_port, proc_task = yield from serve(me, proc_main.make(policy, limit))
    auth_port, auth_task = yield from serve(me, auth)
    for name, port in (("exec", exec_port), ("auth", auth_port)):
        yield from init.call(files, ids.FSYS_STARTUP, ((port, COPY_SEND),), name)
    for task in (files_task, exec_task, proc_task, auth_task, me):
        _, own = yield from init.ask(proc_port, ids.PROC_TASK2PROC, ((task, COPY_SEND),))
        if task != me:
            yield traps.port_deallocate(me, own)
    init.ports = {"proc": own, "auth": auth_port, "crdir": files, "cwdir": files}
    for path in (*DEVICES, *SERVERS):
        yield from start_translator(init, path, device(PROGRAMS[path], policy))
    for path in (CONSOLE, *TERMINALS):
        yield from start_translator(init, path, term(policy))
    return System(init, policy, leaks)


def start_translator(starter: Process, path: str, server: Server) -> Steps:
    """Start a translator on `path` in a new task, and wait until it serves. Its pid."""
    server.leaks = starter.leaks
    kr, pid = yield from launch(starter, image(server.name), translator(path, server))
    if kr:
        yield (failed, kr)
    while not server.port:
        yield traps.sleep(10 * MILLISECOND)
    return pid


def failed(k: Kernel, thread: object, kern_return: int) -> None:
    """A trap: end the run with the error of a system that did not come up."""
    k.finish("error", kern_return)


def start(kernel: Kernel, after: Callable[[System], Steps]) -> None:
    """Load a system: init boots it, runs `after(system)` and then waits for ever."""

    def init() -> Steps:
        system = yield from boot(kernel)
        yield from after(system)
        yield from wait_for_ever(system.init)

    program.start(kernel, init())
