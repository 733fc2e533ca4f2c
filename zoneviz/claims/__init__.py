"""The observations of the page on zalloc panics as data: each claim with the runs that speak to it and its rule.

This package stands above the scenarios and the model, so that no number of it can be reached from there.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from zoneviz.claims import forking, living, storms
from zoneviz.claims.model import NO_RESULT, NOT_REPRODUCED, OPEN, REPRODUCED, VERDICTS, Claim, Row, Seen, Variant, judged, spread
from zoneviz.errors import UsageError

CLAIMS: dict[str, Claim] = {
    claim.id: claim for claim in sorted((*forking.CLAIMS, *living.CLAIMS, *storms.CLAIMS), key=lambda claim: int(claim.id[1:]))
}
"""All of them, by id, in the order of their numbers."""


def select(ids: Sequence[str]) -> list[Claim]:
    """The claims with these ids (any case); all if none is given.

    Errors: UsageError for an id that is none.
    """
    wanted = [i.strip().upper() for i in ids if i.strip()]
    unknown = [i for i in wanted if i not in CLAIMS]
    if unknown:
        raise UsageError(f"There is no claim {unknown[0]!r}; there are: {', '.join(CLAIMS)}.")
    return [claim for name, claim in CLAIMS.items() if name in wanted or not wanted]


def row(claim: Claim, figures: Mapping[str, Sequence[Any]]) -> Row:
    """A claim beside figures by label."""
    return Row(claim.id, claim.statement, claim.expected, *judged(claim, figures))


__all__ = [
    "CLAIMS",
    "NOT_REPRODUCED",
    "NO_RESULT",
    "OPEN",
    "REPRODUCED",
    "VERDICTS",
    "Claim",
    "Row",
    "Seen",
    "Variant",
    "row",
    "select",
    "spread",
]
