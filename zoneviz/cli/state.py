"""`zoneviz state`: the machine at a moment of a recording."""

from pathlib import Path
from typing import Annotated

import typer

from zoneviz import app
from zoneviz.cli.output import console, machine_rows, print_json, print_pairs, zone_table


def state(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording.", show_default=False)],
    at: Annotated[
        str,
        typer.Option("--at", metavar="EVENT|panic|end", help="After which event: its number, the panic, or the end.", show_default=False),
    ],
    json: Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")] = False,
) -> None:
    """Print the kernel's zones, maps and counts at a moment, computed from the recording alone."""
    told = app.state(file, at)
    if json:
        print_json(told)
        return
    out = console()
    print_pairs(out, [("after event", f"{told['event']:,}"), ("simulated", f"{told['simulated_seconds']:.6f} s"), *machine_rows(told)])
    out.print()
    out.print(zone_table(told["zones"]))
