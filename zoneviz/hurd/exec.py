"""exec() in glibc, in the file system and in the exec server [S: hurdexec.c, file-exec.c, exec/exec.c].

An ordinary exec keeps the task: its threads are terminated, its memory is deallocated, the init ports, descriptors and terminals
are dropped, and the message port is destroyed. All other names stay; among them the program file's (leak `execve`) and forward_sigexc
(leak `sigexc`). A set-id exec by a user who does not have that id gets a new task (EXEC_SECURE).
"""

from dataclasses import dataclass, replace
from typing import Any

from zoneviz.hurd import ids, mig
from zoneviz.hurd.auth import reauthenticate
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.ext2fs import DIR_LOOKUP
from zoneviz.hurd.libports import Server
from zoneviz.hurd.memory import ALL_MEMORY, Image, map_memory
from zoneviz.hurd.process import Body, Process, crt_start
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.message import COPY_SEND, MAKE_SEND, MOVE_SEND
from zoneviz.mach.sizes import PAGE

INTERPRETER = "bin/sh"
PASSED_ON = ("proc", "auth", "crdir", "cwdir", "cttyid")  # the init ports in the reply of exec_startup_get_info [S]


@dataclass(frozen=True, slots=True)
class Request:
    """The data of an exec request. Its rights are: the task, the init ports `which` in order, one for each descriptor.

    `terminals`: for each descriptor, whether it is a terminal. `uid`: the user of the process. `drop`, `destroy`: names to
    deallocate and receive rights to destroy in the task; None: the task is empty. `set_id`: whether the file is set-id and the
    caller does not have that id. `script`: whether it begins with `#!`.
    """

    image: Image
    body: Body
    which: tuple[str, ...]
    terminals: tuple[bool, ...]
    uid: int
    drop: tuple[int, ...] | None = None
    destroy: tuple[int, ...] = ()
    set_id: bool = False
    script: bool = False


def execute(p: Process, image: Image, body: Body, set_id: bool = False, script: bool = False) -> Steps:
    """exec(): replace the program. Does not return if it succeeds; otherwise an error."""
    kr, file = yield from p.ask(p.ports["crdir"], DIR_LOOKUP, (), image.name)
    if kr:
        return kr
    drop = (*p.ports.values(), *(n for d in p.descriptors for n in (d.port, d.ctty) if n))
    drop += () if "execve" in p.leaks else (file,)
    destroy = (p.message_port,) if "sigexc" in p.leaks else (p.message_port, p.forward)
    request = replace(request_for(p, image, body), drop=drop, destroy=destroy, set_id=set_id, script=script)
    kr = yield from file_exec(p, file, request)
    yield traps.port_deallocate(p.me, file)
    return kr


def file_exec(p: Process, file: int, request: Request) -> Steps:
    """Replace the program by `file`, with the ports of `p`. Does not return if it succeeds; otherwise an error."""
    kr, _ = yield from p.call(file, ids.FILE_EXEC, rights_for(p, p.me), request, ids.EXEC_SIZE)
    return kr


def launch(p: Process, image: Image, body: Body) -> Steps:
    """Start a program in a new task, as init does: an exec into an empty task. (error, pid)."""
    kr, task = yield traps.task_create(p.me, False, image.name)
    if kr:
        return kr, 0
    child = p.copy()
    kr, child.ports["proc"] = yield from p.ask(p.proc, ids.PROC_TASK2PROC, ((task, COPY_SEND),))
    if kr:
        return kr, 0
    yield from p.call(p.proc, ids.PROC_CHILD, ((task, COPY_SEND),))
    kr, answer = yield from p.call(p.proc, ids.PROC_TASK2PID, ((task, COPY_SEND),))
    pid = answer.body if not kr else 0
    kr, file = yield from p.ask(p.ports["crdir"], DIR_LOOKUP, (), image.name)
    if kr:
        return kr, 0
    kr, _ = yield from p.call(file, ids.FILE_EXEC, rights_for(child, task), request_for(child, image, body), ids.EXEC_SIZE)
    for port in (file, child.ports["proc"], task):
        yield traps.port_deallocate(p.me, port)
    return kr, pid


def rights_for(p: Process, task: int) -> tuple[tuple[int, int], ...]:
    """The rights of an exec request: the task, the init ports, the descriptors."""
    ports = [p.ports[name] for name in PASSED_ON if name in p.ports]
    return tuple((port, COPY_SEND) for port in (task, *ports, *(d.port for d in p.descriptors)))


def request_for(p: Process, image: Image, body: Body) -> Request:
    """The data of a request to exec an ordinary file in an empty task."""
    which = tuple(name for name in PASSED_ON if name in p.ports)
    return Request(image, body, which, tuple(d.terminal for d in p.descriptors), p.uid)


class FileExec:
    """The file system's part of exec. `known`: its names of the ports of the servers "exec" and "auth"."""

    def __init__(self, known: dict[str, int]) -> None:
        self.known = known

    def file_exec(self, server: Server, message: Message) -> Steps:
        """S_file_exec: pass the request on to the exec server, and wait for it. A set-id program gets new directory ports first."""
        request: Request = message.body
        rights = list(message.rights)
        if request.set_id:
            for at, name in enumerate(("task", *request.which)):
                if name in ("crdir", "cwdir"):
                    kr, new = yield from reauthenticate(server.me, self.known["auth"], rights[at])
                    if not kr:
                        yield traps.port_deallocate(server.me, rights[at])
                        rights[at] = new
        moved = tuple((name, MOVE_SEND) for name in rights)
        kr, _ = yield from mig.rpc(self.known["exec"], ids.EXEC_EXEC, moved, request, ids.EXEC_SIZE)
        return (), ids.Failed(kr) if kr else None


class ExecServer:
    """The exec server. `starting`: the request and the ports of each new program, by its bootstrap port."""

    def __init__(self) -> None:
        self.starting: dict[int, tuple[Request, list[int]]] = {}

    def exec_exec(self, server: Server, message: Message) -> Steps:
        """S_exec_exec: empty the task, map the program into it, and start one thread."""
        request: Request = message.body
        task, *ports = message.rights
        old = 0
        if request.script:
            yield from check_hashbang(server, ports[request.which.index("crdir")])
        if request.set_id:
            old = task
            _, task = yield traps.task_create(server.me, False, request.image.name)
            yield from mig.rpc(ports[0], ids.PROC_REASSIGN, ((task, COPY_SEND),))
        elif request.drop is not None:
            yield from clear(server.me, task, request)
        yield from map_memory(task, request.image)
        boot = yield from server.add_port(no_senders=True)
        self.starting[boot] = (request, ports)
        yield traps.task_set_special_port(task, "bootstrap", boot, MAKE_SEND)
        _, thread = yield traps.thread_create(task, request.image.name)
        process = Process(request.image, uid=request.uid, leaks=server.leaks)
        yield traps.thread_set_state(thread, crt_start(process, request.body), request.image.user_stack)
        yield traps.thread_resume(thread)
        if old:
            yield traps.task_terminate(old)
            for _ in range(2):  # the second time is a bug, until 2009-12 [S]
                yield traps.port_deallocate(server.me, old)
        for name in (thread, task):
            yield traps.port_deallocate(server.me, name)
        return (), None

    def startup(self, server: Server, message: Message) -> Steps:
        """S_exec_startup_get_info: reply with the init ports, and drop the bootstrap port."""
        request, ports = self.starting.pop(message.local)
        yield from server.deref(message.local)
        return tuple((name, MOVE_SEND) for name in ports), (request.which, request.terminals)

    def handlers(self) -> dict[int, Any]:
        """The handlers by msgh_id."""
        return {ids.EXEC_EXEC: self.exec_exec, ids.EXEC_STARTUP_GET_INFO: self.startup}


def check_hashbang(server: Server, root: int) -> Steps:
    """A #! script: look the interpreter up, and make its argument list, which is never unmapped (leak `script`) [S]."""
    reply = yield traps.mig_get_reply_port()
    kr, answer = yield traps.rpc(root, DIR_LOOKUP, ids.REQUEST_SIZE, reply, (), INTERPRETER)
    _, arguments = yield traps.vm_allocate(server.me, PAGE)
    yield traps.touch(arguments)
    if "script" not in server.leaks:
        yield traps.vm_deallocate(server.me, arguments, PAGE)
    for name in answer.rights if not kr else ():
        yield traps.port_deallocate(server.me, name)


def clear(me: int, task: int, request: Request) -> Steps:
    """Empty the task for an ordinary exec: its threads, its memory, and the names in the request."""
    yield traps.task_suspend(task)
    kr, found = yield traps.task_threads(task)
    if not kr:
        (address, size), threads = found
        for thread in threads if isinstance(threads, list) else [threads]:
            yield traps.thread_terminate(thread)
            yield traps.port_deallocate(me, thread)
        yield traps.vm_deallocate(me, address, size)
    yield traps.vm_deallocate(task, 0, ALL_MEMORY)
    for name in request.destroy:
        yield traps.port_destroy(task, name)
    for name in request.drop or ():
        yield traps.port_deallocate(task, name)
    yield traps.task_resume(task)
