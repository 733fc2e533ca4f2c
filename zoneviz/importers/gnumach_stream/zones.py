"""Limits and flags of zones, which a stream does not have, as in the kernel of 2007-04-11.

The companion file overrides this table. Sizes in bytes, TASK_MAX and THREAD_MAX 1024. Sources: the zinit calls in kern/, vm/,
ipc/, device/ and i386/.
"""

from collections.abc import Mapping
from typing import Any

from zoneviz.events import COLLECTABLE, EXHAUSTIBLE, FIXED, ZoneInfo

_KNOWN: dict[str, tuple[int, int, str]] = {
    "zones": (8192, 4096, ""),
    "objects": (524288, 12288, ""),
    "external page bitmaps": (196608, 4096, ""),
    "object small existence maps": (16384, 4096, EXHAUSTIBLE),
    "object large existence maps": (8192, 4096, EXHAUSTIBLE),
    "maps": (40960, 4096, ""),
    "non-kernel map entries": (1048576, 20480, ""),
    "kernel map entries": (12288, 12288, FIXED),
    "map copies": (16384, 4096, ""),
    "pmap": (8192, 4096, ""),
    "pv_list": (122880, 4096, ""),
    "kalloc.16": (16384, 4096, ""),
    "kalloc.32": (131072, 4096, ""),
    "kalloc.64": (262144, 4096, ""),
    "kalloc.128": (524288, 4096, ""),
    "kalloc.256": (1048576, 4096, ""),
    "kalloc.512": (524288, 4096, ""),
    "kalloc.1024": (1048576, 4096, ""),
    "kalloc.2048": (2097152, 4096, ""),
    "kalloc.4096": (4194304, 4096, COLLECTABLE),
    "kalloc.8192": (33554432, 8192, COLLECTABLE),
    "vm fault state": (61440, 4096, ""),
    "vm pages": (1 << 30, 4096, ""),
    "ipc spaces": (65536, 4096, EXHAUSTIBLE),
    "ipc tree entries": (2097152, 4096, EXHAUSTIBLE),
    "ipc ports": (3510272, 4096, ""),
    "ipc port sets": (45056, 4096, EXHAUSTIBLE),
    "ipc msg-accepted requests": (16384, 4096, EXHAUSTIBLE),
    "tasks": (135168, 12288, ""),
    "threads": (339968, 24576, ""),
    "i386 pcb state": (196608, 12288, ""),
    "i386 fpsave state": (114688, 8192, ""),
    "io inband read buffers": (131072, 4096, ""),
    "wired device trap buffers": (524288, 32768, ""),
    "open device entry": (12288, 4096, ""),
    "net_rcv_port": (294912, 4096, ""),
    "net_hash_entry": (4096, 4096, ""),
    "device pager structures": (36864, 4096, ""),
    "dev_pager port hash": (16384, 4096, ""),
}
_FLAGS = (EXHAUSTIBLE, FIXED, COLLECTABLE)


def whole(value: object, limit: int = 1 << 62) -> int | None:
    """A figure from a JSON file: `value` if it is an integer in 0..limit, else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= limit else None


def final_zones(companion: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The final zones of the companion file by name; malformed ones are ignored."""
    zones = companion.get("final_zones")
    return {z["name"]: z for z in zones if isinstance(z, dict) and isinstance(z.get("name"), str)} if isinstance(zones, list) else {}


def zone_info(number: int, name: str, elem_size: int, final: Mapping[str, Any] | None) -> ZoneInfo:
    """The zone as zinit creates it. `final`: its entry in the companion file, if any. An unknown limit is 0."""
    limit, alloc, flags = _KNOWN.get(name, (0, 0, ""))
    if name not in _KNOWN and name.startswith("kalloc.") and elem_size >= 4096:
        flags = COLLECTABLE
    if final is not None:
        limit = _at_first(limit, whole(final.get("max_size")))
        alloc = whole(final.get("alloc_size")) or alloc
        own = final.get("flags")
        if isinstance(own, str):
            flags = " ".join(flag for flag in _FLAGS if flag in own.lower())
    return ZoneInfo(number, name, elem_size, limit, alloc, flags)


def _at_first(usual: int, final: int | None) -> int:
    """The limit before it grew: limits grow by half, so the usual limit if that leads to the final one, else the final one."""
    if final is None:
        return usual
    grown = usual
    while 0 < grown < final:
        grown += grown >> 1
    return usual if usual and grown == final else final
