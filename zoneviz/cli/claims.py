"""`zoneviz claims`: the page's observations, and what the model answers."""

import json as json_
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from zoneviz.app.claims import Job, distinct, report, run_jobs
from zoneviz.claims import document, select
from zoneviz.cli.errors import say
from zoneviz.cli.interrupt import stoppable
from zoneviz.cli.output import console, print_json, table
from zoneviz.cli.progress import jobs_bar
from zoneviz.errors import EnvironmentProblem, UsageError

FORMATS = (".md", ".json")


def claims(
    ids: Annotated[str | None, typer.Option(metavar="S14,S21", help="Only these claims.", show_default="all")] = None,
    seeds: Annotated[int, typer.Option(min=1, max=100, metavar="N", help="Seeds of each run; some claims need more.")] = 3,
    jobs: Annotated[
        int | None, typer.Option(min=1, max=64, metavar="N", help="Runs at the same time.", show_default="the processors")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print everything as one JSON list.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write it, to .md as the document or to .json.", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Run what the page observed, and say for each claim whether the model reproduces it.

    Ctrl-C stops the runs; the table then has what is done.
    """
    wanted = select((ids or "").split(","))
    _check(output, force)
    work = distinct(wanted, seeds)
    done: dict[Job, dict[str, Any]] = {}
    with stoppable() as stopped, jobs_bar("claims", len(work), not json) as tell:

        def finished(job: Job, seen: dict[str, Any]) -> None:
            done[job] = seen
            tell(len(done))

        run_jobs(work, jobs or os.cpu_count() or 1, finished, stopped)
    rows = report(wanted, seeds, done)
    _write(output, rows, force)
    if json:
        print_json(rows)
    else:
        out = console()
        shown = ((r["id"], r["statement"], r["observed"], r["verdict"], _memories(r["runs"])) for r in rows)
        out.print(table(("id", "the page", "the model", "verdict", "memory that ended it"), shown))
    for why in sorted({f"{r['scenario']}: {r['why']}" for row in rows for r in row["runs"] if r.get("why") and r["outcome"] == "failed"}):
        say(f"A run failed. {why}")
    if len(done) < len(work):
        say(f"Stopped after {len(done)} of {len(work)} runs.")


def _memories(runs: Sequence[dict[str, Any]]) -> str:
    return ", ".join(sorted({r["memory"] for r in runs if r["memory"]}))


def _check(output: Path | None, force: bool) -> None:
    """Before anything runs. Errors: UsageError for an output of no known kind, or that is there."""
    if output is None:
        return
    if output.suffix not in FORMATS:
        raise UsageError(f"{output} is neither .md, for the document, nor .json.")
    if output.exists() and not force:
        raise UsageError(f"{output} exists already; say --force to replace it.")
    if not output.parent.is_dir():
        raise EnvironmentProblem(f"There is no folder {output.parent}.")


def _write(output: Path | None, rows: list[dict[str, Any]], force: bool) -> None:
    if output is None:
        return
    text = document.markdown(rows) if output.suffix == ".md" else json_.dumps(rows, indent=2) + "\n"
    try:
        with output.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{output} exists already; say --force to replace it.") from None
    except OSError as error:
        raise EnvironmentProblem(f"{output} cannot be written: {error.strerror}.") from None
    print(f"Written to {output}.", file=sys.stderr)
