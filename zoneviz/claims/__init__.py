"""The observations of the original report, as data: each claim with its runs and its rule.

The original report is the page on zalloc panics in the Hurd's wiki, written from 2005 to 2007. This package is above
the scenarios and the model, so that none of its numbers can be used there.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from zoneviz.claims import forking, living, storms
from zoneviz.claims.model import Claim, Row, judged
from zoneviz.errors import UsageError

CLAIMS: dict[str, Claim] = {
    claim.id: claim for claim in sorted((*forking.CLAIMS, *living.CLAIMS, *storms.CLAIMS), key=lambda claim: int(claim.id[1:]))
}
"""All claims by id, in numerical order."""


def select(ids: Sequence[str]) -> list[Claim]:
    """The claims with these ids, in upper or lower case; all claims if `ids` is empty.

    Errors: UsageError for an unknown id.
    """
    chosen = [i.strip().upper() for i in ids if i.strip()]
    unknown = [i for i in chosen if i not in CLAIMS]
    if unknown:
        raise UsageError(f"There is no observation {unknown[0]!r}; there are: {', '.join(CLAIMS)}.")
    return [claim for name, claim in CLAIMS.items() if name in chosen or not chosen]


def row(claim: Claim, figures: Mapping[str, Sequence[Any]]) -> Row:
    """A claim judged by figures by label."""
    return Row(claim.id, claim.statement, claim.expected, *judged(claim, figures))
