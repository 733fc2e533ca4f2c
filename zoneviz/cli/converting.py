"""Converts what was typed for an argument: text, a path, or a number within bounds.

typer does it with pydantic from 0.29 on, which takes longer to load than most commands run, and does not quote the value.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer

NUMBERS: dict[Any, Literal["int", "float"]] = {int: "int", float: "float"}
_MORE = ("parser", "clamp", "exists", "resolve_path")
"""What typer can do besides; no argument of zoneviz asks for it."""


@dataclass(frozen=True, slots=True)
class Converter:
    """Has the interface of typer's RuntimeParam. `low`, `high`: inclusive bounds of a number."""

    kind: Callable[[Any], Any]
    low: float | None
    high: float | None

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """A value, or a list of an argument that may be repeated. Errors: BadParameter for no number, or one out of bounds."""
        several = param.multiple or param.nargs == -1
        if value is None:
            return () if several else None
        return [self._one(each, param, ctx) for each in value] if several else self._one(value, param, ctx)

    def _one(self, value: Any, param: Any, ctx: Any) -> Any:
        if self.kind not in NUMBERS:
            return self.kind(value)
        try:
            number = self.kind(value)
        except ValueError:
            number = None
        if number is None or not (self.low is None or number >= self.low) or not (self.high is None or number <= self.high):
            from zoneviz.settings import Setting

            allowed = Setting(param.name, NUMBERS[self.kind], 0, "", low=self.low, high=self.high).allowed()
            raise typer.BadParameter(f"{value!r} is not {allowed}", ctx=ctx, param=param)
        return number


def converted(param: Any) -> Any:
    """`param`, a parameter of typer, converted here if it is a flag, text, a path or a number, or a list of them."""
    if hasattr(param, "get_runtime_param"):
        kind = param.type_descriptor.annotation
        kind = get_args(kind)[0] if get_origin(kind) is list else kind
        info = param.type_descriptor.parameter_info
        if kind in (bool, str, Path, *NUMBERS) and not any(getattr(info, name) for name in _MORE):
            converter = Converter(kind, info.min, info.max)
            param.get_runtime_param = lambda: converter
    return param
