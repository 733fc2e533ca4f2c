"""What a list of recordings says about each: its header, and the settings in which its run differs from the defaults."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from zoneviz import scenarios
from zoneviz.app.spec import again
from zoneviz.errors import UsageError, ZonevizError
from zoneviz.mach.profile import DEFAULT_PROFILE, SETTINGS
from zoneviz.recording import Recording
from zoneviz.recording.header import Header
from zoneviz.settings import text

SUFFIXES = (".zvz.zst", ".zvz")
"""Endings of recordings, packed and plain."""
_OWN_NAME = re.compile(r"(.+)-\d+-\d{8}-\d{6}(?:-\d+)?")
"""The default name of a recording: scenario, seed, day and time."""


@dataclass(frozen=True, slots=True)
class Head:
    """The header of a recording without its result. `settings`: those that differ from the defaults, as text by name; `problem`: why it
    cannot be read, "" if it can."""

    header: Header
    settings: tuple[tuple[str, str], ...] = ()
    problem: str = ""

    @property
    def identity(self) -> str:
        """Tells this recording from others, whatever its file is called; "" if it is unreadable."""
        header = self.header
        return "" if self.problem else " ".join((header.created, header.scenario, str(header.seed), header.system, header.part_of))


def read(path: Path) -> Head:
    """The head of the recording at `path`; one with a `problem` if it cannot be read."""
    try:
        with Recording(path) as recording:
            header = recording.header
    except ZonevizError as error:
        return Head(Header(), problem=str(error))
    return Head(replace(header, result={}), tuple(differing(header).items()))


def differing(header: Header) -> dict[str, str]:
    """The profile, settings and seed of a simulated run that differ from the defaults, as text by name.

    Empty for other recordings, and for runs that this version of zoneviz cannot make again.
    """
    if not header.can_run_again:
        return {}
    try:
        spec = again(header).reduced()
    except UsageError:
        return {}
    own = {setting.name: setting for setting in scenarios.find(spec.scenario).parameters}
    out = {} if spec.profile == DEFAULT_PROFILE else {"profile": spec.profile}
    for name, value in spec.settings.items():
        setting = own.get(name) or SETTINGS.get(name)
        out[name] = text(value) if setting is None else setting.text(value)
    return out if spec.seed == 1 else {**out, "seed": str(spec.seed)}


def stem(path: Path) -> str:
    """The name of a recording's file without its ending."""
    return next((path.name.removesuffix(suffix) for suffix in SUFFIXES if path.name.endswith(suffix)), path.name)


def title(path: Path) -> str:
    """What the recording is called in a list: the name that a user gave the file, or the experiment if nobody gave it one."""
    found = _OWN_NAME.fullmatch(stem(path))
    return found[1] if found else stem(path)
