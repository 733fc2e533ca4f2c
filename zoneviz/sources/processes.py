"""The processes that run on this machine, to choose one from."""

from contextlib import suppress
from pathlib import Path


def processes(proc: Path = Path("/proc")) -> list[tuple[int, str]]:
    """(pid, command) of each process with a program, the newest pid first; kernel threads have none. Empty where there is no /proc."""
    found = []
    for folder in proc.glob("[0-9]*"):
        with suppress(OSError):  # it may have ended meanwhile
            if folder.name.isdigit() and (folder / "cmdline").read_bytes():
                found.append((int(folder.name), (folder / "comm").read_text("utf-8", "replace").rstrip("\n")))
    return sorted(found, reverse=True)
