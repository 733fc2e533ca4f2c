"""`zoneviz profiles`: the kernels and machines that can be simulated."""

from zoneviz.cli.arguments import Json
from zoneviz.cli.output import console, parameters_text, print_json, table
from zoneviz.cli.verbs import Verb
from zoneviz.mach.profile import DEFAULT_PROFILE, PROFILES, SETTINGS


def profiles(json: Json = False) -> None:
    """List the kernels and machines that can be simulated, with their values. `run --set NAME=VALUE` overrides a value."""
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
    out.print()
    out.print(table(("value", "allowed", "meaning"), ((s.name, s.allowed(), s.help) for s in SETTINGS.values())))


VERB = Verb(profiles, "Run")
