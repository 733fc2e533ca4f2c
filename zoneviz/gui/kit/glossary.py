"""The terms of docs/glossary.md, as tool tips."""

import re
from functools import cache

from zoneviz.gui.kit.text import plain
from zoneviz.resources import folder

_ENTRY = re.compile(r"^\*\*(.+?)\*\* (.+?)(?=\n\n|\n?\Z)", re.MULTILINE | re.DOTALL)


@cache
def entries() -> dict[str, str]:
    """Each term and its meaning in plain text; empty if the documents are not installed."""
    path = folder("docs") / "glossary.md"
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    return {term: " ".join(meaning.replace("`", "").split()) for term, meaning in _ENTRY.findall(written)}


def meaning(term: str) -> str:
    """What a term means, as plain text; "" if the glossary has no such term."""
    return entries().get(term, "")


def tip(term: str, more: str = "") -> str:
    """The tool tip of a widget named by a term: `more`, which is about the widget itself, then the term's meaning."""
    return plain("\n\n".join(part for part in (more, meaning(term)) if part))
