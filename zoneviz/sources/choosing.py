"""Which source reads the machine that zoneviz runs on."""

import platform
from collections.abc import Callable

from zoneviz.errors import EnvironmentProblem, UsageError
from zoneviz.sources.freebsd_vmstat import FreebsdVmstat
from zoneviz.sources.hurd_slabinfo import HurdSlabinfo
from zoneviz.sources.linux_slab import LinuxSlab
from zoneviz.sources.macos_zprint import MacosZprint
from zoneviz.sources.source import ReadingSource

_COMMANDS: dict[str, Callable[[], ReadingSource]] = {"Darwin": MacosZprint, "FreeBSD": FreebsdVmstat, "GNU": HurdSlabinfo}


def runs_a_program(system: str = "") -> bool:
    """Whether a reading of this machine runs a program, which may take a second. `system`: as of platform.system()."""
    return (system or platform.system()) in _COMMANDS


def reading_source(cgroup: str = "", *, system: str = "") -> ReadingSource:
    """The readings of this machine. `cgroup`: a control group of Linux whose figures are read too; `system`: as of platform.system().

    Errors: EnvironmentProblem if this system is not supported, or its readings cannot be had; UsageError for a control group elsewhere.
    """
    name = system or platform.system()
    if name == "Linux":
        return LinuxSlab(cgroup)
    if name not in _COMMANDS:
        raise EnvironmentProblem(
            f"zoneviz cannot record {name or 'this system'}: it records Linux, macOS, FreeBSD and GNU/Hurd. "
            "Listings of another machine are read by `zoneviz import`."
        )
    if cgroup:
        raise UsageError(f"{name} has no control groups. Leave out --cgroup.")
    return _COMMANDS[name]()
