"""What a recording shows of a machine, and what it cannot show: figures that it does not report are None here, never 0."""

from collections.abc import Iterable, Mapping
from typing import Any

from zoneviz import words
from zoneviz.events import RECLAIMABLE, Catalog
from zoneviz.playback.zone_families import reclaimable
from zoneviz.recording.header import LIVE, SHOWN, Header
from zoneviz.state.figures import MACHINE_FIGURES, MAPS, ZONE_FIGURES
from zoneviz.state.machine import MachineState

_COUNTS = {
    "operations": "tasks", "forks": "tasks", "processes": "tasks", "tasks": "tasks", "threads": "threads", "ports": "rights",
    "messages": "rights",
}  # fmt: skip
"""By column of a sample, the word of `Header.shows` that it belongs to; the others belong to "maps"."""
_WHO = {"tasks": "tasks", "threads": "threads", "paths": "call paths"}
_UNSHOWN = {
    "zones": "It has no figures of single {noun}s.",
    "elements": "It does not say how many elements of a {noun} are in use.",
    "sizes": "It does not say how many bytes a {noun} holds.",
    "limits": "It has no limits of single {noun}s.",
    "machine": "It has no figures of the whole machine, such as free memory.",
    "maps": "It does not say where in memory anything is: its pages cannot be drawn.",
    "tasks": "It names no tasks: it cannot say who allocated the memory.",
    "threads": "It has no threads.",
    "rights": "It has no ports and no rights.",
    "paths": "It has no call paths: it cannot say which code allocated the memory.",
}
"""What follows from each word that `Header.shows` lacks."""
_DIFFERENCES = 5
"""Zones whose counts are compared in words."""


def cannot_show(header: Header) -> list[str]:
    """Sentences about what a recording cannot show: first those of its import, then what follows from `Header.shows`."""
    events = header.kind == LIVE and not header.of_readings  # with addresses, so pages can be drawn without a map
    missing = [word for word in _UNSHOWN if word not in header.shows and word not in (*_WHO, "rights")]
    who = [name for word, name in _WHO.items() if word not in header.shows]
    said = [_UNSHOWN[word].format(noun=header.zone_noun) for word in missing if word != "maps" or not events]
    if who == ["threads"]:
        said.append("It does not say which thread of a task allocated.")
    elif who:
        said.append(f"It has no {words.listed(who, 'or')}: it cannot say who allocated the memory.")
    return [*header.cannot_show, *said, *differences(header.result)]


def differences(result: Mapping[str, Any]) -> list[str]:
    """Sentences on zones whose elements in use the events of a live machine count otherwise than the machine itself: the worst ones.

    `result`: of a recording, whose "truth" is [{zone, counted, reported}].
    """
    found = result.get("truth")
    rows = [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []
    out = []
    for row in rows[:_DIFFERENCES]:
        zone, counted, reported = (row.get(name) for name in ("zone", "counted", "reported"))
        if isinstance(zone, str) and isinstance(counted, int) and isinstance(reported, int):
            said = f"events count {words.number(counted)} elements in use, the machine {words.number(reported)}"
            out.append(f"{words.one_line(zone, 60)}: {said}.")
    return out


def lacking(header: Header, needs: Iterable[str]) -> str:
    """One sentence why a view that needs these words of SHOWN has nothing to draw; "" if the recording has all of them."""
    first = next((word for word in SHOWN if word in needs and word not in header.shows), None)
    return "" if first is None else _UNSHOWN[first].format(noun=header.zone_noun).replace("It", "This recording", 1)


def known_columns(header: Header, figures: Iterable[str]) -> set[str]:
    """The columns of `MACHINE_FIGURES` that a recording reports; `figures`: names of the figures that its readings set."""
    counted = {name for name in MACHINE_FIGURES if _COUNTS.get(name, "maps") in header.shows}
    if header.of_readings:
        counted &= {"tasks", "threads", "ports"}  # elements of zones; the others are figures or nothing
    elif header.of_allocations:
        counted = set()  # the events count elements of caches, nothing else
    return counted | set(figures).intersection(MACHINE_FIGURES)


def flags_of(name: str, flags: str) -> str:
    """The flags of a zone of a real machine, with RECLAIMABLE if its name says so."""
    known = RECLAIMABLE in flags.split() or not reclaimable(name)
    return flags if known else f"{flags} {RECLAIMABLE}".strip()


def flags_by_name(catalog: Catalog, header: Header) -> dict[str, str]:
    """The flags of all zones, those of a real machine as `flags_of` completes them."""
    real = header.of_readings or header.of_allocations
    return {zone.name: flags_of(zone.name, zone.flags) if real else zone.flags for zone in catalog.zones}


def zones(state: MachineState, header: Header) -> list[dict[str, Any]]:
    """The zones of `MachineState.machine`, with None for a figure that is unknown, and the flag RECLAIMABLE.

    Of readings, a figure is known if one has reported it. Events alone count elements and bytes; where readings set some figures of a
    zone, its others began at an unknown value.
    """
    found: list[dict[str, Any]] = state.machine()["zones"]
    if header.of_readings or header.of_allocations:
        for zone, reported in zip(found, state.reported_figures(), strict=True):
            known = reported if header.of_readings or reported else {"in_use", "free", "cur_size"}
            zone |= {name: None for name in ZONE_FIGURES if name in zone and name not in known}
            zone["elem_size"] = zone["elem_size"] or None
            zone["flags"] = flags_of(zone["name"], zone["flags"])
    return found


def machine(state: MachineState, header: Header) -> dict[str, Any]:
    """The parts of `MachineState.machine`, with None for what is unknown, and `figures`: value by name of what readings set."""
    out, figures = state.machine(), state.figures
    known = known_columns(header, figures)
    out["counts"] = {name: count if name in known else None for name, count in out["counts"].items()}
    sized = set(MAPS) if "maps" in header.shows else set()
    if header.of_readings:
        sized = {info.name for info in state.catalog.maps if info.end > info.start}
    for name in MAPS:
        used, size = f"{name}_used" in known, name in sized
        reported = {"size": size, "used": used, "free": used and size, "wasted": f"{name}_wasted" in known}
        out[name] = {part: value if reported[part] else None for part, value in out[name].items()}
    out["physical"] = {part: value if f"physical_{part}" in known else None for part, value in out["physical"].items()}
    return out | {"zones": zones(state, header), "figures": figures}
