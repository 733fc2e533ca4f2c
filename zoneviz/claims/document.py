"""docs/observations.md: the rows of `zoneviz claims`, and what is behind each."""

from collections.abc import Mapping, Sequence
from typing import Any

from zoneviz.claims.model import NO_RESULT, NOT_REPRODUCED, OPEN, REPRODUCED, number

_HEAD = """\
# What was observed, and what the model does

The wiki page on zalloc panics (2005 to 2007) tells what people saw. Each row below is one of its statements, the runs that speak to
it, and whether the model's own outcome falls into the band that was set beforehand. No number of the page is in the model: it
has sizes, algorithms, limits, ancestry, timing and a seed. A row that is not reproduced is as good a result as one that is.

Made by `make observations` (`zoneviz claims --seeds {seeds} -o docs/observations.md`); do not edit it by hand.
"""
_WORDS = {
    REPRODUCED: "falls into the band",
    NOT_REPRODUCED: "does not fall into the band",
    OPEN: "never explained by those who saw it; the row says what the model does",
    NO_RESULT: "a run that is needed failed, or was stopped before its end",
}


def markdown(rows: Sequence[Mapping[str, Any]]) -> str:
    """The document, from the rows of `app.report`."""
    seeds = min((row["seeds"] for row in rows), default=0)
    parts = [_HEAD.format(seeds=seeds), _summary(rows), _table(rows), *map(_section, rows)]
    return "\n".join(parts)


def _summary(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    for verdict, words in _WORDS.items():
        ids = [row["id"] for row in rows if row["verdict"] == verdict]
        if ids:
            lines.append(f"- **{verdict}** ({words}): {', '.join(ids)}")
    return "\n".join(lines) + "\n"


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = ["| id | the page | the model | verdict |", "|---|---|---|---|"]
    lines += [f"| {row['id']} | {_cell(row['statement'])} | {_cell(row['observed'])} | {row['verdict']} |" for row in rows]
    return "\n".join(lines) + "\n"


def _section(row: Mapping[str, Any]) -> str:
    runs: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for run in row["runs"]:
        settings = ", ".join([run["profile"], *(f"{name}={text}" for name, text in run["settings"].items())])
        runs.setdefault((run["label"], run["scenario"], settings), []).append(run)
    lines = ["| run | scenario | figures, by seed | ended by |", "|---|---|---|---|"]
    for (label, scenario, settings), of in runs.items():
        figures = _figures([run["figure"] for run in of])
        ends = ", ".join(sorted({run["memory"] or run["outcome"] for run in of}))
        lines.append(f"| {_cell(label)} | `{scenario}`: {_cell(settings)} | {_cell(figures)} | {_cell(ends)} |")
    return "\n".join(
        [
            f"## {row['id']}: {row['verdict']}",
            "",
            f"The page: {row['statement']}",
            "",
            f"Counts as reproduced: {row['expected']}.",
            "",
            f"The model: {row['observed']}.",
            "",
            *lines,
            "",
            row["mechanism"],
            "",
            f"What would show this to be wrong: {row['falsified']}",
            "",
        ]
    )


def _figures(values: Sequence[Any]) -> str:
    """One for each seed, or one for all where they are equal."""
    told = ["none" if value is None else value if isinstance(value, str) else number(value) for value in values]
    if len(told) > 1 and len(set(told)) == 1:
        return f"{told[0]} ({len(told)} times)"
    return ("; " if any(isinstance(value, str) for value in values) else ", ").join(told)


def _cell(text: str) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")
