"""The one parser: every verb, and the window's own words. Not in `__init__`, because the window opens sooner without typer."""

import os
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from zoneviz import __version__
from zoneviz.cli import verbs
from zoneviz.cli.doors import Doors
from zoneviz.cli.errors import reported


class _Verbs(TyperGroup):
    """Loads a verb when it is asked for. A file, or an option of the window, in place of a verb means the verb `window`."""

    def list_commands(self, ctx: Any) -> list[str]:
        return verbs.listed()

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return command(cmd_name) if cmd_name in verbs.names() else None

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        complete = bool(args) or not ctx.resilient_parsing  # completing the first word: a verb, most likely
        return super().parse_args(ctx, verbs.routed(args) if complete else args)


@cache
def command(name: str) -> Any:
    """The parser of the verb `name`."""
    verb = verbs.find(name)
    one = typer.Typer(add_completion=False, rich_markup_mode=None)
    one.command(name, rich_help_panel=verb.group)(verb.function)
    return typer.main.get_command(one)


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def _version(asked: bool) -> None:
    if asked:
        print(f"zoneviz {__version__}")
        raise typer.Exit


@app.callback(cls=_Verbs)
def _top(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")] = False,
) -> None:
    """See why a Mach kernel ran out of zone memory.

    Without a command the window opens: `zoneviz`, `zoneviz FILE`, `zoneviz --live SCENARIO`; see `zoneviz window --help`.
    """


def main(args: Sequence[str] | None = None, doors: Doors | None = None) -> int:
    """Run the command line (default: `sys.argv`). Returns the exit status. Without `doors` it can neither paint nor open a window."""
    if verbs.COMPLETING in os.environ:
        from typer.completion import completion_init  # type: ignore[attr-defined]  # typer's own re-export

        completion_init()
    given = None if args is None else list(args)
    return reported(lambda: app(args=given, prog_name="zoneviz", standalone_mode=False, obj=doors))
