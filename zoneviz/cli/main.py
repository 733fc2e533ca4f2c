"""All verbs of the command line, and its door. Not in `__init__`, for the window opens sooner without typer and rich."""

from collections.abc import Sequence
from typing import Annotated

import typer

from zoneviz import __version__
from zoneviz.cli import (
    claims,
    compare,
    desktop,
    diagnose,
    doctor,
    export,
    imports,
    info,
    parts,
    pictures,
    profiles,
    report,
    run,
    scenarios,
    state,
    verify,
)
from zoneviz.cli.doors import Doors
from zoneviz.cli.errors import told

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
app.command("run")(run.run)
app.command("scenarios")(scenarios.scenarios)
app.command("profiles")(profiles.profiles)
app.command("info")(info.info)
app.command("state")(state.state)
app.command("diagnose")(diagnose.diagnose)
app.command("claims")(claims.claims)
app.command("import")(imports.import_)
app.command("compare")(compare.compare)
app.command("export")(export.export)
app.command("shot")(pictures.shot)
app.command("film")(pictures.film)
app.command("report")(report.report)
app.command("verify")(verify.verify)
app.command("pack")(parts.pack)
app.command("slice")(parts.slice_)
app.command("repair")(parts.repair)
app.command("install-desktop")(desktop.install_desktop)
app.command("doctor")(doctor.doctor)

VERBS = tuple(str(command.name) for command in app.registered_commands)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"zoneviz {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")] = False,
) -> None:
    """See why a Mach kernel ran out of zone memory.

    Without a command it opens the window: zoneviz; zoneviz FILE, a recording; zoneviz --live SCENARIO, a run.
    """


def main(args: Sequence[str] | None = None, brought: Doors | None = None) -> int:
    """Run the command line (default: `sys.argv`); the exit status. Without `brought` it cannot paint."""
    given = None if args is None else list(args)
    return told(lambda: app(args=given, prog_name="zoneviz", standalone_mode=False, obj=brought))
