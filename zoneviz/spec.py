"""What to run: one description of a run for the form, the command line, variants, claims and the queue."""

import os
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from zoneviz import scenarios
from zoneviz.errors import UsageError
from zoneviz.mach.profile import DEFAULT_PROFILE, KERNEL, PROFILES, SETTINGS, Profile, override
from zoneviz.mach.switching import Switch
from zoneviz.mach.switching import parse as parse_switches
from zoneviz.scenarios import Scenario
from zoneviz.settings import Setting, Value, text

SEED = Setting("seed", "int", 1, "The only source of random choices: the same seed gives the same run.", low=0, high=(1 << 63) - 1)
"""Recorded as a signed 64-bit integer."""
PROFILE = Setting("profile", "choice", DEFAULT_PROFILE, "The kernel and the machine it runs on.", choices=tuple(PROFILES), group=KERNEL)
SWITCH = "switch"
"""A setting of every run: what changes while it runs, as mach/switching.py reads it."""
MAX_EVENTS = Setting("max_events", "int", 1, "Interrupt the run after this many events.", low=1)


class Settings(Mapping[str, Any]):
    """Settings by name, as text or typed values; immutable and hashable. Their order does not count when compared."""

    def __init__(self, given: Mapping[str, Any] | Iterable[str] = ()) -> None:
        """Errors: UsageError for a text that is not `NAME=VALUE`."""
        if isinstance(given, str) or not isinstance(given, Iterable):
            raise UsageError(f"Settings are given by name, or as a list of NAME=VALUE, not as {given!r}.")
        pairs = given.items() if isinstance(given, Mapping) else map(_pair, given)
        self._values = dict(pairs)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        return repr(self._values)


@dataclass(frozen=True, slots=True, init=False)
class RunSpec:
    """A run as a user asks for it. Immutable and comparable; hashable if its settings are.

    scenario: a name, or the path of a `.py` file.
    settings: by name, or as a list of `NAME=VALUE`; text as a user types it, or typed values (sizes in bytes).
    output: the recording to write; None: a new file in the default folder. record: False keeps no recording.
    max_events: interrupt the run at the first scheduler step after this many events.
    force: replace an existing output.
    against: the run is a variant of this recording; callers compare the two when it has ended.

    Errors: UsageError for a scenario that is neither text nor a path, and settings that are not `NAME=VALUE`; `resolve` checks the rest.
    """

    scenario: str
    profile: str
    settings: Settings
    seed: int
    output: Path | None
    record: bool
    max_events: int | None
    force: bool
    against: Path | None

    def __init__(
        self,
        scenario: str | os.PathLike[str],
        profile: str = DEFAULT_PROFILE,
        settings: Mapping[str, Any] | Iterable[str] = (),
        seed: int = 1,
        output: str | os.PathLike[str] | None = None,
        record: bool = True,
        max_events: int | None = None,
        force: bool = False,
        against: str | os.PathLike[str] | None = None,
    ) -> None:
        if not isinstance(scenario, str | os.PathLike):
            raise UsageError(f"A scenario is a name or the path of a .py file, not {scenario!r}.")
        values = (
            os.fspath(scenario),
            profile,
            Settings(settings),
            seed,
            None if output is None else Path(output),
            record,
            max_events,
            force,
            None if against is None else Path(against),
        )
        for name, value in zip(self.__slots__, values, strict=True):
            object.__setattr__(self, name, value)

    def resolve(self) -> "Plan":
        """Find every name and parse every value.

        Errors: UsageError in one sentence for an unknown name or a value that is not allowed; InputError for a
        scenario file that cannot be loaded.
        """
        seed: Any = SEED.parse(self.seed)
        max_events: Any = None if self.max_events is None else MAX_EVENTS.parse(self.max_events)
        if self.output is not None and not self.record:
            raise UsageError("A run that is not recorded has no output file.")
        profile = PROFILES[str(PROFILE.parse(self.profile))]
        scenario = scenarios.find(self.scenario)
        own = {p.name for p in scenario.parameters}
        params: dict[str, Any] = {}
        overridden: dict[str, Value] = {}
        switches: tuple[Switch, ...] = ()
        for name, value in self.settings.items():
            if name == SWITCH and name not in own:
                switches = parse_switches(str(value))
            elif name in own:
                params[name] = value
            elif name in SETTINGS:
                profile = override(profile, name, value)
                overridden[name] = getattr(profile, name)
            else:
                have = f"{scenario.name} has: {', '.join(sorted(own)) or 'nothing'}; a profile has: {', '.join(SETTINGS)}"
                raise UsageError(f"There is no {name!r} to set; {have}.")
        return Plan(scenario, profile, scenario.parse(params), overridden, seed, max_events, switches)

    def reduced(self) -> "RunSpec":
        """The same run with typed settings and without those that have their default: equal runs become equal specs.

        Errors: as `resolve`.
        """
        plan, default = self.resolve(), replace(self, settings=Settings()).resolve().values()
        changed = {name: value for name, value in plan.parameters().items() if value != default.get(name)}
        return replace(self, settings=Settings(changed), seed=plan.seed)

    def arguments(self) -> list[str]:
        """The words of the command line, after `zoneviz`, that make this run."""
        return [word for option in self._options() for word in option]

    def command(self) -> str:
        """The command line that makes this run, one option to a line, quoted for a shell."""
        first, *rest = map(shlex.join, self._options())
        return " \\\n  ".join([f"zoneviz {first}", *rest])

    def _options(self) -> Iterator[list[str]]:
        yield ["run", self.scenario]
        yield ["--profile", self.profile]
        for name, value in self.settings.items():
            yield ["--set", f"{name}={text(value)}"]
        yield ["--seed", str(self.seed)]
        if self.max_events is not None:
            yield ["--max-events", str(self.max_events)]
        if not self.record:
            yield ["--no-record"]
        if self.output is not None:
            yield ["--output", str(self.output)]
        if self.force:
            yield ["--force"]
        if self.against is not None:
            yield ["--against", str(self.against)]


class Plan(NamedTuple):
    """A resolved RunSpec: objects in place of names, parsed values in place of text.

    `params`: all of the scenario's; `overridden`: those of the profile that were set; `switches`: in the order of their events.
    """

    scenario: Scenario
    profile: Profile
    params: dict[str, Value]
    overridden: dict[str, Value]
    seed: int
    max_events: int | None
    switches: tuple[Switch, ...] = ()

    def parameters(self) -> dict[str, Value]:
        """What a recording keeps: with scenario, profile and seed it makes the same run."""
        later = {SWITCH: "; ".join(map(str, self.switches))} if self.switches else {}
        return {**self.params, **self.overridden, **later}

    def values(self) -> dict[str, Value]:
        """Every value of the run by name, the scenario's before the profile's of the same name."""
        return {**self.profile.settings(), **self.params}


def _pair(setting: str) -> tuple[str, str]:
    name, equals, value = str(setting).partition("=")
    if not equals or not name.strip():
        raise UsageError(f"{setting!r} is not of the form NAME=VALUE.")
    return name.strip(), value.strip()
