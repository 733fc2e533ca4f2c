"""`zoneviz scenarios`: what can be run."""

from zoneviz import scenarios as registry
from zoneviz.cli.arguments import Json
from zoneviz.cli.output import console, print_json, table
from zoneviz.cli.verbs import Verb
from zoneviz.words import plain

_FIELDS = ("name", "kind", "default", "unit", "low", "high", "choices", "help")


def scenarios(json: Json = False) -> None:
    """List the scenarios and their parameters."""
    found = registry.scenarios().values()
    if json:
        print_json(
            [
                {
                    "name": s.name,
                    "summary": s.summary,
                    "claims": list(s.claims),
                    "parameters": [{field: getattr(p, field) for field in _FIELDS} for p in s.parameters],
                }
                for s in found
            ]
        )
        return
    out = console()
    for s in found:
        related = f" Related observations: {', '.join(s.claims)}." if s.claims else ""
        out.print(f"{plain(s.name)}: {plain(s.summary)}{plain(related)}")
        if s.parameters:
            rows = ((p.name, p.shown(p.default), p.allowed(), p.help) for p in s.parameters)
            out.print(table(("parameter", "default", "allowed", "meaning"), rows))
        out.print()


VERB = Verb(scenarios, "Run")
