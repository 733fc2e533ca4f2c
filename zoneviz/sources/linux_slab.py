"""The slab caches of the running Linux kernel, from /proc/slabinfo."""

import platform
from pathlib import Path

from zoneviz.captures.capture import Moment
from zoneviz.errors import EnvironmentProblem
from zoneviz.importers.linux_slabinfo.rows import parse


class LinuxSlab:
    """A `ReadingSource`. `proc`: the folder to read."""

    def __init__(self, proc: Path = Path("/proc")) -> None:
        self.system = f"Linux {platform.release()} {platform.machine()}"
        self.zone_noun = "slab cache"
        self.shows = frozenset({"zones", "elements", "sizes", "machine"})
        self.trust: list[str] = []
        self.cannot_show: list[str] = []
        self._file = proc / "slabinfo"

    def moment(self) -> Moment:
        """A reading, taken now. Errors: EnvironmentProblem if the file cannot be read."""
        try:
            return Moment(parse(self._file.read_text("utf-8", "replace")), whole=True)
        except OSError as error:
            raise EnvironmentProblem(f"{self._file} cannot be read: {error.strerror}. Run `sudo zoneviz record`.") from None
