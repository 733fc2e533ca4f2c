"""The verbs of the command line, one file each: a module here with `VERB = Verb(function, group)` adds one.

A verb is named as its file, with dashes for underscores. Names come from the folder alone, so the window opens and
`--version` answers without loading any verb.
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
    """

    function: Callable[..., object]
    group: str


@cache
def names() -> tuple[str, ...]:
    """All verbs, in alphabetical order."""
    return tuple(sorted(_name(module.name) for module in pkgutil.iter_modules(__path__)))


@cache
def find(name: str) -> Verb:
    """Load one of `names()`."""
    module = next(module.name for module in pkgutil.iter_modules(__path__) if _name(module.name) == name)
    verb: Verb = importlib.import_module(f"{__name__}.{module}").VERB
    return verb


def listed() -> list[str]:
    """All verbs, by group, in alphabetical order within one. Loads them all."""
    return sorted(names(), key=lambda name: (GROUPS.index(find(name).group), name))


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


def _name(module: str) -> str:
    return module.strip("_").replace("_", "-")
