"""SQL offered in the palette: questions to begin with, and the tables with their columns."""

from zoneviz.gui.window.search import Hit
from zoneviz.recording.answers import QUESTIONS, first_rows, tables


def offered() -> list[Hit]:
    """Questions and tables to choose from; the value of each is its SQL."""
    asked = [Hit("question", words, sql, "sql", sql) for words, sql in QUESTIONS]
    return asked + [Hit("table", name, ", ".join(columns), "sql", first_rows(name)) for name, columns in tables().items()]
