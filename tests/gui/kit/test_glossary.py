"""The glossary has the required terms, and every tip in the window has an entry."""

import re
from pathlib import Path

import pytest

from zoneviz.gui.kit.glossary import entries, meaning, tip
from zoneviz.gui.views.compare import WAYS
from zoneviz.gui.window.forms import TERMS

ROOT = Path(__file__).parents[3]
REQUIRED = (
    "zone", "zone_map", "element", "port", "right", "task", "thread", "message", "no-senders", "kalloc", "null", "ext2fs", "proc",
    "auth", "exec", "libports", "throttle", "policy", "profile", "antrik", "k0ro", "the original report", "panic", "checkpoint",
    "digest", "recording", "excerpt",
)  # fmt: skip


@pytest.mark.parametrize("term", REQUIRED)
def test_a_term_is_explained_in_a_few_sentences(term: str) -> None:
    assert 1 <= len(re.findall(r"[.?](?= |$)", meaning(term))) <= 4 and "*" not in meaning(term)


def test_every_entry_of_the_file_is_read() -> None:
    written = (ROOT / "docs" / "glossary.md").read_text()
    assert list(entries()) == re.findall(r"^\*\*(.+?)\*\*", written, re.MULTILINE)


def test_every_tip_in_the_sources_has_an_entry() -> None:
    sources = [path.read_text() for path in (ROOT / "zoneviz" / "gui").rglob("*.py")]
    used = {term for source in sources for term in re.findall(r'\b(?:tip\(|meaning\(|_section\([^)\n]*, \w+, )"([^"]+)"', source)}
    assert {"zone", "panic", "recording"} <= used and {*used, *TERMS.values(), *WAYS.values()} <= set(entries())


def test_a_tip_starts_with_what_is_special() -> None:
    assert tip("zone", "Name of the zone").startswith("<qt>Name of the zone<br><br>A pool of")
    assert tip("no such term", "Only this") == "<qt>Only this</qt>"
