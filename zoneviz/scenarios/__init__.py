"""Experiments, one file each: every file in this folder with a module-level `SCENARIO` is one.

A user's own file is loaded by path and has the same interface: docs/writing-a-scenario.md.
"""

import importlib
import importlib.util
import pkgutil
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from zoneviz.errors import InputError, UsageError, described
from zoneviz.hurd.cthreads import Steps
from zoneviz.hurd.process import Aborted, Body, Process
from zoneviz.hurd.session import SESSIONS, USERS, run_program
from zoneviz.mach.kernel import Kernel
from zoneviz.settings import Setting, Value

Parameter = Setting
"""The name under which scenario files declare their settings."""


@dataclass(slots=True)
class Run:
    """What a scenario gets: a booted kernel, its parameters by name, and the only source of random numbers."""

    kernel: Kernel
    params: Mapping[str, Any]
    random: random.Random


@dataclass(frozen=True, slots=True)
class Scenario:
    """An experiment: `start(run)` puts programs on `run.kernel` and returns; the kernel then runs them.

    `claims`: ids of the related observations (docs/observations.md), whose contents are not known here.
    `check`: called with all values; UsageError if they contradict each other.
    """

    name: str
    summary: str
    start: Callable[[Run], None]
    parameters: tuple[Parameter, ...] = field(default=())
    claims: tuple[str, ...] = ()
    check: Callable[[Mapping[str, Any]], None] | None = None
    steps: str = ""
    """The parameter that is a list of steps, separated by semicolons; `zoneviz minimise` shortens it."""
    file: Path | None = None
    """Where `load` found it; None for a scenario of zoneviz."""

    @property
    def reference(self) -> str:
        """What `find` finds it by: its file, or its name."""
        return self.name if self.file is None else str(self.file)

    def parse(self, settings: Mapping[str, object]) -> dict[str, Value]:
        """All parameters by name: those in `settings`, as text or typed; the rest by default.

        Errors: UsageError for an unknown name, or values that are not allowed alone or together.
        """
        known = {p.name: p for p in self.parameters}
        for name in settings:
            if name not in known:
                have = ", ".join(known) or "none"
                raise UsageError(f"{self.name} has no parameter {name!r}; it has: {have}.")
        values = {name: p.parse(settings[name]) if name in settings else p.default for name, p in known.items()}
        if self.check is not None:
            self.check(values)
        return values


def scenarios() -> dict[str, Scenario]:
    """All scenarios of this folder by name, sorted."""
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
        raise UsageError(f"There is no scenario {name!r}; there are: {', '.join(known)}, or the .py file of your own.")
    return known[name]


def load(path: Path) -> Scenario:
    """The scenario in a user's own file. Runs the file: callers pass only a path that the user named.

    Errors: InputError if the file is missing, fails to load or has no SCENARIO.
    """
    spec = importlib.util.spec_from_file_location("zoneviz_own_scenario", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise InputError(f"There is no scenario file {path}.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise InputError(f"{path} does not load: {described(error).rstrip('.')}.") from error
    scenario = getattr(module, "SCENARIO", None)
    if not isinstance(scenario, Scenario):
        raise InputError(f"{path} has no SCENARIO = Scenario(...) in it.")
    if not callable(scenario.start):
        raise InputError(f"{path}: the start of its SCENARIO is not a function.")
    return replace(scenario, file=path)


# -- for scenarios in which a user logs in ------------------------------------------------------------------------------

SESSION = (
    Parameter("session", "choice", "console", "Login type.", choices=SESSIONS),
    Parameter("user", "choice", "user", "User account.", choices=USERS),
)
"""The parameters of `in_session`."""


def in_session(run: Run, name: str, body: Body) -> None:
    """Boot a system in which a user logs in, as `session` and `user` say, and runs the program `name`.

    If the program aborts, the run ends with the error.
    """
    run_program(run.kernel, run.params["session"], run.params["user"], name, experiment(run, body))


def experiment(run: Run, body: Body) -> Body:
    """`body`; if its process aborts, the operation has failed and the run ends with the error."""

    def go(p: Process) -> Steps:
        try:
            yield from body(p)
        except Aborted as stop:
            run.kernel.operation(stop.error)
            yield (fail, stop.error)

    return go


def descriptors(default: bool) -> Parameter:
    """The parameter of scenarios that open many files in one process."""
    text = "Whether each open takes a descriptor, of which a process can have 1,024 (RLIMIT_NOFILE); no: as file_name_lookup() does."
    return Parameter("descriptors", "bool", default, text)


def pause(run: Run, rounds: int = 1) -> int:
    """The wait in ns after `rounds` rounds at `rate` per second, varied by `jitter`."""
    varied = 1 + run.params["jitter"] * (2 * run.random.random() - 1)
    return int(rounds * 1_000_000_000 / run.params["rate"] * varied)


def fail(kernel: Kernel, thread: object, kern_return: int) -> None:
    """A trap that ends the run with the error of a failed call."""
    kernel.finish("error", kern_return)
