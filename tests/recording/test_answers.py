"""SQL of a user: limits, and one sentence for each error."""

from pathlib import Path

import pytest

from tests.recording.test_recorder import record
from zoneviz.errors import UsageError
from zoneviz.recording import Recording


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    record(tmp_path / "a.zvz", 1500, [700])
    return Recording(tmp_path / "a.zvz")


def test_columns_and_rows(recording: Recording) -> None:
    found = recording.table("SELECT seq, time, seq FROM events WHERE seq <= 3 ORDER BY seq")
    events = recording.events(1, 3)
    assert found.columns == ["seq", "time", "seq"]
    assert found.rows == [(row[0], row[2], row[0]) for row in events.tolist()]
    assert not found.more


def test_at_most_the_requested_rows(recording: Recording) -> None:
    found = recording.table("SELECT seq FROM events ORDER BY seq", most=10)
    assert [row[0] for row in found.rows] == list(range(1, 11)) and found.more
    assert not recording.table("SELECT seq FROM events WHERE seq <= 10", most=10).more


def test_too_long_values_end_the_answer(recording: Recording) -> None:
    long = "SELECT replace(hex(zeroblobs.x), '0', 'aaaaaaaaaa') FROM (SELECT printf('%.*c', 1000000, 'x') AS x FROM events) AS zeroblobs"
    found = recording.table(long, most=1000)
    assert found.more and sum(len(str(row[0])) for row in found.rows) < 1 << 25


@pytest.mark.parametrize("sql", [
    "DELETE FROM events", "SELECT * FROM nothing", "SELEC 1", "SELECT 1; SELECT 2", "ATTACH 'x' AS y", "PRAGMA journal_mode = DELETE",
    "SELECT load_extension('x')", "UPDATE events SET time = 0", "CREATE TEMP TABLE t (a)", "", "SELECT readfile('/etc/passwd')",
    "INSERT INTO events DEFAULT VALUES RETURNING seq", "WITH x AS (SELECT 1) DELETE FROM events",
])  # fmt: skip
def test_forbidden_sql_gives_one_sentence(recording: Recording, sql: str) -> None:
    before = recording.path.read_bytes()
    if not sql:
        assert recording.table(sql).rows == []
        return
    with pytest.raises(UsageError) as error:
        recording.table(sql)
    assert str(error.value).endswith(".") and "\n" not in str(error.value)
    assert recording.path.read_bytes() == before


def test_a_slow_query_is_stopped(recording: Recording) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(UsageError, match="stopped"):
        recording.table(endless, seconds=0.05)
    assert recording.events(1, 1)[0, 0] == 1  # still readable
