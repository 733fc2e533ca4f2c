"""Readings of the running kernel of macOS: the zones that zprint prints."""

import os
from dataclasses import replace

from zoneviz.captures.capture import Moment
from zoneviz.importers.macos_zprint import IMPORTER
from zoneviz.sources.command import TIMEOUT, Listing, shown, sysctl

_SIZES = {"total_memory": "hw.memsize"}
_COUNTS = {"open_files": "kern.num_files", "open_files_limit": "kern.maxfiles"}


class MacosZprint:
    """The readings of this machine. Errors: EnvironmentProblem if zprint prints no zones."""

    zone_noun = IMPORTER.zone_noun

    def __init__(self, timeout: float = TIMEOUT) -> None:
        name = os.uname()
        self.system = f"macOS, {name.sysname} {name.release} {name.machine}"
        self._zones = Listing(IMPORTER, ["zprint"], timeout)
        self.trust, self.cannot_show = self._zones.trust, self._zones.cannot_show
        self.shows = shown(IMPORTER, self.moment())

    def moment(self) -> Moment:
        """The zones now. Errors: EnvironmentProblem as of `command.output`."""
        return replace(self._zones.moment(), sizes=sysctl(_SIZES), counts=sysctl(_COUNTS))
