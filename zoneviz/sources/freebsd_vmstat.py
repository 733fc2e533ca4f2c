"""Readings of the running kernel of FreeBSD: its UMA zones (vmstat -z), and its malloc types (vmstat -m) as figures of the machine.

Malloc types lie in the zones, so their bytes are not added to those; they tell which part of the kernel a growing zone belongs to.
"""

import os
from dataclasses import replace

from zoneviz.captures.capture import Moment
from zoneviz.errors import EnvironmentProblem
from zoneviz.importers import freebsd_vmstat_m, freebsd_vmstat_z
from zoneviz.sources.command import TIMEOUT, Listing, shown, sysctl

_LARGE = 1 << 16
"""Bytes from which a malloc type becomes a figure."""
_SIZES = {"total_memory": "hw.physmem", "kernel_memory": "vm.kmem_map_size", "kernel_memory_limit": "vm.kmem_size"}
_COUNTS = {"open_files": "kern.openfiles", "open_files_limit": "kern.maxfiles"}


class FreebsdVmstat:
    """The readings of this machine. Errors: EnvironmentProblem if vmstat prints no zones."""

    zone_noun = freebsd_vmstat_z.IMPORTER.zone_noun

    def __init__(self, timeout: float = TIMEOUT) -> None:
        name = os.uname()
        self.system = f"{name.sysname} {name.release} {name.machine}"
        self._zones = Listing(freebsd_vmstat_z.IMPORTER, ["vmstat", "-z"], timeout)
        self._types = Listing(freebsd_vmstat_m.IMPORTER, ["vmstat", "-m"], timeout)
        self._seen: set[str] = set()
        self.trust, self.cannot_show = self._zones.trust, self._zones.cannot_show
        self.shows = shown(freebsd_vmstat_z.IMPORTER, self.moment())

    def moment(self) -> Moment:
        """The zones now. Errors: EnvironmentProblem as of `command.output`, if vmstat -z fails."""
        return replace(self._zones.moment(), sizes=sysctl(_SIZES) | self._malloc_types(), counts=sysctl(_COUNTS))

    def _malloc_types(self) -> dict[str, int]:
        """Bytes of the malloc types that were large once; empty if vmstat -m fails."""
        try:
            types = self._types.moment().zones
        except EnvironmentProblem:
            return {}
        self._seen |= {row.name for row in types if row.cur_size >= _LARGE}
        return {f"malloc type {row.name}": row.cur_size for row in types if row.name in self._seen and row.cur_size >= 0}
