"""`zoneviz`, `zoneviz FILE`, `zoneviz --live SCENARIO`: the window."""

from pathlib import Path
from typing import Annotated

import typer

from zoneviz.cli.doors import doors
from zoneviz.cli.opening import show
from zoneviz.cli.simulating import Profile, Seed, Settings, complete_scenario
from zoneviz.cli.verbs import Verb
from zoneviz.errors import UsageError
from zoneviz.mach.profile import DEFAULT_PROFILE
from zoneviz.spec import RunSpec


def window(
    context: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE...",
            help="A recording, two to compare, or captures to import: files, folders and archives.",
            show_default="the last recording, or an example",
        ),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A second recording, to compare FILE with.", show_default=False)
    ] = None,
    live: Annotated[
        str | None,
        typer.Option(
            metavar="SCENARIO",
            help="Run this scenario and show it while it runs; takes --profile, --seed and --set.",
            show_default=False,
            autocompletion=complete_scenario,
        ),
    ] = None,
    profile: Profile = None,
    seed: Seed = None,
    settings: Settings = None,
) -> int:
    """Open the window on a recording, on captures of real machines, or on a run while it happens. The word `window` can be left out.

    Without a display the same is shown in the terminal: a recording's header, a comparison, or the run with a picture of its timeline.
    """
    if live is None and (settings or profile is not None or seed is not None):
        raise UsageError("--profile, --seed and --set belong to a run: add --live SCENARIO.")
    files = files or []
    if live is not None and (files or against is not None):
        raise UsageError(f"--live {live} runs a scenario and opens no recording; leave out {files[0] if files else against}.")
    if against is not None and len(files) != 1:
        raise UsageError(f"--against {against} needs one recording to compare with it: zoneviz FILE --against {against}.")
    run = None
    if live is not None:
        run = RunSpec(live, DEFAULT_PROFILE if profile is None else profile, tuple(settings or ()), 1 if seed is None else seed)
        run.resolve()  # a wrong name is reported before anything opens
    return show(doors(context), files, run, against)


VERB = Verb(window, "Run")
