"""Writes what the program can say itself: docs/commands.md, docs/scenarios.md, resources/schema.sql. `make docs` runs it; tests compare."""

import sqlite3
from contextlib import closing
from pathlib import Path

from zoneviz import resources
from zoneviz.cli.main import app
from zoneviz.cli.manual import commands, markdown
from zoneviz.recording import schema
from zoneviz.recording.header import COLUMNS
from zoneviz.scenarios import scenarios

DOCS = Path(__file__).parent.parent / "docs"


def made() -> dict[str, str]:
    """By file name, what should stand there."""
    return {"commands.md": markdown(commands(app)), "scenarios.md": of_scenarios()}


def of_scenarios() -> str:
    """Every scenario, its parameters and what it speaks to."""
    out = [
        "# The scenarios",
        "Made by `make docs` from the program itself; a test holds the two together. `zoneviz scenarios` says the same. One's own: "
        "docs/writing-a-scenario.md.",
    ]
    for scenario in scenarios().values():
        out += [f"## {scenario.name}", scenario.summary, f"    zoneviz run {scenario.name}"]
        if scenario.claims:
            seen = "What was observed on real systems and this is to reproduce, as `zoneviz claims` checks"
            out.append(f"{seen}: {', '.join(scenario.claims)}.")
        if scenario.parameters:
            rows = ["| parameter | default | allowed | meaning |", "|---|---|---|---|"]
            for p in scenario.parameters:
                cells = (f"`{p.name}`", p.shown(p.default), p.allowed(), p.help)
                rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
            out.append("\n".join(rows))
    return "\n\n".join(out) + "\n"


def schema_sql() -> str:
    """The statements that make the tables of a recording, as SQLite keeps them."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        schema.create(db, COLUMNS)
        made = [sql.strip() for (sql,) in db.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL")]
    first = "-- Made by `make docs` from zoneviz/recording/schema.py. A recording that holds anything else is refused."
    return ";\n\n".join([f"{first}\n\n{made[0]}", *made[1:]]) + ";\n"


def main() -> None:
    """Write them."""
    for name, text in made().items():
        (DOCS / name).write_text(text)
    resources.schema().write_text(schema_sql())


if __name__ == "__main__":
    main()
