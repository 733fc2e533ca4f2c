"""A tracing instance of the running Linux kernel: our own buffer and events, without touching anybody else's tracing.

The instance is a folder of tracefs, removed at the end. One that a killed zoneviz left behind is removed by the next start.
Source: Documentation/trace/ftrace.rst and events.rst of the kernel.
"""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from zoneviz.errors import EnvironmentProblem
from zoneviz.sources.ringbuffer import Format, PageFormat, parse_format, parse_page_format

PLACES = (Path("/sys/kernel/tracing"), Path("/sys/kernel/debug/tracing"))
"""Where tracefs is mounted."""
BUFFER = 64 << 20
"""Bytes of trace for each processor: a second and more of a busy machine."""
NEEDS_ROOT = "Recording each allocation needs root: run `sudo zoneviz record --events`."
_PREFIX = "zoneviz-"
_MOUNT = "mount -t tracefs nodev /sys/kernel/tracing"
LOOK_PAGES = 1024
"""Pages read at a time, of all processors: some 80,000 events, which take a fraction of a second to record."""
_LEAST_PAGES = 16
"""Pages read of one processor at a time, at least."""


def tracefs() -> Path:
    """The folder of tracefs. Errors: EnvironmentProblem if it is not mounted or may not be used."""
    for place in PLACES:
        try:
            if (place / "instances").is_dir():
                return place
        except PermissionError:
            raise EnvironmentProblem(NEEDS_ROOT) from None
    raise EnvironmentProblem(f"The kernel's tracing is not mounted. Run `{_MOUNT}` as root.")


def remove_stale(root: Path) -> list[str]:
    """Remove the instances of processes that no longer run. Returns their names."""
    removed = []
    for folder in sorted((root / "instances").glob(f"{_PREFIX}*")):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            _remove(folder)
            removed.append(folder.name)
    return removed


class Tracing:
    """An instance that records events, a context manager: it is removed on leaving.

    `events`: such as "kmem/kfree"; `filters`: by event, in the kernel's words; `stacks`: events that are followed by their call
    stack; `threads`: trace only these and what they start. `buffer`: bytes for each processor. `name`: tells several instances apart.
    Errors: EnvironmentProblem if tracing is not available or not allowed, or if the kernel refuses a filter.
    """

    def __init__(
        self,
        root: Path,
        events: Iterable[str],
        *,
        filters: Mapping[str, str] | None = None,
        stacks: Iterable[str] = (),
        threads: Iterable[int] | None = None,
        buffer: int = BUFFER,
        name: str = "",
    ) -> None:
        self.folder = root / "instances" / (f"{_PREFIX}{os.getpid()}" + (f"-{name}" if name else ""))
        self.events = tuple(name for name in events if (root / "events" / name).is_dir())
        self._files: list[int] = []
        try:
            remove_stale(root)
            self.folder.mkdir(exist_ok=True)
        except OSError as error:
            raise EnvironmentProblem(f"The kernel's tracing cannot be used: {error.strerror}. {NEEDS_ROOT}") from None
        try:
            self._set_up(filters or {}, set(stacks), threads, buffer)
        except OSError as error:
            self.close()
            raise EnvironmentProblem(f"The kernel's tracing cannot be used: {error.strerror}. {NEEDS_ROOT}") from None
        except BaseException:
            self.close()
            raise

    def _set_up(self, filters: Mapping[str, str], stacks: set[str], threads: Iterable[int] | None, buffer: int) -> None:
        self._write("tracing_on", "0")
        self._write("buffer_size_kb", f"{max(buffer >> 10, 64)}")
        self._write("trace_clock", "mono")
        if (self.folder / "options/hash-ptr").exists():
            self._write("options/hash-ptr", "0")
        if threads is not None:
            self._write("options/event-fork", "1")
            self._write("set_event_pid", " ".join(str(thread) for thread in threads))
        self.formats = self.formats_of(self.folder.parents[1], self.events)
        self.layout = self._layout()
        for name in self.events:
            if name in filters:
                self._write(f"events/{name}/filter", filters[name])
            if name in stacks:
                self._write(f"events/{name}/trigger", "stacktrace")
            self._write(f"events/{name}/enable", "1")
        for folder in sorted(self.folder.glob("per_cpu/cpu*"), key=lambda path: int(path.name[3:])):
            self._files.append(os.open(folder / "trace_pipe_raw", os.O_RDONLY | os.O_NONBLOCK))
        self._write("tracing_on", "1")

    @staticmethod
    def formats_of(root: Path, events: Iterable[str]) -> dict[str, Format]:
        """The formats of those events that the kernel has, and of stacks, by name without the system. Errors: OSError."""
        files = (root / "events" / name / "format" for name in (*events, "ftrace/kernel_stack"))
        found = [parse_format(file.read_text()) for file in files if file.is_file()]
        return {form.name: form for form in found}

    def _layout(self) -> PageFormat:
        return parse_page_format((self.folder.parents[1] / "events" / "header_page").read_text())

    @property
    def _pages(self) -> int:
        return max(_LEAST_PAGES, LOOK_PAGES // len(self._files))

    @property
    def most(self) -> int:
        """Bytes that `read` returns of each processor, at most; if it does, there may be more."""
        return self._pages * self.layout.size

    def read(self) -> list[bytes]:
        """The pages that each processor has filled since the last call, and the one it is filling; at most `most` bytes each."""
        out = []
        for file in self._files:
            parts: list[bytes] = []
            with suppress(BlockingIOError):
                while len(parts) < self._pages and (part := os.read(file, self.layout.size)):
                    parts.append(part if len(part) == self.layout.size else part + bytes(self.layout.size - len(part)))
            out.append(b"".join(parts))
        return out

    def overrun(self) -> int:
        """Events lost so far because the buffer was full, over all processors."""
        lost = 0
        for stats in self.folder.glob("per_cpu/cpu*/stats"):
            for line in stats.read_text().splitlines():
                name, _, value = line.partition(":")
                if name in ("overrun", "dropped events"):
                    lost += int(value)
        return lost

    def stop(self) -> None:
        """Record no further events; those in the buffer can still be read."""
        self._write("tracing_on", "0")

    def close(self) -> None:
        """Remove the instance."""
        for file in self._files:
            os.close(file)
        self._files.clear()
        _remove(self.folder)

    def _write(self, name: str, text: str) -> None:
        try:
            (self.folder / name).write_text(text)
        except OSError as error:
            raise EnvironmentProblem(f"The kernel refuses to set {name} to {text!r}: {error.strerror}.") from None

    def __enter__(self) -> "Tracing":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _remove(folder: Path) -> None:
    """Remove an instance: tracefs removes its files with it."""
    with suppress(OSError):
        (folder / "tracing_on").write_text("0")
    with suppress(FileNotFoundError):
        folder.rmdir()
