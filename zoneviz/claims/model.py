"""What a claim is: a statement of the page, the runs that speak to it, and the rule that says whether they agree with it.

Nothing of this can be reached from the model: it stands above the scenarios, and imports point down.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

REPRODUCED, NOT_REPRODUCED, OPEN, NO_RESULT = "reproduced", "not reproduced", "open", "no result"
VERDICTS = (REPRODUCED, NOT_REPRODUCED, OPEN, NO_RESULT)
"""`open`: what happened in 2005 was never explained, so the row says what the model does. `no result`: a run that is
needed is missing, failed, or was stopped before it told."""

Seen = Mapping[str, Any]
"""What was seen of a run, as plain JSON values: see `app.watching.Watcher.seen`."""
Number = float | int | str
Figure = Callable[[Seen], Number | None]
"""The number (or word) that a claim wants of a run; None if the run does not tell it."""
Figures = Mapping[str, Sequence[Any]]
"""The figures by label of the run, one for each seed."""


class Rule(NamedTuple):
    """`judge(figures)` says whether they agree with the page, and what beyond the bare figures is worth saying.

    `numbers`: the page's own figures and bounds in it. A test looks for them in the model's source.
    """

    numbers: tuple[float, ...]
    judge: Callable[[Figures], tuple[bool, str]]


@dataclass(frozen=True, slots=True)
class Variant:
    """A run that a claim asks for. `settings`: texts by name, as `--set` takes them.

    `figure`: what is read off it; None: the claim's. `max_events`: stopped, without a result, after about so
    many. `seeds`: its own count of them, 0: the claim's.
    """

    label: str
    scenario: str
    settings: Mapping[str, str] = field(default_factory=dict)
    profile: str = "antrik-2005"
    figure: Figure | None = None
    max_events: int = 8_000_000
    seeds: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of the page's observations.

    `expected`: what counts as reproduced, in words. `seeds`: so many at least, whatever was asked for. `unit`: of the
    figures. `open`: never explained. `mechanism` and `falsified`: a paragraph on what makes it happen in the model, and
    on what would show that to be wrong. `summary`: the figures in one line, where naming each run is too long.
    """

    id: str
    statement: str
    expected: str
    variants: tuple[Variant, ...]
    figure: Figure
    rule: Rule
    mechanism: str
    falsified: str
    unit: str = ""
    seeds: int = 1
    open: bool = False
    summary: Callable[[Figures], str] | None = None

    def figure_of(self, variant: Variant, seen: Seen) -> Number | None:
        """What the claim reads off one run; None if it was stopped before its end or failed."""
        if seen.get("outcome") in ("interrupted", "failed", None):
            return None
        return (variant.figure or self.figure)(seen)


class Row(NamedTuple):
    """A claim beside what the model did: for tables, the window and the document."""

    id: str
    statement: str
    expected: str
    observed: str
    verdict: str


def number(value: Number) -> str:
    """A figure for people."""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def spread(values: Sequence[Any]) -> str:
    """The figures of one run over its seeds: one, or the range; words as often as they came."""
    if not values:
        return "no result"
    if any(isinstance(v, str) for v in values):
        kinds = sorted({str(v) for v in values})
        return "; ".join(k if len(kinds) == 1 else f"{k} ({sum(str(v) == k for v in values)} of {len(values)})" for k in kinds)
    low, high = min(values), max(values)
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def told(claim: Claim, figures: Figures) -> str:
    """The figures of all runs of a claim in one line."""
    if claim.summary is not None:
        return claim.summary(figures)
    one = len(claim.variants) == 1
    parts = [("" if one else f"{v.label}: ") + spread(figures.get(v.label, ())) for v in claim.variants]
    return ", ".join(parts) + (f" {claim.unit}" if claim.unit else "")


def judged(claim: Claim, figures: Figures) -> tuple[str, str]:
    """(what was observed, verdict) of figures by label. A label without a figure leaves the claim without a result."""
    observed = told(claim, figures)
    if not all(figures.get(v.label) for v in claim.variants):
        return observed, NO_RESULT
    met, more = claim.rule.judge(figures)
    verdict = NOT_REPRODUCED if not met else OPEN if claim.open else REPRODUCED
    return f"{observed}; {more}" if more else observed, verdict
