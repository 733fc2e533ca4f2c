"""docs/observations.md: a front page, the table of `zoneviz claims`, and the details of each observation."""

from collections.abc import Mapping, Sequence
from typing import Any

from zoneviz.claims.model import NO_RESULT, NOT_REPRODUCED, OPEN, REPRODUCED, number

Row = Mapping[str, Any]

_HEAD = """\
# Observations: the original report and the model

From 2005 to 2007 users and developers of the Hurd saw Mach panic because its zone memory ran out. They wrote down what they saw in
the Hurd's wiki, on the page about zalloc panics: here "the original report". This document takes its statements one by one, repeats
the experiments on the simulated kernel, and says for each whether the model does the same.
"""
_READING = """\
## How to read it

- The table has one row per statement: what the original report says, what the model does, and the verdict.
- A section per statement follows: the outcome that counts as reproduced, set before the runs; each run with its figures by seed and the
  memory that ended it; the mechanism in the model; and what would show that explanation to be wrong.
- "Forks" are the successful forks of the experiment until the kernel panics. Settings are given as for `zoneviz run --set`.
- "Not reproduced" is a result, too: there the model differs from the systems of the time, or a guess in the report was wrong.
- To repeat one observation: `zoneviz claims --ids S14 --seeds {seeds}`. In the window, the view Observations compares a single recording.

## Where the figures come from

The figures in the statements and in the expected outcomes are the original report's. They are compared with and never used by the model,
which has sizes, algorithms, limits, the ancestry of a session, times and a seed. The exception: two constants were fitted to two of the
figures, 800 forks from the console and 500 over ssh with a zone map of 8 MiB (S21). docs/fidelity.md lists them and their effect.

Runs behind the model's figures: {runs}. Different experiments: {experiments}; the runs of one differ only in their seed. This document is
made by `make observations` (`zoneviz claims --seeds {seeds} -o docs/observations.md`); edit zoneviz/claims instead.
"""
_MEANING = {
    REPRODUCED: "the model's outcome is the expected one",
    NOT_REPRODUCED: "the model's outcome is another one",
    OPEN: "never explained by those who saw it; the row says what the model does",
    NO_RESULT: "a run failed or was stopped early",
}


def markdown(rows: Sequence[Row]) -> str:
    """The document, from the rows of `app.claims.report`."""
    seeds = min((row["seeds"] for row in rows), default=0)
    runs = {(run["scenario"], _settings(run), run["seed"]) for row in rows for run in row["runs"]}
    experiments = {(scenario, settings) for scenario, settings, _ in runs}
    reading = _READING.format(seeds=seeds, runs=len(runs), experiments=len(experiments))
    return "\n".join([_HEAD, _summary(rows), reading, "## All observations\n", _table(rows), *map(_section, rows)])


def _summary(rows: Sequence[Row]) -> str:
    lines = ["| verdict | number | observations | meaning |", "|---|---|---|---|"]
    for verdict, meaning in _MEANING.items():
        ids = [row["id"] for row in rows if row["verdict"] == verdict]
        if ids:
            lines.append(f"| **{verdict}** | {len(ids)} of {len(rows)} | {', '.join(ids)} | {meaning} |")
    return "\n".join(lines) + "\n"


def _table(rows: Sequence[Row]) -> str:
    lines = ["| id | original report | model | verdict |", "|---|---|---|---|"]
    lines += [f"| {row['id']} | {_cell(row['statement'])} | {_cell(row['observed'])} | {row['verdict']} |" for row in rows]
    return "\n".join(lines) + "\n"


def _section(row: Row) -> str:
    runs: dict[tuple[str, str, str], list[Row]] = {}
    for run in row["runs"]:
        runs.setdefault((run["label"], run["scenario"], _settings(run)), []).append(run)
    lines = ["| run | scenario and settings | figures by seed | ended by |", "|---|---|---|---|"]
    for (label, scenario, settings), of in runs.items():
        figures = _figures([run["figure"] for run in of])
        ends = ", ".join(sorted({run["memory"] or run["outcome"] for run in of}))
        lines.append(f"| {_cell(label)} | `{scenario}`: {_cell(settings)} | {_cell(figures)} | {_cell(ends)} |")
    return "\n".join(
        [
            f"## {row['id']}: {row['verdict']}",
            "",
            f"**Original report:** {row['statement']}",
            "",
            f"**Expected:** {row['expected']}.",
            "",
            f"**Model:** {row['observed']}.",
            "",
            *lines,
            "",
            f"**Mechanism:** {row['mechanism']}",
            "",
            f"**Would show this to be wrong:** {row['falsified']}",
            "",
        ]
    )


def _settings(run: Row) -> str:
    return ", ".join([run["profile"], *(f"{name}={value}" for name, value in run["settings"].items())])


def _figures(values: Sequence[Any]) -> str:
    """One figure per seed, or one with a count if all are equal."""
    texts = ["none" if value is None else value if isinstance(value, str) else number(value) for value in values]
    if len(texts) > 1 and len(set(texts)) == 1:
        return f"{texts[0]} (all {len(texts)} seeds)"
    return "; ".join(texts)


def _cell(text: str) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")
