"""Floating point states, i386/i386/fpu.c: a thread gets a save area at its first floating point instruction, and keeps it [S]."""

from typing import TYPE_CHECKING

from zoneviz.mach.zalloc import zalloc, zfree

if TYPE_CHECKING:
    from zoneviz.mach.kernel import Kernel
    from zoneviz.mach.thread import Thread


def fldcw(k: "Kernel", thread: "Thread") -> None:
    """A floating point instruction in user mode. The first one of a thread traps, and allocates its save area."""
    if thread.fpsave:
        return
    here = k.path
    k.path = thread.path["user_trap"]["fpnoextflt"]["fp_load"]
    thread.fpsave = zalloc(k, k.zones["i386 fpsave state"])
    k.path = here


def fp_free(k: "Kernel", thread: "Thread") -> None:
    """Free the save area of a thread, if it has one."""
    if thread.fpsave:
        here = k.path
        k.path = here["fp_free"]
        zfree(k, k.zones["i386 fpsave state"], thread.fpsave)
        thread.fpsave = 0
        k.path = here
