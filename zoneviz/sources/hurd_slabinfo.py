"""Readings of the running GNU Mach: the slab caches that the Hurd shows in /proc/slabinfo."""

import os
from dataclasses import replace

from zoneviz.captures.capture import Moment
from zoneviz.errors import EnvironmentProblem
from zoneviz.importers import linux_meminfo
from zoneviz.importers.gnumach_slabinfo import IMPORTER
from zoneviz.sources.command import TIMEOUT, Listing, output, shown


class HurdSlabinfo:
    """The readings of this machine. Errors: EnvironmentProblem if /proc/slabinfo has no caches.

    /proc is a server, which may hang: it is read by another process, with a time limit.
    """

    zone_noun = IMPORTER.zone_noun

    def __init__(self, timeout: float = TIMEOUT) -> None:
        name = os.uname()
        self.system = f"GNU Mach, {name.sysname} {name.release} {name.machine}"
        self._timeout = timeout
        self._zones = Listing(IMPORTER, ["cat", "/proc/slabinfo"], timeout)
        self.trust, self.cannot_show = self._zones.trust, self._zones.cannot_show
        self.shows = shown(IMPORTER, self.moment())

    def moment(self) -> Moment:
        """The caches now, and the memory that /proc/meminfo shows. Errors: EnvironmentProblem as of `command.output`."""
        zones = self._zones.moment()
        try:
            memory = linux_meminfo.parse(output(["cat", "/proc/meminfo"], self._timeout)).sizes
        except EnvironmentProblem:
            memory = {}
        return replace(zones, sizes=memory)
