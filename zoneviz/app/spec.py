"""What a person asks for when they ask for a run, and what it comes to once every name and value is understood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shlex import quote

import platformdirs

from zoneviz import scenarios
from zoneviz.errors import EnvironmentProblem, UsageError
from zoneviz.mach.profile import DEFAULT_PROFILE, KERNEL, PROFILES, SETTINGS, Profile, override
from zoneviz.recording.header import SIMULATED, Header
from zoneviz.scenarios import Scenario
from zoneviz.settings import Setting, Value

SEED = Setting("seed", "int", 1, "The only source of random choices: the same seed gives the same run.", low=0, high=(1 << 63) - 1)
"""Stored as a signed 64-bit integer."""
PROFILE = Setting("profile", "choice", DEFAULT_PROFILE, "The kernel and the machine it runs on.", choices=tuple(PROFILES), group=KERNEL)


@dataclass(frozen=True, slots=True)
class RunSpec:
    """A run as a person asks for it. `scenario` is a name or a path to a `.py` file, `settings` are texts, by name or
    as a list of `NAME=VALUE`.

    `output` None: a new file in the default folder. `max_events`: end the run, as interrupted, at the first
    scheduler step after so many events. `force`: an existing output may be replaced.
    """

    scenario: str
    profile: str = DEFAULT_PROFILE
    settings: Mapping[str, str] | Sequence[str] = ()
    seed: int = 1
    output: Path | None = None
    record: bool = True
    max_events: int | None = None
    force: bool = False

    def resolve_scenario(self) -> Scenario:
        """The scenario alone. Errors: as `resolve`."""
        return scenarios.find(self.scenario)

    def resolve(self) -> "Plan":
        """What is to be run.

        Errors: UsageError in one sentence for an unknown name or a value that is not allowed; InputError for a
        scenario file that cannot be loaded.
        """
        SEED.parse(self.seed)
        if self.max_events is not None and self.max_events < 1:
            raise UsageError(f"The maximum of {self.max_events} events is not at least 1.")
        if self.output is not None and not self.record:
            raise UsageError("A run that is not recorded has no output file.")
        if self.profile not in PROFILES:
            raise UsageError(f"There is no profile {self.profile!r}; there are: {', '.join(PROFILES)}.")
        scenario, profile = scenarios.find(self.scenario), PROFILES[self.profile]
        own = {p.name for p in scenario.parameters}
        texts: dict[str, str] = {}
        overridden: dict[str, Value] = {}
        for name, text in pairs(self.settings):
            if name in own:
                texts[name] = text
            elif name in SETTINGS:
                profile = override(profile, name, text)
                overridden[name] = profile.settings()[name]
            else:
                have = f"{scenario.name} has: {', '.join(sorted(own)) or 'nothing'}; a profile has: {', '.join(SETTINGS)}"
                raise UsageError(f"There is no {name!r} to set; {have}.")
        return Plan(scenario, profile, scenario.parse(texts), overridden)


@dataclass(frozen=True, slots=True)
class Plan:
    """A run whose names and values are understood: `params` are the scenario's, `overridden` the profile's that were set."""

    scenario: Scenario
    profile: Profile
    params: Mapping[str, Value]
    overridden: Mapping[str, Value]

    def parameters(self) -> dict[str, Value]:
        """All that, with profile and seed, makes the same run again."""
        return {**self.params, **self.overridden}


def pairs(settings: Mapping[str, str] | Sequence[str]) -> list[tuple[str, str]]:
    """Names and texts of settings.

    Errors: UsageError for one that is not `NAME=VALUE`.
    """
    if isinstance(settings, Mapping):
        return list(settings.items())
    pairs = []
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"{setting!r} is not of the form NAME=VALUE.")
        pairs.append((name.strip(), text.strip()))
    return pairs


def recordings_folder() -> Path:
    """Where recordings go that were given no name; it may not exist yet."""
    return Path(platformdirs.user_data_dir("zoneviz", appauthor=False)) / "recordings"


def default_output(scenario: str, seed: int, now: datetime, folder: Path | None = None) -> Path:
    """A path for a new recording in the default folder, which is made; `now` is the wall clock's.

    Errors: EnvironmentProblem if the folder cannot be made.
    """
    folder = folder or recordings_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentProblem(f"The folder {folder} cannot be made: {error.strerror}; name an output file with -o.") from error
    stem = f"{''.join(c if c.isalnum() else '-' for c in scenario)}-{seed}-{now:%Y%m%d-%H%M%S}"
    path, number = folder / f"{stem}.zvz", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}.zvz", number + 1
    return path


def command(header: Header) -> str:
    """The command that makes the same run again, on lines joined by backslashes; empty for what was not simulated here."""
    if header.kind != SIMULATED or not header.scenario:
        return ""
    parts = [f"zoneviz run {quote(header.scenario)}", f"--profile {quote(header.profile)}"]
    parts += [f"--set {quote(f'{name}={value}')}" for name, value in header.parameters.items()]
    return " \\\n  ".join([*parts, f"--seed {header.seed}"])
