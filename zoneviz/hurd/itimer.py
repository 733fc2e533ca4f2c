"""alarm(), as in glibc's setitimer.c of 2005: a thread and a port, which stay when the alarm is cancelled [S]."""

from zoneviz.hurd import ids
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.process import Process
from zoneviz.mach import traps
from zoneviz.mach.message import MACH_RCV_TIMED_OUT
from zoneviz.mach.sizes import PAGE
from zoneviz.mach.thread import Program

SIGALRM = 14  # signal.h [S]


def alarm(p: Process, duration: int) -> Steps:
    """Send SIGALRM to the process after `duration` ns. Returns the name of the itimer thread, for `cancel`."""
    _, port = yield traps.port_allocate(p.me)
    _, thread = yield traps.thread_create(p.me, "itimer thread")
    _, stack = yield traps.vm_allocate(p.me, 2 * PAGE)
    yield traps.vm_protect(p.me, stack, PAGE, 0)  # the red zone
    yield traps.thread_set_state(thread, timer_thread(p, port, duration), stack + PAGE)
    yield traps.thread_resume(thread)
    return thread


def cancel(thread: int) -> Steps:
    """alarm(0): suspend the itimer thread. The thread, its port and its stack stay [S]."""
    yield traps.thread_suspend(thread)


def timer_thread(p: Process, port: int, duration: int) -> Program:
    """The itimer thread: wait for the time-out, then send the signal."""
    kr, _ = yield traps.receive(port, duration)
    if kr == MACH_RCV_TIMED_OUT:
        yield traps.rpc(p.message_port, ids.MSG_SIG_POST, ids.REQUEST_SIZE, port, (), SIGALRM)
    while True:
        yield traps.receive(port)
