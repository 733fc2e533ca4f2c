"""docs/observations.md against the claims it was made from: the same rows, verdicts that can be, the same words."""

import re
from pathlib import Path

from zoneviz.claims import CLAIMS, NO_RESULT, OPEN, REPRODUCED, VERDICTS, document

TEXT = (Path(__file__).parents[2] / "docs" / "observations.md").read_text()


def test_it_has_each_claim_once_and_in_order_with_a_verdict() -> None:
    found = re.findall(r"^## (S\d+): (.+)$", TEXT, re.MULTILINE)
    assert [name for name, _ in found] == list(CLAIMS)
    table = re.findall(r"^\| (S\d+) \|.*\| ([a-z ]+) \|$", TEXT, re.MULTILINE)
    assert table == found
    for name, verdict in found:
        assert verdict in VERDICTS and verdict != NO_RESULT
        assert verdict != (REPRODUCED if CLAIMS[name].open else OPEN)


def test_it_says_what_the_claims_say() -> None:
    for claim in CLAIMS.values():
        for words in (claim.statement, claim.expected, claim.mechanism, claim.falsified):
            assert words in TEXT, f"{claim.id}: run make observations"


def test_what_is_not_reproduced_is_told_at_the_top() -> None:
    missed = [name for name, verdict in re.findall(r"^## (S\d+): (.+)$", TEXT, re.MULTILINE) if verdict == "not reproduced"]
    head = TEXT[: TEXT.index("| id |")]
    assert (f"- **not reproduced** (does not fall into the band): {', '.join(missed)}" in head) == bool(missed)


def test_a_document_can_be_made_of_no_rows() -> None:
    assert document.markdown([]).startswith("# What was observed")
