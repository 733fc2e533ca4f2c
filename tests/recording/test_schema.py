"""The file as other programs see it: documented SQL works, all tables are documented, the view has the names."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recording import toy
from tests.recording.test_recorder import record
from zoneviz.events import Kind
from zoneviz.fields import FIELDS, Refers
from zoneviz.recording import header as headers
from zoneviz.recording import schema

DOCUMENT = (Path(__file__).parents[2] / "docs" / "recording-format.md").read_text()
EXAMPLES = re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("f") / "a.zvz"
    record(path, 3000, [3000])
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    yield connection
    connection.close()


@pytest.mark.parametrize("sql", EXAMPLES)
def test_the_documented_sql_works(db: sqlite3.Connection, sql: str) -> None:
    rows = db.execute(sql).fetchall()
    assert rows or "parameters" in sql


def test_the_document_has_examples() -> None:
    assert len(EXAMPLES) >= 7


def test_live_elements_by_sql_are_those_of_the_samples(db: sqlite3.Connection) -> None:
    (sql,) = (sql for sql in EXAMPLES if "still alive" in sql or "'ipc ports'" in sql)
    elements = sum(row[1] for row in db.execute(sql))
    (in_use,) = db.execute("SELECT in_use FROM zone_samples WHERE zone = 3 ORDER BY seq DESC LIMIT 1").fetchone()
    assert elements == in_use > 0


def test_every_table_and_column_is_documented(db: sqlite3.Connection) -> None:
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]
    assert set(schema.REQUIRED) | {"events_named"} == set(tables)
    for table in tables:
        assert table in DOCUMENT
        for (column,) in db.execute(f"SELECT name FROM pragma_table_info('{table}')"):
            assert re.search(rf"\b{column}\b", DOCUMENT), f"{table}.{column}"
    assert f"**{schema.FORMAT}**" in DOCUMENT and f"{schema.APPLICATION_ID:#X}"[2:] in DOCUMENT


def test_kinds_describe_their_fields(db: sqlite3.Connection) -> None:
    found = db.execute("SELECT * FROM kinds ORDER BY id").fetchall()
    assert found == [
        (int(kind), kind.name, *(part or "" for field in FIELDS[kind] for part in (field.words, field.refers, field.unit)))
        for kind in sorted(Kind)
    ]


def test_the_view_has_the_names(db: sqlite3.Connection) -> None:
    db.row_factory = sqlite3.Row
    rows = db.execute("SELECT * FROM events_named ORDER BY seq").fetchall()
    db.row_factory = None
    catalog = toy.catalog()
    assert len(rows) == 3000
    for row, event in zip(rows, toy.run(3000), strict=True):
        kind, time, task, thread, path, subject, address, size, extra = event
        assert (row["kind"], row["time"], row["call_path"]) == (Kind(kind).name, time, catalog.paths.text(path))
        assert (row["task"], row["thread"], row["subject"], row["address"], row["size"], row["extra"]) == (
            task, thread, subject, address, size, extra,
        )  # fmt: skip
        refers = FIELDS[Kind(kind)].subject.refers
        assert row["zone"] == (toy.ZONES[subject - 1] if refers is Refers.ZONE else None)
        assert row["map"] == (catalog.maps[subject - 1].name if refers is Refers.MAP else None)
        assert row["task_name"] == (f"task {task}" if task else None)
    assert (rows[-1]["subject_text"], rows[-1]["extra_text"]) == ("zalloc: zone maps exhausted", "zone_map")


def test_no_index_slows_the_hot_path(db: sqlite3.Connection) -> None:
    assert not db.execute("SELECT * FROM sqlite_master WHERE type = 'index' AND tbl_name IN ('events', 'samples')").fetchall()


def test_the_header_has_the_documented_columns(db: sqlite3.Connection) -> None:
    assert [row[1] for row in db.execute("PRAGMA table_info(recording)")] == list(headers.COLUMNS)
