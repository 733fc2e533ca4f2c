"""What one can ask a recording in SQL: questions to begin with, and the tables with their columns."""

from zoneviz.gui.window.search import Hit
from zoneviz.recording.answers import tables

QUESTIONS = (
    ("what most elements were taken from",
     "SELECT zone, count(*) AS taken FROM events_named WHERE kind = 'ZALLOC' GROUP BY zone ORDER BY taken DESC"),
    ("who made threads, and how many",
     "SELECT task_name, count(*) AS threads FROM events_named WHERE kind = 'THREAD_CREATE' GROUP BY task_name ORDER BY threads DESC"),
    ("when most messages were queued",
     "SELECT seq, time, messages, threads, ports, zone_map_used FROM samples ORDER BY messages DESC LIMIT 100"),
    ("the last that happened",
     "SELECT * FROM events_named ORDER BY seq DESC LIMIT 100"),
)  # fmt: skip
"""What each answers, and the SQL."""
FIRST = ("events_named", "samples", "zone_samples", "task_samples", "events", "zones", "tasks", "threads")
"""The tables most asked for; the others follow by name."""


def _rank(name: str) -> int:
    return FIRST.index(name) if name in FIRST else len(FIRST)


def offered() -> list[Hit]:
    """Questions and tables to choose from; the value of each is the SQL that it stands for."""
    asked = [Hit("question", words, sql, "sql", sql) for words, sql in QUESTIONS]
    known = sorted(tables().items(), key=lambda item: _rank(item[0]))
    return asked + [Hit("table", name, ", ".join(columns), "sql", f"SELECT * FROM {name} LIMIT 100") for name, columns in known]
