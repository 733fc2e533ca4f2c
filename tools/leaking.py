"""Small programs that leak kernel memory in a known way, each in its own process: `python tools/leaking.py NAME [SECONDS]`.

Each allocates at a steady rate, never frees, and ends by itself after SECONDS. The kernel takes everything back when the process ends;
what would stay longer, such as files in a temporary folder, the program removes. All are bounded by a count and by limits of the process.
"""

import ctypes
import mmap
import os
import resource
import select
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MOST = 6000
"""Upper bound of what one program leaks, in steps."""
FILES = 18_000
"""Open files that a program may have."""
READY = "ready"
"""What a program prints before it begins to leak."""

_PR_SET_NAME = 15
_COMMAND = 15
"""Characters of a command that the kernel keeps."""

_libc = ctypes.CDLL(None, use_errno=True)
Step = Callable[[int], object]
"""Leaks once; gets the number of the step."""


def _checked(value: int) -> int:
    """A result of libc. Errors: OSError if it is negative."""
    if value < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return value


@contextmanager
def pipes() -> Iterator[Step]:
    """Pipes that stay open."""
    yield lambda number: os.pipe()


@contextmanager
def files() -> Iterator[Step]:
    """One file, opened again and again and never closed."""
    yield lambda number: os.open(sys.executable, os.O_RDONLY)


@contextmanager
def eventfds() -> Iterator[Step]:
    """Event counters that stay open."""
    yield lambda number: os.eventfd(0)


@contextmanager
def epoll_items() -> Iterator[Step]:
    """File descriptors that are added to epoll sets and never removed."""
    watched = [os.eventfd(0) for _ in range(200)]
    sets = [select.epoll() for _ in range(MOST // len(watched) * 4)]

    def step(number: int) -> None:
        for each in range(4 * number, 4 * number + 4):
            sets[each // len(watched)].register(watched[each % len(watched)], select.EPOLLIN)

    yield step


@contextmanager
def inotify_watches() -> Iterator[Step]:
    """Watches on files, never removed."""
    watcher = _checked(_libc.inotify_init1(0))
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, str(number)) for number in range(MOST)]
        for path in paths:
            path.touch()
        yield lambda number: _checked(_libc.inotify_add_watch(watcher, bytes(paths[number]), 2))


@contextmanager
def unix_sockets() -> Iterator[Step]:
    """Pairs of unix sockets with messages that nobody receives."""
    kept = []

    def step(number: int) -> None:
        pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        kept.append(pair)
        for _ in range(4):
            pair[0].send(b"x" * 200)

    yield step


@contextmanager
def threads() -> Iterator[Step]:
    """Threads that sleep."""
    threading.stack_size(64 << 10)
    ended = threading.Event()

    def step(number: int) -> None:
        if number % 4 == 0:
            threading.Thread(target=ended.wait, daemon=True).start()

    yield step
    ended.set()


@contextmanager
def mappings() -> Iterator[Step]:
    """A mapping that mprotect splits into ever more parts."""
    size = mmap.PAGESIZE
    begin = ctypes.c_void_p(_libc_mmap(2 * MOST * size)).value or 0

    def step(number: int) -> None:
        _checked(_libc.mprotect(ctypes.c_void_p(begin + (2 * number + 1) * size), ctypes.c_size_t(size), mmap.PROT_READ))

    yield step


def _libc_mmap(size: int) -> int:
    """The address of a new private mapping of `size` bytes."""
    _libc.mmap.restype = ctypes.c_void_p
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    address = _libc.mmap(None, ctypes.c_size_t(size), mmap.PROT_READ | mmap.PROT_WRITE, flags, -1, ctypes.c_long(0))
    return int(address)


@contextmanager
def missing_names() -> Iterator[Step]:
    """Names that do not exist, asked for once each: the kernel remembers that they are missing."""
    with tempfile.TemporaryDirectory() as folder:

        def step(number: int) -> None:
            for each in range(4):
                with suppress(FileNotFoundError):
                    os.stat(f"{folder}/{number}-{each}")

        yield step


@contextmanager
def timers() -> Iterator[Step]:
    """POSIX timers that are never deleted."""
    event = (ctypes.c_int * 16)()
    event[3] = 1  # sigev_notify: SIGEV_NONE
    made = ctypes.c_void_p()
    yield lambda number: _checked(_libc.timer_create(time.CLOCK_MONOTONIC, event, ctypes.byref(made)))


@contextmanager
def memfds() -> Iterator[Step]:
    """Files in memory that stay open."""
    yield lambda number: os.memfd_create("leak")


@contextmanager
def keys() -> Iterator[Step]:
    """Keys in the keyring of the process."""
    add_key = {"x86_64": 248, "aarch64": 217}[os.uname().machine]
    payload = b"x" * 100

    def step(number: int) -> None:
        name = f"leak-{number}".encode()
        _checked(_libc.syscall(add_key, b"user", name, payload, ctypes.c_size_t(len(payload)), -2))  # KEY_SPEC_PROCESS_KEYRING

    yield step


PROGRAMS = {
    program.__name__.replace("_", "-"): program
    for program in (
        pipes,
        files,
        eventfds,
        epoll_items,
        inotify_watches,
        unix_sockets,
        threads,
        mappings,
        missing_names,
        timers,
        memfds,
        keys,
    )
}


def command(name: str) -> str:
    """The command under which a program runs, as the kernel shows it."""
    return f"leak-{name}"[:_COMMAND]


def leak(name: str, seconds: float, rate: float = 200.0) -> None:
    """Run a program: `rate` steps a second for `seconds`; at most MOST steps."""
    _libc.prctl(_PR_SET_NAME, command(name).encode())
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    with PROGRAMS[name]() as step:
        print(READY, flush=True)
        began = time.monotonic()
        done = 0
        while (passed := time.monotonic() - began) < seconds:
            while done < min(passed * rate, MOST):
                step(done)
                done += 1
            time.sleep(0.01)


if __name__ == "__main__":
    leak(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 30.0)
