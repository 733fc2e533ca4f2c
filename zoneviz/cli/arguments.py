"""Arguments that several verbs share, as typer reads them."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

from zoneviz.mach.profile import DEFAULT_PROFILE, PROFILES
from zoneviz.scenarios import scenarios

File = Annotated[Path, typer.Argument(metavar="FILE", help="A recording.", show_default=False)]
Made = Annotated[Path, typer.Option("-o", "--output", metavar="OUT.zvz", help="The recording to write.", show_default=False)]
Force = Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

MOMENT = "EVENT|panic|end"
RANGE = "FIRST:LAST"
Range = Annotated[
    str | None,
    typer.Option(
        "--range", metavar=RANGE, help="Only events FIRST to LAST, both included; either may be left out.", show_default="all events"
    ),
]


def starting(names: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """For the shell's completion: those of `names()` that start with what was typed."""
    return lambda incomplete: [name for name in names() if name.startswith(incomplete)]


complete_scenario, complete_profile = starting(scenarios), starting(lambda: PROFILES)

Scenario = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO",
        help="A scenario's name, or a .py file with your own scenario.",
        show_default=False,
        autocompletion=complete_scenario,
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(
        metavar="PROFILE",
        help="The kernel and machine; see `zoneviz profiles`.",
        show_default=DEFAULT_PROFILE,
        autocompletion=complete_profile,
    ),
]
Seed = Annotated[int | None, typer.Option(metavar="N", help="The same seed gives the same events.", show_default="1")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter of the scenario or a value of the profile. Repeatable."),
]
