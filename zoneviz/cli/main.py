"""The one parser: every verb, and the window's own words. Not in `__init__`, because the window opens sooner without typer."""

import os
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from zoneviz.cli import print_version, verbs
from zoneviz.cli.converting import converted
from zoneviz.cli.doors import Doors
from zoneviz.cli.errors import reported
from zoneviz.errors import UsageError
from zoneviz.words import listed


class _Verb(TyperCommand):
    """A verb that is loaded."""

    def get_params(self, ctx: Any) -> Any:
        return list(map(converted, super().get_params(ctx)))


class _Unloaded(TyperCommand):
    """A verb that loads when its arguments are parsed. Until then it has what the help and the completions list."""

    def __init__(self, outline: verbs.Outline) -> None:
        super().__init__(outline.name, help=outline.help, rich_markup_mode=None)

    def make_context(self, info_name: str | None, *args: Any, **extra: Any) -> Any:
        return command(str(self.name)).make_context(info_name, *args, **extra)


class _Verbs(TyperGroup):
    """Loads a verb when it is called. A file, or an option of the window, in place of a verb means the verb `window`."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [one.name for one in verbs.listed()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return _Unloaded(verbs.outline(cmd_name)) if cmd_name in verbs.names() else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Errors: UsageError for an unknown word."""
        word = args[0]
        if word not in verbs.names() and not ctx.resilient_parsing:
            near = listed([f"`zoneviz {name}`" for name in get_close_matches(word, verbs.names())], "or")
            raise UsageError(f"{word!r} is neither a command nor a file; {f'use {near}, or ' if near else ''}see `zoneviz --help`.")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """A section for each group; the first paragraph of each verb."""
        for group in verbs.GROUPS:
            with formatter.section(group):
                formatter.write_dl([(one.name, one.help.partition("\n\n")[0]) for one in verbs.listed() if one.group == group])

    def get_params(self, ctx: Any) -> Any:
        return list(map(converted, super().get_params(ctx)))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        complete = bool(args) or not ctx.resilient_parsing  # completing the first word: a verb, most likely
        return super().parse_args(ctx, verbs.routed(args) if complete else args)


@cache
def command(name: str) -> Any:
    """The parser of the verb `name`, which is loaded."""
    one = typer.Typer(add_completion=False, rich_markup_mode=None)
    one.command(name, cls=_Verb)(verbs.find(name).function)
    return typer.main.get_command(one)


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


def _version(asked: bool) -> None:
    if asked:
        print_version()
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
