"""`zoneviz profiles`: the kernels and machines one can boot."""

from typing import Annotated

import typer

from zoneviz.cli.output import console, parameters_text, print_json
from zoneviz.mach.profile import DEFAULT_PROFILE, PROFILES, SETTINGS


def profiles(json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False) -> None:
    """List the profiles and the values each one has; `run --set NAME=VALUE` overrides one."""
    if json:
        print_json(
            [
                {"name": p.name, "summary": p.summary, "default": p.name == DEFAULT_PROFILE, "settings": p.settings()}
                for p in PROFILES.values()
            ]
        )
        return
    out = console()
    for p in PROFILES.values():
        values = p.settings()
        out.print(f"{p.name}{' (the default)' if p.name == DEFAULT_PROFILE else ''}: {p.summary}")
        out.print("    " + parameters_text({name: setting.text(values[name]) for name, setting in SETTINGS.items()}))
