"""docs/observations.md against the claims it was made from: the same rows, verdicts that can be, the same words."""

import re
from pathlib import Path

from zoneviz.claims import CLAIMS, document
from zoneviz.claims.model import NO_RESULT, OPEN, REPRODUCED, VERDICTS

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


def test_the_front_page_counts_the_verdicts() -> None:
    front = TEXT[: TEXT.index("| id |")]
    found = re.findall(r"^## (S\d+): (.+)$", TEXT, re.MULTILINE)
    for verdict in VERDICTS:
        ids = [name for name, its in found if its == verdict]
        assert (f"| **{verdict}** | {len(ids)} of {len(CLAIMS)} | {', '.join(ids)} |" in front) == bool(ids)
    assert "## How to read it" in front and "## Where the figures come from" in front
    assert len(front.splitlines()) < 50, "one page"


def test_the_document_of_no_rows_has_a_front_page() -> None:
    assert document.markdown([]).startswith("# Observations")


def test_a_section_has_the_runs_by_seed() -> None:
    run = {"label": "a|b", "scenario": "boot", "profile": "p", "settings": {"ram": "64M"}, "seed": 1}
    run |= {"outcome": "panic", "memory": "zone_map"}
    runs = [run | {"figure": 4}, run | {"figure": 4, "seed": 2}, run | {"label": "c", "figure": None, "memory": None}]
    row = {"id": "S9", "statement": "It ends.", "expected": "an end", "observed": "4", "verdict": REPRODUCED, "seeds": 2, "runs": runs}
    text = document.markdown([row | {"mechanism": "It counts.", "falsified": "No end."}])
    assert "| a\\|b | `boot`: p, ram=64M | 4 (all 2 seeds) | zone_map |" in text
    assert "| c | `boot`: p, ram=64M | none | panic |" in text
    assert "figures: 2. Different experiments: 1;" in text and "| **reproduced** | 1 of 1 | S9 |" in text
