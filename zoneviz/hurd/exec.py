"""exec() in glibc, in the file system and in the exec server [S: hurdexec.c, file-exec.c, exec/exec.c].

An ordinary exec keeps the task: its threads are terminated, its memory is deallocated, the init ports, descriptors and terminals
are dropped, and the message port is destroyed. All other names stay; one of them is the program file's, which execve never gives
back. A set-id exec by a user who does not have that id gets a new task (EXEC_SECURE).
"""

from dataclasses import dataclass
from typing import Any

from zoneviz.hurd import ids
from zoneviz.hurd.auth import reauthenticate
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.ext2fs import DIR_LOOKUP
from zoneviz.hurd.libports import Server
from zoneviz.hurd.memory import ALL_MEMORY, Image, map_memory
from zoneviz.hurd.process import Body, Process, crt_start
from zoneviz.mach import traps
from zoneviz.mach.ipc_kmsg import Message
from zoneviz.mach.message import COPY_SEND, MAKE_SEND, MOVE_SEND

PASSED_ON = ("proc", "auth", "crdir", "cwdir", "cttyid")  # the init ports in the reply of exec_startup_get_info [S]


@dataclass(frozen=True, slots=True)
class Request:
    """The data of an exec request. Its rights are: the task, the init ports `which` in order, one for each descriptor.

    `drop`: names to deallocate in the task; None: the task is empty. `message_port`: the one to destroy there, 0: none.
    `terminals`: for each descriptor, whether it is a terminal. `set_id`: whether the file is set-id and the caller does not have
    that id. `uid`: the user of the process.
    """

    image: Image
    body: Body
    which: tuple[str, ...]
    terminals: tuple[bool, ...]
    drop: tuple[int, ...] | None = None
    message_port: int = 0
    set_id: bool = False
    uid: int = 0


def execute(p: Process, image: Image, body: Body, set_id: bool = False) -> Steps:
    """exec(): replace the program. Does not return if it succeeds; otherwise an error. Only then is the file deallocated [S]."""
    kr, file = yield from p.ask(p.ports["crdir"], DIR_LOOKUP, (), image.name)
    if kr:
        return kr
    drop = (*p.ports.values(), *(n for d in p.descriptors for n in (d.port, d.ctty) if n))
    kr = yield from file_exec(p, file, request_for(p, image, body, drop, p.message_port, set_id))
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


def request_for(
    p: Process, image: Image, body: Body, drop: tuple[int, ...] | None = None, message_port: int = 0, set_id: bool = False
) -> Request:
    """The data of an exec request."""
    which = tuple(name for name in PASSED_ON if name in p.ports)
    return Request(image, body, which, tuple(d.terminal for d in p.descriptors), drop, message_port, set_id, p.uid)


class FileExec:
    """The file system's part of exec. `known`: its names of the ports of the servers "exec" and "auth"."""

    def __init__(self, known: dict[str, int]) -> None:
        self.known = known

    def file_exec(self, server: Server, message: Message) -> Steps:
        """S_file_exec: pass the request on to the exec server, and wait for it. A set-id program gets new directory ports first."""
        request: Request = message.body
        rights = list(message.rights)
        reply = yield traps.mig_get_reply_port()
        if request.set_id:
            for at, name in enumerate(("task", *request.which)):
                if name in ("crdir", "cwdir"):
                    kr, new = yield from reauthenticate(server.me, reply, self.known["auth"], rights[at])
                    if not kr:
                        yield traps.port_deallocate(server.me, rights[at])
                        rights[at] = new
        moved = tuple((name, MOVE_SEND) for name in rights)
        kr, _ = yield traps.rpc(self.known["exec"], ids.EXEC_EXEC, ids.EXEC_SIZE, reply, moved, request)
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
        if request.set_id:
            old = task
            _, task = yield traps.task_create(server.me, False, request.image.name)
            reply = yield traps.mig_get_reply_port()
            yield traps.rpc(ports[0], ids.PROC_REASSIGN, ids.REQUEST_SIZE, reply, ((task, COPY_SEND),))
        elif request.drop is not None:
            yield from clear(server.me, task, request)
        yield from map_memory(task, request.image)
        boot = yield from server.add_port(no_senders=True)
        self.starting[boot] = (request, ports)
        yield traps.task_set_special_port(task, "bootstrap", boot, MAKE_SEND)
        _, thread = yield traps.thread_create(task, request.image.name)
        yield traps.thread_set_state(thread, crt_start(Process(request.image, uid=request.uid), request.body), request.image.user_stack)
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
    if request.message_port:
        yield traps.port_destroy(task, request.message_port)
    for name in request.drop or ():
        yield traps.port_deallocate(task, name)
    yield traps.task_resume(task)
