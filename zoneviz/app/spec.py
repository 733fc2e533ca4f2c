"""From a recording to its run, and where new recordings go."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import platformdirs

from zoneviz import scenarios
from zoneviz.errors import EnvironmentProblem, UsageError
from zoneviz.recording.header import Header
from zoneviz.spec import RunSpec
from zoneviz.words import one_line, plain


def again(header: Header, changes: Mapping[str, Any] | None = None, file: str | None = None) -> RunSpec:
    """The run of a recording again, with `changes` to its settings. `file`: the scenario's, if it is a user's own.

    A recording names its scenario and nothing else: a path in it is never run.
    Errors: UsageError if the scenario is not part of zoneviz and no file is given.
    """
    if file is None and header.scenario not in scenarios.scenarios():
        raise UsageError(f"The scenario {header.scenario!r} is not part of zoneviz: name the .py file it is in.")
    return _spec(header, file or header.scenario, changes or {})


def command(header: Header, file: Path | None = None) -> str:
    """The command that makes the same run, one option to a line, quoted for a shell. `file`: the scenario's, if it is a user's own.

    Empty for what was not simulated here, and for a user's own scenario without its file.
    """
    own = header.scenario not in scenarios.scenarios()
    if not header.can_run_again or not header.scenario or (own and file is None):
        return ""
    return again(header, file=str(file) if own else None).command()


def needs_file(header: Header) -> str:
    """Why there is no command, for a user's own scenario whose file is not known here; else empty."""
    if not header.can_run_again or not header.scenario or header.scenario in scenarios.scenarios():
        return ""
    name = one_line(plain(header.scenario), 60)
    return f"To make this run again, you need the scenario file of “{name}”. Ask its author for it, then open it."


def _spec(header: Header, scenario: str, changes: Mapping[str, Any]) -> RunSpec:
    return RunSpec(scenario, header.profile, {**header.parameters, **changes}, header.seed)


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
