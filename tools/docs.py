"""Writes what the program can say itself: docs/commands.md, docs/scenarios.md, resources/schema.sql and the README's table of commands.

`make docs` runs it; tests compare.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from zoneviz import resources
from zoneviz.cli.manual import commands, markdown, readme_table
from zoneviz.mach.profile import DEFAULT_PROFILE, SETTINGS
from zoneviz.recording import schema
from zoneviz.recording.header import COLUMNS
from zoneviz.scenarios import scenarios
from zoneviz.settings import Setting

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
    """docs/scenarios.md: every scenario with its settings and related observations, and the settings of a profile."""
    out = [
        "# The scenarios",
        "What `zoneviz run` can run, and what `--set NAME=VALUE` can change: settings of the scenario, and at the end those of the "
        "kernel, which every scenario has. Made by `make docs` from the program; `zoneviz scenarios` and `zoneviz profiles` print "
        "the same. docs/writing-a-scenario.md says how to add one.",
    ]
    for scenario in scenarios().values():
        out += [f"## {scenario.name}", scenario.summary, f"    zoneviz run {scenario.name}"]
        if scenario.claims:
            out.append(f"Related observations: {', '.join(scenario.claims)} (docs/observations.md).")
        if scenario.parameters:
            out.append(_settings(scenario.parameters))
    for group in dict.fromkeys(setting.group for setting in SETTINGS.values()):
        rows = [setting for setting in SETTINGS.values() if setting.group == group]
        out += [f"## Every scenario: {group.title}", f"{group.help}. Defaults are those of the profile {DEFAULT_PROFILE}.", _settings(rows)]
    return "\n\n".join(out) + "\n"


def _settings(settings: Iterable[Setting]) -> str:
    rows = ["| setting | default | allowed | meaning |", "|---|---|---|---|"]
    for s in settings:
        cells = (f"`{s.name}`", s.shown(s.default), s.allowed(), s.help)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


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
