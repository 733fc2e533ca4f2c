"""Arguments of a simulated run, which `run` and `window` share, as typer reads them."""

from typing import Annotated

import typer

from zoneviz.cli.arguments import starting
from zoneviz.mach.profile import DEFAULT_PROFILE, PROFILES
from zoneviz.scenarios import scenarios

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
