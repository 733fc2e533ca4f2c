"""The verbs of the command line, one file each: a module here with `VERB = Verb(function, group)` adds one.

A verb is named as its file, with dashes for underscores. Names come from the folder alone, and the help lists what it reads in
the files: a verb loads when it is called, so it can import what it needs at the top.
"""

import importlib
import os
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WINDOW = "window"
"""The verb that runs when none is named."""
COMPLETING = "_ZONEVIZ_COMPLETE"
"""Set in the environment by the shell's completion script: print completions, run nothing."""
GROUPS = ("Run", "Look inside", "Compare and check", "Share", "Set up")
_GLOBAL = ("--help", "--version")
_SUFFIXES = (".zvz", ".zvz.zst")


@dataclass(frozen=True, slots=True)
class Verb:
    """`function` declares its arguments by annotations, as typer reads them; the first sentence of its docstring is the
    verb's row in the README. `group`: one of GROUPS, the heading in the help.

    A file says `VERB = Verb(function, "group")` in these words: `outline` reads them.
    """

    function: Callable[..., object]
    group: str


@dataclass(frozen=True, slots=True)
class Outline:
    """What the help lists of a verb: one of GROUPS, and its function's docstring."""

    name: str
    group: str
    help: str


@cache
def _modules() -> dict[str, str]:
    """Module names by verb, in alphabetical order of the verbs."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return dict(sorted((module.strip("_").replace("_", "-"), module) for module in found))


def names() -> tuple[str, ...]:
    """All verbs, in alphabetical order."""
    return tuple(_modules())


@cache
def find(name: str) -> Verb:
    """Load one of `names()`."""
    verb: Verb = importlib.import_module(f"{__name__}.{_modules()[name]}").VERB
    return verb


@cache
def outline(name: str) -> Outline:
    """Group and help of one of `names()`, read from its source: loading them all takes a second."""
    import ast  # the window starts without it

    tree = ast.parse((Path(__path__[0]) / f"{_modules()[name]}.py").read_text("utf-8"))
    made = next(node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "VERB")
    assert isinstance(made, ast.Call)
    function, group = made.args
    named = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    return Outline(name, ast.literal_eval(group), ast.get_docstring(named[ast.unparse(function)]) or "")


def listed() -> list[Outline]:
    """All verbs, by group, in alphabetical order within one. Loads none."""
    return sorted(map(outline, names()), key=lambda one: (GROUPS.index(one.group), one.name))


def routed(args: Sequence[str]) -> list[str]:
    """The arguments of the command line beginning with a verb: WINDOW is put before a file or an option of the window.

    A word that is neither a verb nor looks like a file stays first, for the parser to refuse.
    """
    first = args[0] if args else ""
    if first in names() or first in _GLOBAL:
        return list(args)
    option = first.startswith("-") or "--against" in args
    if not args or option or first.endswith(_SUFFIXES) or os.sep in first or Path(first).exists():
        return [WINDOW, *args]
    return list(args)
