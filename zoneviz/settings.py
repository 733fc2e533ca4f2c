"""Settings: values a user can set, each declared once with its type, range, unit and meaning.

A scenario's parameters and a profile's values are rows of `Setting`. The form, the command line, `zoneviz scenarios`,
`zoneviz profiles` and the docs read the rows; none of them keeps another list.
"""

import math
import operator
from dataclasses import dataclass
from typing import Literal, NamedTuple, SupportsFloat, SupportsIndex, get_args

from zoneviz import words
from zoneviz.errors import UsageError
from zoneviz.units import parse_duration, parse_size

Value = int | float | str | bool | None
Kind = Literal["int", "float", "size", "time", "bool", "choice", "text"]
AUTO = "auto"
"""How an unset value (None) is written and typed."""
_KINDS = {"int": "a whole number", "float": "a number", "size": "a size", "time": "a time", "text": "text"}
_FLAGS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


class Group(NamedTuple):
    """A heading of the form. `folded`: closed until one of its values differs from the default."""

    title: str
    help: str
    folded: bool = False


EXPERIMENT = Group("Experiment", "What the experiment does, and the seed of its random choices")


@dataclass(frozen=True, slots=True)
class Setting:
    """A value a user can set.

    `kind`: "int", "float", "size" (bytes; reads `16M`), "time" (seconds; reads `10m`), "bool", "choice" or "text". `low`, `high`:
    inclusive bounds of a number.
    `default` None: optional; the word `auto` stands for it and `help` says what it does.
    `zero`: what 0 means where it is allowed beside the range, such as "no limit"; of a text, what an empty one means.
    `notes`: what each of `choices` means.
    `numbered`: a choice that takes a number as well: ("pool", 1000) allows pool:1 to pool:1000.
    `listed`: names of which several may be given instead of a choice, separated by commas; read in this order.
    """

    name: str
    kind: Kind
    default: Value
    help: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    group: Group = EXPERIMENT
    zero: str = ""
    numbered: tuple[str, int] | None = None
    listed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Errors: ValueError for an unknown kind, or a choice without choices; a scenario file may be anybody's."""
        if self.kind not in get_args(Kind) or (self.kind == "choice") != bool(self.choices):
            raise ValueError(f"setting {self.name!r}: kind {self.kind!r} with choices {self.choices!r}")

    def parse(self, given: object) -> Value:
        """The value of `given`: text as a user types it, or a value of the right type.

        Errors: UsageError in one sentence that says what is allowed.
        """
        if self.default is None and given in (None, AUTO):
            return None
        try:
            value = self._read(given)
        except (ValueError, OverflowError, UsageError):
            value = None
        if value is None or not self._allows(value):
            raise UsageError(f"{self.name}={_quoted(given)} is not {self.allowed()}.")
        return value

    def allowed(self) -> str:
        """The allowed values in words, such as "a whole number from 1 to 100"."""
        out = [AUTO] if self.default is None else []
        if self.zero:
            out.append(f"{'empty' if self.kind == 'text' else 0} ({self.zero})")
        if self.kind == "bool":
            out.append("yes or no")
        elif self.kind == "choice":
            out.append("one of " + ", ".join(self.choices))
        else:
            out.append(_KINDS[self.kind] + self._range())
        if self.numbered:
            word, most = self.numbered
            out.append(f"{word}:N with N from 1 to {most:,}")
        if self.listed:
            out.append(f"several of {', '.join(self.listed)}, separated by commas")
        return ", or ".join(out)

    def text(self, value: Value) -> str:
        """`value` as text that `parse` reads back exactly."""
        if self.kind == "size" and isinstance(value, int):
            return next((short for short in (words.size(value), words.exact_size(value)) if _reads_as(short, value)), f"{value} B")
        if self.kind == "time" and isinstance(value, float):
            short = words.duration(round(value * 1e9)) if value else "0"
            return short if not value or _lasts(short) == value else f"{value!r} s"
        return text(value)

    def shown(self, value: Value) -> str:
        """`value` with its unit, for reading."""
        typed = self.text(value)
        if self.zero and value == 0:
            return f"0 ({self.zero})"
        return typed if value is None or self.kind in ("size", "time") else f"{typed} {self.unit}".rstrip()

    def _range(self) -> str:
        low, high = (None if bound is None else self._bound(bound) for bound in (self.low, self.high))
        if low is not None and high is not None:
            return f" from {low} to {high}"
        if low is not None:
            return f" of at least {low}"
        if high is not None:
            return f" of at most {high}"
        return {"size": " such as 4096 or 16M", "time": " such as 10s or 5m"}.get(self.kind, "")

    def _bound(self, value: float) -> str:
        return self.text(int(value)) if self.kind == "size" else self.text(float(value)) if self.kind == "time" else f"{value:,}"

    def _read(self, given: object) -> Value:
        if self.kind == "bool":
            return _flag(given)
        if self.kind == "text":
            return given.strip() if isinstance(given, str) else None
        if self.kind == "choice":
            return self._in_order(given) if isinstance(given, str) else None
        if isinstance(given, bool):
            return None
        if self.kind == "time" and isinstance(given, str) and given.strip() != "0":
            return parse_duration(given)
        if self.kind in ("float", "time"):
            return float(given) if isinstance(given, str | SupportsFloat) else None
        return _whole(given)

    def _allows(self, value: Value) -> bool:
        if isinstance(value, bool):
            return True
        if isinstance(value, str):
            if self.kind == "text":
                return True
            return value in self.choices or self._is_numbered(value) or (bool(value) and set(value.split(",")) <= set(self.listed))
        assert value is not None
        if self.zero and value == 0:
            return True
        if isinstance(value, float) and not math.isfinite(value):
            return False
        low = 0 if self.low is None and self.kind == "size" else self.low
        return (low is None or value >= low) and (self.high is None or value <= self.high)

    def _in_order(self, given: str) -> str:
        """A list of names in the order of `listed`, without spaces and repetitions; any other text as it is."""
        names = {name.strip() for name in given.split(",")}
        return ",".join(name for name in self.listed if name in names) if names <= set(self.listed) else given

    def _is_numbered(self, value: str) -> bool:
        word, _, number = value.partition(":")
        if self.numbered is None or word != self.numbered[0]:
            return False
        return number.isascii() and number.isdecimal() and len(number) < 10 and 1 <= int(number) <= self.numbered[1]


def text(value: object) -> str:
    """A value as it is typed where its Setting is not at hand: sizes in bytes."""
    if value is None or isinstance(value, bool):
        return AUTO if value is None else "yes" if value else "no"
    return str(value)


def _whole(given: object) -> int | None:
    """An integer, or the text of one or of a size. Errors: UsageError for other text."""
    if not isinstance(given, str):
        return operator.index(given) if isinstance(given, SupportsIndex) else None
    try:
        return int(given)
    except ValueError:
        return parse_size(given)


def _flag(given: object) -> bool | None:
    if isinstance(given, str):
        return _FLAGS.get(given.strip().lower())
    return bool(given) if isinstance(given, SupportsIndex) and operator.index(given) in (0, 1) else None


def _reads_as(text: str, value: int) -> bool:
    try:
        return parse_size(text) == value
    except UsageError:
        return False


def _lasts(text: str) -> float:
    """Seconds of a time as it is written; 0 if it does not read back."""
    try:
        return parse_duration(text)
    except UsageError:
        return 0.0


def _quoted(given: object) -> str:
    """A value as it was given, on one line of at most 80 characters."""
    if isinstance(given, int) and given.bit_length() > 256:
        return f"an int of {given.bit_length()} bits"
    shown = " ".join(repr(given).split())
    return shown if len(shown) <= 80 else shown[:79] + "…"
