"""`zoneviz scenarios`: what can be run."""

from typing import Annotated

import typer

from zoneviz import scenarios as registry
from zoneviz.cli.output import console, plain, print_json, table


def scenarios(json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False) -> None:
    """List the scenarios and their parameters."""
    found = registry.scenarios().values()
    if json:
        print_json(
            [
                {
                    "name": s.name,
                    "summary": s.summary,
                    "claims": list(s.claims),
                    "parameters": [
                        {
                            "name": p.name,
                            "kind": p.kind,
                            "default": p.default,
                            "unit": p.unit,
                            "low": p.low,
                            "high": p.high,
                            "choices": list(p.choices),
                            "help": p.help,
                        }
                        for p in s.parameters
                    ],
                }
                for s in found
            ]
        )
        return
    out = console()
    for s in found:
        speaks = f" Speaks to {', '.join(s.claims)}." if s.claims else ""
        out.print(f"{plain(s.name)}: {plain(s.summary)}{plain(speaks)}")
        if s.parameters:
            rows = ((p.name, p.shown(p.default), p.allowed(), p.help) for p in s.parameters)
            out.print(table(("parameter", "default", "allowed", "meaning"), rows))
        out.print()
