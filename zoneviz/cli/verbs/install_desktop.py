"""`zoneviz install-desktop`: menu entry, file types, man page and shell completions."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from zoneviz.app import desktop
from zoneviz.cli.arguments import Json
from zoneviz.cli.manual import commands, completions, manual
from zoneviz.cli.output import console, print_json
from zoneviz.cli.verbs import Verb
from zoneviz.words import plain


def install_desktop(
    remove: Annotated[bool, typer.Option("--remove", help="Remove all of it.")] = False,
    into: Annotated[
        Path | None, typer.Option("--into", metavar="FOLDER", help="Install into this data folder.", show_default="~/.local/share")
    ] = None,
    json: Json = False,
) -> None:
    """Install the menu entry, file types, man page and completions for bash, zsh and fish, for you alone."""
    files = desktop.remove(into) if remove else desktop.install(manual(commands(), date.today()), completions(), into)
    if json:
        print_json([str(path) for path in files])
        return
    for path in files:
        console().print(plain(f"{'Removed' if remove else 'Wrote'} {path}."))


VERB = Verb(install_desktop, "Set up")
