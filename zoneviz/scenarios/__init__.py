"""Experiments, one file each. A file with a module-level `SCENARIO` in this folder is found by itself.

A person's own file is loaded by path with the same interface: docs/writing-a-scenario.md.
"""

import importlib
import importlib.util
import math
import pkgutil
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zoneviz.errors import InputError, UsageError
from zoneviz.hurd.process import Body
from zoneviz.hurd.session import SESSIONS, USERS, run_program
from zoneviz.mach.kernel import Kernel
from zoneviz.units import parse_size

Value = int | float | str | bool
_BOOLS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A declared parameter. `kind`: "int", "float", "size" (bytes; reads `16M`), "bool" or "choice"."""

    name: str
    kind: str
    default: Value
    help: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()

    def parse(self, text: str) -> Value:
        """The value that `text` stands for.

        Errors: UsageError in one sentence that says what is allowed.
        """
        value: Value
        try:
            if self.kind == "int":
                value = int(text)
            elif self.kind == "float":
                value = float(text)
            elif self.kind == "size":
                value = parse_size(text)
            elif self.kind == "bool":
                value = _BOOLS[text.lower()]
            else:
                value = text
        except (ValueError, KeyError, UsageError):
            raise UsageError(f"{self.name}={text!r} is not {self.allowed()}.") from None
        if self.kind == "choice":
            allowed = value in self.choices
        else:
            number = float(value)
            allowed = math.isfinite(number) and (self.low is None or number >= self.low) and (self.high is None or number <= self.high)
        if not allowed:
            raise UsageError(f"{self.name}={text!r} is not {self.allowed()}.")
        return value

    def allowed(self) -> str:
        """What may stand here, in words."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        if self.kind == "bool":
            return "one of 0, 1, true, false"
        words = {"int": "a whole number", "float": "a number", "size": "a size such as 4096, 16M or 256MiB"}[self.kind]
        if self.low is not None and self.high is not None:
            words += f" from {self.low:,} to {self.high:,}"
        elif self.low is not None:
            words += f" of at least {self.low:,}"
        return words


@dataclass(slots=True)
class Run:
    """What a scenario is given: a booted kernel, its parameters by name, and the only source of chance."""

    kernel: Kernel
    params: Mapping[str, Any]
    random: random.Random


@dataclass(frozen=True, slots=True)
class Scenario:
    """An experiment: `start(run)` puts programs on `run.kernel` and returns; the kernel then runs them.

    `claims`: ids of the observations (docs/observations.md) that it speaks to; what they say is not known here.
    """

    name: str
    summary: str
    start: Callable[[Run], None]
    parameters: tuple[Parameter, ...] = field(default=())
    claims: tuple[str, ...] = ()

    def parse(self, settings: Mapping[str, str]) -> dict[str, Value]:
        """All parameters by name: what `settings` gives as text, the rest by default.

        Errors: UsageError naming the right ones.
        """
        known = {p.name: p for p in self.parameters}
        for name in settings:
            if name not in known:
                have = ", ".join(known) or "none"
                raise UsageError(f"{self.name} has no parameter {name!r}; it has: {have}.")
        return {name: p.parse(settings[name]) if name in settings else p.default for name, p in known.items()}


def scenarios() -> dict[str, Scenario]:
    """All scenarios of this folder by name, in alphabetical order."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        scenario = getattr(importlib.import_module(f"{__name__}.{module.name}"), "SCENARIO", None)
        if isinstance(scenario, Scenario):
            found[scenario.name] = scenario
    return dict(sorted(found.items()))


def find(name: str) -> Scenario:
    """The scenario called `name`, or the one in the file `name` if it ends in `.py`.

    Errors: UsageError for an unknown name, InputError for a file that cannot be loaded.
    """
    if name.endswith(".py"):
        return load(Path(name))
    known = scenarios()
    if name not in known:
        raise UsageError(f"There is no scenario {name!r}; there are: {', '.join(known)}.")
    return known[name]


def load(path: Path) -> Scenario:
    """A person's own scenario file: their own code, run because they asked for it.

    Errors: InputError if it is missing, fails to load or holds no SCENARIO.
    """
    spec = importlib.util.spec_from_file_location("zoneviz_own_scenario", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise InputError(f"There is no scenario file {path}.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise InputError(f"{path} does not load: {type(error).__name__}: {error}.") from error
    scenario = getattr(module, "SCENARIO", None)
    if not isinstance(scenario, Scenario):
        raise InputError(f"{path} has no SCENARIO = Scenario(...) in it.")
    return scenario


# -- for scenarios in which somebody logs in ------------------------------------------------------------------------------

SESSION = (
    Parameter("session", "choice", "console", "How its user has logged in.", choices=SESSIONS),
    Parameter("user", "choice", "user", "Who its user is.", choices=USERS),
)
"""The parameters of `in_session`."""


def in_session(run: Run, name: str, body: Body) -> None:
    """Boot a system in which somebody logs in as `session` and `user` say, and runs the program `name`."""
    run_program(run.kernel, run.params["session"], run.params["user"], name, body)


def pause(run: Run, rounds: int = 1) -> int:
    """How long to wait, in ns, after so many rounds of `rate` a second, varied by `jitter`."""
    varied = 1 + run.params["jitter"] * (2 * run.random.random() - 1)
    return int(rounds * 1_000_000_000 / run.params["rate"] * varied)


def fail(kernel: Kernel, thread: object, kern_return: int) -> None:
    """A trap: a call of the program's has failed; the run ends with its error."""
    kernel.finish("error", kern_return)
