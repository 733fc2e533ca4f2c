"""The leak that a panic line of GNU Mach and its uptime amount to, and the scenario that ends with the same line."""

from zoneviz import words
from zoneviz.mach import sizes
from zoneviz.mach.profile import PROFILES
from zoneviz.playback.diagnosis import Diagnosis, Finding
from zoneviz.playback.limits import ZONE_MAP
from zoneviz.playback.rates import per_second
from zoneviz.recording.header import Header

ELEMENTS = {"ipc ports": sizes.IPC_PORT, "tasks": sizes.TASK, "objects": sizes.VM_OBJECT}
"""Bytes of an element of the zones that a panic line names most."""
SCENARIOS = {"ipc ports": ("port-leak", "rate")}
"""By zone: the scenario that fills zone_map with its elements alone, and its parameter for elements a second."""
_PROFILE = "upstream-2005"


def same_end(header: Header, found: Diagnosis, hours: float | None = None) -> list[Finding]:
    """The rate of one leak that ends with this panic, and the scenario to run; [] for other systems, and for runs of zoneviz itself.

    `hours`: from boot to the panic, if the file does not say.
    """
    if header.can_run_again or header.panic_memory != ZONE_MAP or not header.panic_zone:
        return []
    rate, zone = found.finding("rate"), header.panic_zone
    if header.of_readings:
        seconds = hours * 3600 if hours else found.time / 1e9 if header.time_kind == "ns" else 0.0
        size = ELEMENTS.get(zone)
        if not header.system.startswith("GNU Mach") or size is None:
            return []
        if seconds <= 0:
            text = f"To get the rate of a leak of “{zone}”, name the time from boot to the panic: --hours 6.6, for example."
            return [Finding("rate", text, zone=zone)]
        return _from_profiles(zone, size, seconds)
    return [_scenario(zone, float(rate.numbers["rate"]))] if rate is not None and zone in SCENARIOS else []


def _from_profiles(zone: str, size: int, seconds: float) -> list[Finding]:
    """The rate for each size of zone_map that a kernel of the time had, and the scenario."""
    maps = {profile.zone_map_size: profile.name for profile in reversed(PROFILES.values())}
    rates = {room: room // size / seconds for room in sorted(maps)}
    each = words.listed([f"{per_second(rate)} with a zone_map of {words.size(room)} ({maps[room]})" for room, rate in rates.items()], "or")
    text = f"A leak of “{zone}” alone ends so after {words.duration(round(seconds * 1e9))} at {each}: map by {size} bytes by time."
    rate = rates[PROFILES[_PROFILE].zone_map_size]
    numbers: dict[str, int | float] = {"seconds": seconds, "rate": rate, "element": size}
    return [Finding("rate", text, zone=zone, numbers=numbers), *([_scenario(zone, rate)] if zone in SCENARIOS else [])]


def _scenario(zone: str, rate: float) -> Finding:
    name, parameter = SCENARIOS[zone]
    command = f"zoneviz run {name} --profile {_PROFILE} --set {parameter}={rate:.3g}"
    text = f"A scenario that ends with this line: `{command}`. package-build does not: it frees its ports and finishes."
    return Finding("scenario", text, zone=zone, numbers={"rate": rate})
