"""`zoneviz info`: what a recording holds and how it ended."""

from pathlib import Path
from typing import Annotated

import typer

from zoneviz import app
from zoneviz.cli.output import console, parameters_text, print_json, print_pairs
from zoneviz.units import format_size


def info(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")] = False,
) -> None:
    """Say what a recording holds and how it ended."""
    told = app.info(file)
    if json:
        print_json(told)
    else:
        show(told)


def show(told: dict[str, object]) -> None:
    """The same for people."""
    parameters, panic = told["parameters"], told["panic"]
    assert isinstance(parameters, dict)
    rows: list[tuple[str, object]] = [
        ("recording", f"{told['file']}, {format_size(int(str(told['size'])))}, format {told['format']}, {told['kind']}"),
        ("made", f"{told['created']} by zoneviz {told['zoneviz']}"),
    ]
    if told["kind"] == "imported":
        rows += [("title", told["scenario"]), *parameters.items()]
    else:
        rows += [("scenario", f"{told['scenario']}, {parameters_text(parameters)}"), ("profile", f"{told['profile']}, seed {told['seed']}")]
    rows.append(("outcome", told["outcome"]))
    if not told["complete"]:
        rows.append(("incomplete", told["incomplete_reason"]))
    if isinstance(panic, dict):
        rows += [("panic", panic["text"]), ("memory ended", panic["memory"])]
    events = f"{told['events']:,}"
    if told["part_of"]:
        events += f", from number {told['first_event']:,} on: a part of the recording {told['part_of']}"
    rows += [
        ("events", events),
        ("simulated", f"{told['simulated_seconds']:.3f} s" if told["time_kind"] == "ns" else "no clock, only an order"),
        ("seen", f"{told['zone_count']} zones, {told['task_count']:,} tasks, {told['thread_count']:,} threads"),
        ("digest", told["digest"]),
    ]
    print_pairs(console(), rows)
