"""Writes what the program can say itself: docs/commands.md, docs/scenarios.md, resources/schema.sql and the README's table of commands.

`make docs` runs it; tests compare.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from zoneviz import resources
from zoneviz.cli.manual import commands, markdown, readme_table
from zoneviz.recording import schema
from zoneviz.recording.header import COLUMNS
from zoneviz.scenarios import scenarios

README = Path(__file__).parent.parent / "README.md"
DOCS = README.parent / "docs"
BEGIN, END = "<!-- commands: made by `make docs` -->\n", "<!-- end of commands -->\n"


def made() -> dict[str, str]:
    """The generated text of each document, by file name."""
    return {"commands.md": markdown(commands()), "scenarios.md": of_scenarios()}


def readme(text: str) -> str:
    """`text`, the README, with its table of commands replaced by the program's."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{readme_table(commands())}{END}{after}"


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
    README.write_text(readme(README.read_text()))
    resources.schema().write_text(schema_sql())


if __name__ == "__main__":
    main()
