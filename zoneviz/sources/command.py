"""Readings that a command of the system prints, read by the importer of such listings."""

import io
import os
import re
import selectors
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from zoneviz.captures.capture import Moment
from zoneviz.captures.listings import NO_GROWTH
from zoneviz.captures.text import WHOLE_LIMIT, Text
from zoneviz.captures.unpacking import Unpacked
from zoneviz.errors import EnvironmentProblem, InputError
from zoneviz.importers import CaptureImporter
from zoneviz.words import one_line

TIMEOUT = 10.0
"""Seconds after which a command is stopped."""
_BLOCK = 1 << 16
_REFUSED = re.compile(r"(?i)permission denied|not permitted|no access|privilege|superuser|password|(?:must be|needs?|as|not|requires) root")
_SYSCTL = re.compile(r"(?m)^([\w.]+)(?:: | = )(\d{1,15})[ \t]*$")


def output(command: Sequence[str], timeout: float = TIMEOUT) -> str:
    """What a command prints, errors included. It has no terminal, so it cannot ask for a password.

    Errors: EnvironmentProblem if it is missing, fails, needs root, prints without end, or does not end within `timeout` seconds.
    """
    status, text = _run(command, timeout)
    if status == 0:
        return text
    shown, last = shlex.join(command), one_line(text.strip().rpartition("\n")[2].strip(), 200).rstrip(".")
    if _REFUSED.search(text) and os.geteuid() != 0:
        raise EnvironmentProblem(f"`{shown}` needs root ({last}). Run `sudo zoneviz record`.")
    why = f": {last}" if last else f" with status {status}"
    raise EnvironmentProblem(f"`{shown}` failed{why}. Run it in a terminal and remove the cause.")


def _run(command: Sequence[str], timeout: float) -> tuple[int, str]:
    """Exit status and output of a command, which is stopped with its children if it takes too long or prints too much."""
    program = shutil.which(command[0])
    if program is None:
        raise EnvironmentProblem(f"The command {command[0]} was not found. Add its folder to PATH.")
    try:
        process = subprocess.Popen(
            [program, *command[1:]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=os.environ | {"LC_ALL": "C"}, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise EnvironmentProblem(f"The command {program} cannot be run: {error.strerror}.") from None
    with process:
        try:
            return _until_end(process, shlex.join(command), timeout)
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise


def _until_end(process: subprocess.Popen[bytes], shown: str, timeout: float) -> tuple[int, str]:
    """Exit status and output. Errors: EnvironmentProblem if it does not end within `timeout` seconds, or prints too much."""
    assert process.stdout is not None
    parts, length, end = list[bytes](), 0, time.monotonic() + timeout
    with selectors.DefaultSelector() as ready, suppress(subprocess.TimeoutExpired):
        ready.register(process.stdout, selectors.EVENT_READ)
        while ready.select(max(0.0, end - time.monotonic())):
            part = os.read(process.stdout.fileno(), _BLOCK)
            if not part:
                return process.wait(max(0.0, end - time.monotonic())), b"".join(parts).decode("utf-8", "replace")
            parts.append(part)
            length += len(part)
            if length > WHOLE_LIMIT:
                raise EnvironmentProblem(f"`{shown}` prints more than {WHOLE_LIMIT >> 20} MiB. Check which program it is.")
    raise EnvironmentProblem(f"`{shown}` did not end within {timeout:g} s. Run it in a terminal to see why.")


class Listing:
    """The listings of a command. `trust`, `cannot_show`: sentences of the importer about the last one."""

    def __init__(self, importer: CaptureImporter, command: Sequence[str], timeout: float = TIMEOUT) -> None:
        self.importer, self.command, self.timeout = importer, tuple(command), timeout
        self.trust: list[str] = []
        self.cannot_show: list[str] = []

    def moment(self) -> Moment:
        """The zones now. Errors: EnvironmentProblem as of `output`, or if no zone is printed."""
        printed, shown = output(self.command, self.timeout), shlex.join(self.command)
        data = printed.encode()
        last = None
        try:
            with Text(Unpacked(io.BytesIO(data), shown, len(data))) as text:
                capture = self.importer.capture(text)
                for moment in self.importer.read(text, capture):
                    last = moment
        except InputError as error:
            raise EnvironmentProblem(f"`{shown}` prints no listing: {error}") from None
        if last is None or not last.zones:
            first = one_line(printed.strip().partition("\n")[0], 80)
            raise EnvironmentProblem(f"`{shown}` prints no zones but {first!r}. Run it in a terminal to see why.")
        self.trust[:] = capture.trust
        self.cannot_show[:] = [sentence for sentence in capture.cannot_show if sentence != NO_GROWTH]
        return replace(last, stamp=None, uptime=None, whole=not capture.skipped)


def shown(importer: CaptureImporter, first: Moment) -> frozenset[str]:
    """What readings have data on: that of the listing, and of the machine if the first reading has figures of it."""
    return importer.shows | ({"machine"} if first.sizes or first.counts else set())


def sysctl(names: Mapping[str, str], timeout: float = TIMEOUT) -> dict[str, int]:
    """Values of sysctl that are numbers: `names` are those of sysctl, by figure. One that the system does not have is left out."""
    try:
        _, text = _run(["sysctl", *names.values()], timeout)
    except EnvironmentProblem:
        return {}
    found = {name: int(value) for name, value in _SYSCTL.findall(text)}
    return {figure: found[name] for figure, name in names.items() if name in found}
