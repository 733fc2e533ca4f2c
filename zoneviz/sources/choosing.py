"""Which source reads this machine."""

import platform

from zoneviz.errors import EnvironmentProblem
from zoneviz.sources.linux_slab import LinuxSlab
from zoneviz.sources.source import ReadingSource


def reading_source() -> ReadingSource:
    """The source of readings for this machine. Errors: EnvironmentProblem if zoneviz cannot record its system."""
    system = platform.system()
    if system != "Linux":
        raise EnvironmentProblem(f"zoneviz cannot record a running {system}. It can on Linux.")
    return LinuxSlab()
