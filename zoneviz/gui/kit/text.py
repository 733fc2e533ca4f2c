"""Text for Qt: tool tips that show their words as they are."""

from html import escape


def plain(text: str) -> str:
    """`text` as markup that Qt shows literally; without it Qt guesses whether a tool tip is markup."""
    return "<qt>" + escape(text).replace("\n", "<br>") + "</qt>"
