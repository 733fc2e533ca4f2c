"""Names for A and B: their files, and the settings in which they differ."""

from typing import Any

from zoneviz.mach.profile import SETTINGS
from zoneviz.playback.compare.sequence import mixed
from zoneviz.recording import Recording
from zoneviz.recording.header import Header
from zoneviz.settings import text
from zoneviz.spec import RunSpec

LONGEST = 200
"""Characters kept of a name."""


def labels(a: Recording, b: Recording) -> tuple[str, str]:
    """(name of A, name of B): the file, and each setting that differs. A recording of a real kernel has no settings."""
    if mixed(a, b):
        one, other = (f"{r.path.name} · {'simulated' if r.header.can_run_again else 'a real kernel'}" for r in (a, b))
        return one, other
    settings_of = [
        {"scenario": h.scenario, "profile": h.profile, **h.profile_values, **h.parameters, "seed": h.seed} for h in (a.header, b.header)
    ]
    unequal = [name for name in dict.fromkeys((*settings_of[0], *settings_of[1])) if settings_of[0].get(name) != settings_of[1].get(name)]
    out = [
        " · ".join([recording.path.name, *(f"{name} {_value(name, settings[name])}" for name in unequal if settings.get(name) is not None)])
        for recording, settings in zip((a, b), settings_of, strict=True)
    ]
    return out[0], out[1]


def changed(header: Header, spec: RunSpec) -> str:
    """The settings of `spec` that differ from a recorded run's, as `zone_map_size 32 MiB, seed 2`.

    Errors: UsageError if `spec` is invalid.
    """
    plan = spec.resolve()
    before = {"profile": header.profile, **header.profile_values, **header.parameters, "seed": header.seed}
    after = {"profile": plan.profile.name, **plan.values(), "seed": plan.seed}
    return ", ".join(f"{name} {_value(name, value)}" for name, value in after.items() if before.get(name) != value)


def _value(name: str, value: Any) -> str:
    return SETTINGS[name].text(value) if name in SETTINGS else text(value)
