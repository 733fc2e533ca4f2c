"""A recording is plain SQLite: the sqlite3 shell, sqlite-utils and Datasette read it, started as a user starts them."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.recording.test_recorder import record
from zoneviz.recording import Recording

DOCUMENT = (Path(__file__).parents[2] / "docs" / "recording-format.md").read_text()
QUERIES = [sql.strip().removesuffix(";") for sql in re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)]


EACH = """
import json, sys
from {module} import cli
for words in json.loads(sys.argv[1]):
    try:
        cli.main(words, standalone_mode=False)
    except SystemExit as end:
        if end.code:
            raise
"""
"""Runs a click program once per list of words, in one process: starting it costs more than a query."""


def read(*command: str) -> Any:
    """The JSON that a command prints."""
    (answer,) = answers(command)
    return answer


def answers(command: Sequence[str]) -> list[Any]:
    """The JSON texts that a command prints one after the other."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found, text = [], done.stdout.strip() or "[]"
    while text:
        answer, end = json.JSONDecoder().raw_decode(text)
        found.append(answer)
        text = text[end:].lstrip()
    return found


def each(module: str, calls: list[list[str]]) -> list[Any]:
    """The answers of a program to each call, in one process."""
    return answers([sys.executable, "-c", EACH.format(module=module), json.dumps(calls)])


@pytest.fixture(scope="module")
def bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished recording in a folder that nobody may write to."""
    folder = tmp_path_factory.mktemp("read-only")
    path = folder / "bomb.zvz"
    record(path, 3000, [3000])
    path.chmod(0o444)
    folder.chmod(0o555)
    return path


def ours(path: Path, query: str) -> list[list[Any]]:
    """The rows that zoneviz itself reads."""
    with Recording(path) as recording:
        return [list(row.values()) for row in recording.query(query)]


def test_every_query_of_the_document_has_the_same_answer_everywhere(bomb: Path) -> None:
    """Counts by kind, zone and task among them."""
    expected = [ours(bomb, query) for query in QUERIES]
    assert all(rows or "parameters" in query for rows, query in zip(expected, QUERIES, strict=True))
    assert each("sqlite_utils.cli", [["query", str(bomb), query, "--arrays"] for query in QUERIES]) == expected
    by_datasette = each("datasette.cli", [[str(bomb), "--get", address("bomb", query)] for query in QUERIES])
    assert [[list(row.values()) for row in rows] for rows in by_datasette] == expected


def test_one_query_as_a_user_types_it(bomb: Path) -> None:
    query = QUERIES[0]
    by_utils = read(sys.executable, "-m", "sqlite_utils", "query", str(bomb), query, "--arrays")
    by_datasette = read(sys.executable, "-m", "datasette", str(bomb), "--get", address("bomb", query))
    assert by_utils == [list(row.values()) for row in by_datasette] == ours(bomb, query)


def address(database: str, query: str) -> str:
    """Where Datasette answers a query with a list of objects."""
    return f"/{database}.json?" + urlencode({"sql": query, "_shape": "array"})


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="this machine has no sqlite3 shell")
def test_the_sqlite3_shell_reads_it(bomb: Path) -> None:
    for query in QUERIES:
        rows = read("sqlite3", "-readonly", "-json", str(bomb), query)
        assert [list(row.values()) for row in rows] == ours(bomb, query)


def test_datasette_lists_the_tables(bomb: Path) -> None:
    tables = read(sys.executable, "-m", "datasette", str(bomb), "--get", "/bomb.json")["tables"]
    assert {"events", "zones", "zone_samples", "checkpoints"} <= {table["name"] for table in tables}
