"""`zoneviz doctor`: what is missing on this machine."""

from typing import Annotated

import typer

from zoneviz import app
from zoneviz.cli.output import console, print_json, table


def doctor(json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False) -> int:
    """Say what is missing on this machine, and what to do about it. Exit status 1 if something is that is needed."""
    found = app.doctor()
    if json:
        print_json([check.as_json() for check in found])
    else:
        words = {(True, True): "ok", (True, False): "ok", (False, True): "MISSING", (False, False): "without"}
        rows = [(words[check.ok, check.needed], check.what, check.found, check.remedy) for check in found]
        console().print(table(("", "what", "found", "what to do"), rows))
    return int(any(check.needed and not check.ok for check in found))
