"""`zoneviz install-desktop`: zoneviz in the menu, for its files, in the manual and in the shells."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from zoneviz.app import desktop
from zoneviz.cli.manual import commands, completions, manual
from zoneviz.cli.output import console, plain, print_json


def install_desktop(
    context: typer.Context,
    remove: Annotated[bool, typer.Option("--remove", help="Take it all away again.")] = False,
    into: Annotated[
        Path | None, typer.Option("--into", metavar="FOLDER", help="Another folder of data.", show_default="~/.local/share")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the files as JSON.")] = False,
) -> None:
    """Put zoneviz in the desktop's menu and make it open its files; with its manual and completions for bash, zsh and fish."""
    if remove:
        files = desktop.remove(into)
    else:
        assert context.parent is not None
        found = commands(context.parent.command)
        files = desktop.install(manual(found, date.today()), completions(found), into)
    if json:
        print_json([str(path) for path in files])
        return
    for path in files:
        console().print(plain(f"{'removed' if remove else 'wrote'} {path}"))
