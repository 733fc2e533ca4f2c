"""The difference between two moments of a run: bytes and elements by zone, and the counts of the machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zoneviz.state.figures import MAPS
from zoneviz.state.machine import MachineState


@dataclass(frozen=True, slots=True)
class Change:
    """A figure at two moments."""

    name: str
    before: int
    after: int

    @property
    def by(self) -> int:
        """The increase from the first moment to the second."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Difference:
    """All figures, changed or not. `zones` and `memory` in bytes; `elements` in use by zone, in the order of `zones`."""

    zones: list[Change]
    elements: list[Change]
    memory: list[Change]
    counts: list[Change]


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """The difference of two `MachineState.machine()` of one recording. A zone that did not exist yet counts as empty."""
    old = {zone["name"]: zone for zone in before["zones"]}

    def by_zone(figure: str) -> list[Change]:
        return [Change(zone["name"], old.get(zone["name"], {}).get(figure, 0), zone[figure]) for zone in after["zones"]]

    memory = [Change(f"{name} {part}", before[name][part], after[name][part]) for name in MAPS for part in ("used", "free")]
    memory.append(Change("zone_map unusable page ends", before["zone_map"]["wasted"], after["zone_map"]["wasted"]))
    counts = [Change(name, before["counts"][name], number) for name, number in after["counts"].items()]
    counts += [Change(f"physical pages {name}", before["physical"][name], after["physical"][name]) for name in ("free", "wired")]
    return Difference(by_zone("cur_size"), by_zone("in_use"), memory, counts)


def between(before: MachineState, after: MachineState) -> Difference:
    """The difference of two states of one recording."""
    return difference(before.machine(), after.machine())
