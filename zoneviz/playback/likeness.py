"""Which scenarios a recording looks like: its signature beside those of runs with known settings, in resources/signatures.json.

docs/diagnosis.md says how the distance is measured, where "none" begins, and how often the answer is right.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

from zoneviz import resources, words
from zoneviz.playback.signature import Shares, Signature, Stretch, signature
from zoneviz.recording import Recording
from zoneviz.recording.header import Header

WEIGHTS = {
    "half grown": 1.0, "last grown": 0.5, "half allocated": 1.0, "last allocated": 0.5, "kept": 0.5, "left": 0.5, "one task": 0.5,
    "ending": 0.3,
}  # fmt: skip
"""How much each part of a signature counts in a distance."""
ENOUGH = 0.1
"""What grew counts in full if this share of the allocations of both runs was kept: of less, it is chance."""
SHOWN = 3
"""Scenarios that a sentence names at most."""
_DECIMALS = 3
_UNIT = 1e-5
"""Of shares in the file: what is rounded away makes two distributions differ by the root of it."""


@dataclass(frozen=True, slots=True)
class Known:
    """A run of the library. `name`: the scenario, with the setting that makes it another workload, if any; `command`: what runs it."""

    name: str
    command: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest run of a scenario, and its distance, 0 (the same) to 1."""

    name: str
    distance: float
    command: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """All scenarios of the library by distance. `none_above`: from this distance on it is none of them. Empty if too little happened.

    `model`: the simulated kernel that the library was made with.
    """

    ranked: Sequence[Near]
    none_above: float
    model: str

    @property
    def like(self) -> Sequence[Near]:
        """The scenarios that the recording looks like, nearest first; empty for none of them."""
        return [near for near in self.ranked if near.distance < self.none_above]

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        if not self.ranked:
            return "Too little happens in this recording to say which scenario it looks like."
        like = self.like[:SHOWN]
        if not like:
            nearest = self.ranked[0]
            differs = f"{nearest.name} is nearest, with a difference of {figure(nearest.distance)}"
            return f"Looks like no known scenario: {differs}; below {figure(self.none_above)} they would be alike."
        differences = words.listed([figure(near.distance) for near in like])
        scale = f"where 0 is equal and {figure(self.none_above)} or more another scenario"
        said = f"a difference of {differences}" if len(like) == 1 else f"differences of {differences}"
        return f"Looks like {words.listed([near.name for near in like], 'or')}: {said}, {scale}."

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {
            "sentence": self.sentence,
            "like": [near.name for near in self.like],
            "none_above": self.none_above,
            "ranked": [asdict(near) for near in self.ranked],
            "model": self.model,
        }


@dataclass(frozen=True, slots=True)
class Library:
    """Runs to compare with."""

    known: Sequence[Known]
    none_above: float
    model: str

    def ranked(self, found: Signature | None) -> Likeness:
        """All scenarios by the distance of their nearest run."""
        best: dict[str, Near] = {}
        for known in self.known if found is not None else ():
            assert found is not None
            far = round(distance(found, known.signature), _DECIMALS)
            if known.name not in best or far < best[known.name].distance:
                best[known.name] = Near(known.name, far, known.command)
        return Likeness(sorted(best.values(), key=lambda near: near.distance), self.none_above, self.model)

    def without(self, name: str) -> "Library":
        """The library without a scenario."""
        return replace(self, known=[known for known in self.known if known.name != name])

    def to_text(self) -> str:
        """As a resource: JSON, a line per run; shares of a zone, by its number, in units of _UNIT."""
        stretches = [each for known in self.known for each in (known.signature.half, known.signature.last)]
        zones = sorted({zone for each in stretches for zone in (*each.grown, *each.allocated)})
        head = json.dumps({"model": self.model, "none_above": self.none_above, "zones": zones})[:-1]
        lines = ",\n".join(json.dumps(_packed(known, zones), separators=(",", ":")) for known in self.known)
        return f'{head}, "runs": [\n{lines}\n]}}\n'

    @classmethod
    def from_text(cls, text: str) -> "Library":
        """The library of a resource."""
        value = json.loads(text)
        return cls([_unpacked(run, value["zones"]) for run in value["runs"]], value["none_above"], value["model"])


@cache
def library() -> Library:
    """The library that comes with zoneviz."""
    return Library.from_text(resources.signatures().read_text("utf-8"))


def comparable(header: Header) -> bool:
    """Whether it is of the system that the scenarios simulate: of any other, the answer is always "none"."""
    return header.system.startswith("GNU Mach") or not (header.of_readings or header.of_allocations)


def likeness(recording: Recording) -> Likeness:
    """Which scenarios a recording looks like. Errors: InputError if it is damaged."""
    return library().ranked(signature(recording))


def distance(one: Signature, other: Signature) -> float:
    """How different two signatures are, 0 to 1: the weighted root mean square of what both have."""
    parts, weights = dict(_parts(one, other)), dict(WEIGHTS)
    for name in ("half grown", "last grown"):
        weights[name] *= _significance(one, other)
    total = sum(weights[name] for name in parts)
    return math.sqrt(sum(weights[name] * part**2 for name, part in parts.items()) / total) if total else 1.0


def _parts(one: Signature, other: Signature) -> Iterable[tuple[str, float]]:
    """By name of WEIGHTS, 0 to 1, where both have the part."""
    for name, mine, theirs in (("half", one.half, other.half), ("last", one.last, other.last)):
        yield f"{name} grown", _apart(mine.grown, theirs.grown)
        if mine.allocated and theirs.allocated:
            yield f"{name} allocated", _apart(mine.allocated, theirs.allocated)
    if one.kept is not None and other.kept is not None:
        yield "kept", abs(math.sqrt(one.kept) - math.sqrt(other.kept))
    yield "left", abs(one.left - other.left)
    if one.one_task is not None and other.one_task is not None:
        yield "one task", abs(one.one_task - other.one_task)
    if one.ending and other.ending:
        # Which memory is the first to run out depends on the size of each, less on the workload.
        yield "ending", 0.0 if one.ending == other.ending else 0.25 if one.ending[0] == other.ending[0] else 1.0


def _significance(one: Signature, other: Signature) -> float:
    """How much what grew counts, 0 to 1; in full beside readings, which have nothing else."""
    if one.kept is None or other.kept is None:
        return 1.0
    return min(1.0, one.kept / ENOUGH, other.kept / ENOUGH)


def _apart(one: Shares, other: Shares) -> float:
    """The Hellinger distance of two distributions, 0 to 1."""
    if not one or not other:
        return float(bool(one) != bool(other))
    return math.sqrt(max(1.0 - sum(math.sqrt(one[zone] * other[zone]) for zone in one.keys() & other.keys()), 0.0))


def figure(far: float) -> str:
    """A distance for people: 0.04."""
    return f"{far:.2f}"


def _packed(known: Known, zones: Sequence[str]) -> dict[str, Any]:
    found, at = known.signature, {zone: place for place, zone in enumerate(zones)}

    def numbers(part: Shares) -> list[int]:
        rounded = {at[zone]: round(share / _UNIT) for zone, share in part.items()}
        return [number for zone, share in rounded.items() if share for number in (zone, share)]

    stretches = {name: [numbers(each.grown), numbers(each.allocated)] for name, each in (("half", found.half), ("last", found.last))}
    scalars = {"kept": found.kept, "left": found.left, "one_task": found.one_task}
    rounded = {name: None if value is None else round(value, 3) for name, value in scalars.items()}
    return {"name": known.name, "command": known.command, **stretches, **rounded, "ending": found.ending}


def _unpacked(run: Mapping[str, Any], zones: Sequence[str]) -> Known:
    def shares(numbers: Sequence[int]) -> Shares:
        return {zones[zone]: share * _UNIT for zone, share in zip(numbers[::2], numbers[1::2], strict=True)}

    half, last = (Stretch(*map(shares, run[name])) for name in ("half", "last"))
    ending = (run["ending"][0], run["ending"][1]) if run["ending"] else None
    return Known(run["name"], run["command"], Signature(half, last, run["kept"], run["left"], run["one_task"], ending))
