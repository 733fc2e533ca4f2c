"""What a zone or slab cache holds and who allocates from it, as docs/zones.md says; nothing for those that it does not list."""

import re
from functools import cache

from zoneviz.resources import folder

MACH, LINUX = "GNU Mach", "Linux"
_ROW = re.compile(r"^\| (?!zone |cache )([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_GROUP = re.compile(r"(\(\d+:[^)]*\)| \(inferred\))$")
"""What follows the name of a cache: its control group, or that the kernel did not name it."""
_SIZE = re.compile(r"(?<=[.-])\d+k?$")


@cache
def known(system: str) -> dict[str, str]:
    """By name, what the zones of MACH or LINUX hold, and who allocates from them; empty if the documents are not installed."""
    path = folder("docs") / "zones.md"
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    _, _, part = written.partition(f"## {system}\n")
    return {name: f"{holds} Allocated by {by}." for name, holds, by in _ROW.findall(part.partition("\n## ")[0])}


def system_of(recorded: str) -> str:
    """The system whose zones a recording has, by its header: MACH, LINUX or "" for others. A simulation names no system."""
    return MACH if not recorded else LINUX if recorded.startswith(LINUX) else ""


def zone_words(name: str, recorded: str) -> str:
    """What a zone holds, and who allocates from it, in a sentence each; "" if unknown. `recorded`: the header's system."""
    zones = known(system_of(recorded))
    name = _GROUP.sub("", name)
    return zones.get(name, "") or zones.get(_SIZE.sub("N", name), "")
