"""Binary traces as text: trace.dat by `trace-cmd report`, perf.data by `perf script`, where these are installed."""

import io
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import IO

from zoneviz.errors import InputError
from zoneviz.words import one_line

_COMMANDS = {
    b"\x17\x08\x44tracing": ("trace-cmd", "report", "-i"),
    b"PERFILE2": ("perf", "script", "-f", "--show-lost-events", "-i"),
}
"""By the first bytes of a file: the command that prints it, without its name. -f: also if another user has recorded it."""
_SAID = 300
"""Upper bound of the characters of a command's complaint in an error."""


def converted(raw: IO[bytes], file: Path) -> IO[bytes] | None:
    """What the command for a file prints, None if it needs none or the command is not installed. `raw`: the file, at its beginning.

    Reading raises InputError if the command fails. Errors: OSError.
    """
    head = raw.read(16)
    raw.seek(0)
    command = next((command for begin, command in _COMMANDS.items() if head.startswith(begin)), None)
    if command is None or shutil.which(command[0]) is None:
        return None
    return io.BufferedReader(_Printed((*command, str(file.absolute())), str(file)))


class _Printed(io.RawIOBase):
    """The standard output of a command, for reading forwards."""

    def __init__(self, command: tuple[str, ...], name: str) -> None:
        self._name, self._tool, self._any = name, command[0], False
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._complaints)
        assert self._process.stdout is not None
        self._output = self._process.stdout

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = self._output.read(len(buffer))
        buffer[: len(part)] = part
        self._any |= bool(part)
        if not part and self._process.wait() and not self._any:
            self._complaints.seek(0)
            why = one_line(self._complaints.read().decode("utf-8", "replace").strip(), _SAID)
            raise InputError(f"{self._name} cannot be printed by {self._tool}: {why or f'status {self._process.returncode}'}.")
        return len(part)

    def close(self) -> None:
        if not self.closed:
            self._output.close()
            self._process.terminate()
            self._process.wait()
            self._complaints.close()
        super().close()
