"""A recording is plain SQLite: the sqlite3 shell, sqlite-utils and Datasette read it, each as a person would start it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.recording.test_recorder import record
from zoneviz.recording import Recording

DOCUMENT = (Path(__file__).parents[2] / "docs" / "recording-format.md").read_text()
QUERIES = [sql.strip().removesuffix(";") for sql in re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)]


def read(*command: str) -> Any:
    """What a program that answers in JSON says."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout or "[]")


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


@pytest.mark.parametrize("query", QUERIES)
def test_every_question_of_the_document_has_the_same_answer_everywhere(bomb: Path, query: str) -> None:
    """Counts by kind, zone and task among them."""
    expected = ours(bomb, query)
    assert expected or "parameters" in query
    by_utils = read(sys.executable, "-m", "sqlite_utils", "query", str(bomb), query, "--arrays")
    by_datasette = read(sys.executable, "-m", "datasette", str(bomb), "--get", address("bomb", query))
    assert by_utils == expected
    assert [list(row.values()) for row in by_datasette] == expected


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
