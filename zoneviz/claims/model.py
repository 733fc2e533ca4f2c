"""A claim: a statement of the original report, the runs that test it, and the rule that judges them.

The model cannot read any of this: it is above the scenarios, and imports point down.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from zoneviz.spec import RunSpec

REPRODUCED, NOT_REPRODUCED, OPEN, NO_RESULT = "reproduced", "not reproduced", "open", "no result"
VERDICTS = (REPRODUCED, NOT_REPRODUCED, OPEN, NO_RESULT)
"""`open`: what happened in 2005 was never explained, so the row says what the model does. `no result`: a run is missing,
failed or was stopped early."""

Seen = Mapping[str, Any]
"""What was seen of a run, as JSON values: `app.watching.Watcher.seen`."""
Number = float | int | str
Figure = Callable[[Seen], Number | None]
"""Reads a number (or word) off a run; None if the run does not have it."""
Figures = Mapping[str, Sequence[Any]]
"""Figures by label of the trial, one per seed."""


class Rule(NamedTuple):
    """`judge(figures)`: whether they agree with the report, and a remark beyond the bare figures, or "".

    `numbers`: the report's own figures and bounds in the rule. A test searches the model's source for them.
    """

    numbers: tuple[float, ...]
    judge: Callable[[Figures], tuple[bool, str]]
    targets: Mapping[str, float] = {}
    """The report's own figures by label of the trial, where it has one for each."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A run that a claim needs, under a label.

    `figure`: what is read off it; None: the claim's. `max_events`: the run is stopped after about this many events and then
    has no result. `seeds`: how many seeds it is run with; None: as many as the claim.
    """

    label: str
    spec: RunSpec
    figure: Figure | None = None
    max_events: int = 8_000_000
    seeds: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One observation of the original report.

    `expected`: what counts as reproduced, in words. `seeds`: the least number of seeds. `unit`: of the figures.
    `open`: never explained. `mechanism`: what causes it in the model. `falsified`: what would show that to be wrong.
    `summary`: the figures in one line, for claims with too many trials to list.
    """

    id: str
    statement: str
    expected: str
    trials: tuple[Trial, ...]
    figure: Figure
    rule: Rule
    mechanism: str
    falsified: str
    unit: str = ""
    seeds: int = 1
    open: bool = False
    summary: Callable[[Figures], str] | None = None

    def figure_of(self, trial: Trial, seen: Seen) -> Number | None:
        """The figure of one run; None if it was stopped early or failed."""
        if seen.get("outcome") in ("interrupted", "failed", None):
            return None
        return (trial.figure or self.figure)(seen)


class Row(NamedTuple):
    """A claim and what the model did, for tables, the window and the document."""

    id: str
    statement: str
    expected: str
    observed: str
    verdict: str


def number(value: Number) -> str:
    """A figure as text: at most three significant digits, integers in full."""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def spread(values: Sequence[Any]) -> str:
    """The figures of one trial over its seeds: a value or a range; words with their counts."""
    if not values:
        return "no result"
    if any(isinstance(v, str) for v in values):
        kinds = sorted({str(v) for v in values})
        return ", ".join(k if len(kinds) == 1 else f"{k} ({sum(str(v) == k for v in values)} of {len(values)})" for k in kinds)
    low, high = min(values), max(values)
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def observed(claim: Claim, figures: Figures) -> str:
    """The figures of all trials of a claim in one line."""
    if claim.summary is not None:
        return claim.summary(figures)
    one = len(claim.trials) == 1
    parts = [("" if one else f"{t.label}: ") + spread(figures.get(t.label, ())) for t in claim.trials]
    return "; ".join(parts) + (f" {claim.unit}" if claim.unit else "")


def judged(claim: Claim, figures: Figures) -> tuple[str, str]:
    """(observed, verdict) of figures by label. The verdict is NO_RESULT if a label has no figure."""
    words = observed(claim, figures)
    if not all(figures.get(trial.label) for trial in claim.trials):
        return words, NO_RESULT
    met, remark = claim.rule.judge(figures)
    verdict = NOT_REPRODUCED if not met else OPEN if claim.open else REPRODUCED
    return f"{words}; {remark}" if remark else words, verdict
