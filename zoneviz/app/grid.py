"""The runs of a sweep: every combination of the values of some settings, each with some seeds."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from zoneviz import words
from zoneviz.errors import UsageError
from zoneviz.mach.profile import SETTINGS
from zoneviz.settings import Setting, Value
from zoneviz.spec import RunSpec, Settings

MOST = 1_000_000
"""Upper bound of the values of one setting."""
FORMS = "a list (1M,2M,4M), a range (1M..16M:1M) or a range of factors (1M..16M:x2)"


class Job(NamedTuple):
    """One run of a sweep: the number of its combination, from 0, its seed, and what to run."""

    point: int
    seed: int
    spec: RunSpec


@dataclass(frozen=True, slots=True)
class Grid:
    """`base` without a recording, once for each combination of the values `axes` and each seed from 1 to `seeds`.

    The last axis varies fastest. Errors: as `parse_axes`; UsageError for a base that cannot run.
    """

    base: RunSpec
    axes: Mapping[str, tuple[Value, ...]]
    seeds: int

    @classmethod
    def of(cls, base: RunSpec, vary: list[str], seeds: int) -> "Grid":
        """The grid of a base and the options `NAME=VALUES`."""
        return cls(replace(base.reduced(), record=False), parse_axes(base, vary), seeds)

    @property
    def points(self) -> int:
        """Number of combinations."""
        return math.prod(len(values) for values in self.axes.values())

    def __len__(self) -> int:
        return self.points * self.seeds

    def values(self, point: int) -> dict[str, Value]:
        """The varied settings of a combination, by name in order of the axes."""
        out = []
        for name, values in reversed(tuple(self.axes.items())):
            point, at = divmod(point, len(values))
            out.append((name, values[at]))
        return dict(reversed(out))

    def job(self, point: int, seed: int) -> Job:
        """One run."""
        settings = Settings({**self.base.settings, **self.values(point)})
        return Job(point, seed, replace(self.base, settings=settings, seed=seed))

    def jobs(self) -> Iterator[Job]:
        """All runs; every combination with a first seed before any with a second, so that a part of a sweep covers the grid."""
        return (self.job(point, seed) for seed in range(1, self.seeds + 1) for point in range(self.points))

    def definition(self) -> dict[str, Any]:
        """What must be equal for results to belong to one sweep, as JSON values. The number of seeds may grow."""
        settings = {name: self.base.settings[name] for name in sorted(self.base.settings)}
        return {
            "scenario": self.base.scenario,
            "profile": self.base.profile,
            "settings": settings,
            "vary": {name: list(values) for name, values in self.axes.items()},
            "max_events": self.base.max_events,
        }


def parse_axes(base: RunSpec, vary: list[str]) -> dict[str, tuple[Value, ...]]:
    """The values of each `NAME=VALUES`, where VALUES are one of FORMS. A setting that takes lists separates its values by `;`.

    Errors: UsageError for a setting that the scenario and the profile do not have, one that is given twice or fixed as well, and values
    that are not of these forms or not allowed.
    """
    scenario = base.resolve().scenario
    known = {**SETTINGS, **{setting.name: setting for setting in scenario.parameters}}
    axes: dict[str, tuple[Value, ...]] = {}
    for text in vary:
        name, equals, values = (part.strip() for part in text.partition("="))
        if not equals or not values:
            raise UsageError(f"--vary {text!r} is not of the form NAME=VALUES; values are {FORMS}.")
        if name == "seed":
            raise UsageError("Seeds are varied with --seeds N, not with --vary.")
        if name not in known:
            raise UsageError(f"There is no {name!r} to vary; {scenario.name} and its profile have: {', '.join(known)}.")
        if name in axes or name in base.settings:
            raise UsageError(f"{name} is given twice; vary it once, or set it once.")
        axes[name] = _values(known[name], values)
    if not axes:
        raise UsageError(f"Name at least one setting to vary, such as --vary zone_map_size=1M..16M:1M; values are {FORMS}.")
    return axes


def _values(setting: Setting, text: str) -> tuple[Value, ...]:
    if ".." in text and setting.kind in ("int", "float", "size", "time"):
        found = _range(setting, text)
    else:
        found = tuple(map(setting.parse, text.split(";" if setting.listed and ";" in text else ",")))
    if len(set(found)) < len(found):
        raise UsageError(f"--vary {setting.name}={text} has a value twice.")
    return found


def _range(setting: Setting, text: str) -> tuple[Value, ...]:
    """The values of `LOW..HIGH:STEP` or `LOW..HIGH:xFACTOR`; HIGH is one of them if the steps reach it."""
    span, _, step = text.partition(":")
    low, _, high = span.partition("..")
    first, last = (_number(setting.parse(end)) for end in (low, high))
    wrong = UsageError(f"--vary {setting.name}={text} is not a range such as 1M..16M:1M or 1M..16M:x2, from low to high with a step.")
    factor = step.startswith("x")
    try:
        by = Decimal(step[1:]) if factor else _number(replace(setting, low=None, high=None, zero="").parse(step))
    except (ArithmeticError, UsageError):
        raise wrong from None
    if not (first <= last and by.is_finite() and by > factor) or (factor and first <= 0):
        raise wrong
    steps = math.log(last / first) / math.log(by) if factor else (last - first) / by
    if steps >= MOST:
        many = f"about {words.number(int(steps))} values, more than {words.number(MOST)}"
        raise UsageError(f"--vary {setting.name}={text} has {many}; use a larger step.")
    values = (first * by**n if factor else first + n * by for n in range(int(steps) + 2))
    whole = setting.kind in ("int", "size")
    kept = [round(value) if whole else float(value) for value in values if value <= last]
    return tuple(map(setting.parse, dict.fromkeys(kept)))


def _number(value: Value) -> Decimal:
    """Errors: UsageError if it is not a number."""
    if not isinstance(value, int | float):
        raise UsageError(f"{value!r} is not a number.")
    return Decimal(repr(value))
