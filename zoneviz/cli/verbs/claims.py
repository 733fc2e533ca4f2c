"""`zoneviz claims`: what was observed on real systems, and what the model gives."""

import json as json_
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from zoneviz.app.claims import distinct, report, run_jobs
from zoneviz.app.writing import written
from zoneviz.claims import document, select
from zoneviz.claims.model import Claim
from zoneviz.cli.arguments import Force, Json
from zoneviz.cli.errors import say
from zoneviz.cli.interrupt import stoppable
from zoneviz.cli.output import console, print_json, table
from zoneviz.cli.progress import jobs_bar
from zoneviz.cli.verbs import Verb
from zoneviz.errors import UsageError
from zoneviz.spec import RunSpec

FORMATS = (".md", ".json")


def claims(
    ids: Annotated[str | None, typer.Option(metavar="S14,S21", help="Only these observations.", show_default="all")] = None,
    seeds: Annotated[int, typer.Option(min=1, max=100, metavar="N", help="Runs of each kind; some observations need more.")] = 3,
    jobs: Annotated[
        int | None, typer.Option(min=1, max=64, metavar="N", help="Runs at the same time.", show_default="one per processor")
    ] = None,
    json: Json = False,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write docs/observations.md (.md) or the JSON (.json).", show_default=False),
    ] = None,
    force: Force = False,
) -> None:
    """Check each observation of the original report against the model.

    Ctrl-C stops; the table then holds the finished runs.
    """
    chosen = select((ids or "").split(","))
    if output is not None and output.suffix not in FORMATS:
        raise UsageError(f"{output} must end in .md, for the document, or .json.")
    with _file(output, force) as file:
        rows, done, total = _run(chosen, seeds, jobs or os.cpu_count() or 1, not json)
        if file is not None and output is not None:
            text = document.markdown(rows) if output.suffix == ".md" else json_.dumps(rows, indent=2) + "\n"
            file.write(text.encode())
    if output is not None:
        say(f"Wrote {output}.")
    if json:
        print_json(rows)
    else:
        cells = ((r["id"], r["statement"], r["observed"], r["verdict"], _memories(r["runs"])) for r in rows)
        console().print(table(("id", "original report", "simulated", "verdict", "memory that filled up"), cells))
    for why in sorted({f"{r['scenario']}: {r['why']}" for row in rows for r in row["runs"] if r.get("why") and r["outcome"] == "failed"}):
        say(f"A run failed. {why}")
    if done < total:
        say(f"Stopped after {done} of {total} runs.")


def _run(chosen: Sequence[Claim], seeds: int, processes: int, shown: bool) -> tuple[list[dict[str, Any]], int, int]:
    """Run what the claims need: the rows of the report, finished runs, and all runs."""
    work = distinct(chosen, seeds)
    done: dict[RunSpec, dict[str, Any]] = {}
    with stoppable() as stopped, jobs_bar("claims", len(work), shown) as progress:

        def finished(spec: RunSpec, seen: dict[str, Any]) -> None:
            done[spec] = seen
            progress(len(done))

        run_jobs(work, processes, finished, stopped)
    return report(chosen, seeds, done), len(done), len(work)


@contextmanager
def _file(output: Path | None, force: bool) -> Iterator[BinaryIO | None]:
    """The output, opened before anything runs. Errors: as `written`."""
    if output is None:
        yield None
        return
    with written(output, force) as file:
        yield file


def _memories(runs: Sequence[dict[str, Any]]) -> str:
    return ", ".join(sorted({r["memory"] for r in runs if r["memory"]}))


VERB = Verb(claims, "Compare and check")
