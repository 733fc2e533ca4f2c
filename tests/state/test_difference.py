"""The difference between two moments equals an SQL sum over the events between them."""

from pathlib import Path

from tests.recording.test_recorder import record
from zoneviz.events import Kind
from zoneviz.playback import Player
from zoneviz.recording import Recording
from zoneviz.state.difference import between


def test_elements_are_those_allocated_less_those_freed(tmp_path: Path) -> None:
    record(tmp_path / "a.zvz", 3000, [700])
    with Recording(tmp_path / "a.zvz") as recording:
        player = Player(recording)
        found = between(player.seek(500), player.seek(2500))
        sql = "SELECT subject, sum(CASE kind WHEN ? THEN 1 ELSE -1 END) AS n FROM events WHERE kind IN (?, ?) AND seq BETWEEN 501 AND 2500"
        sql += " GROUP BY subject"
        told = recording.query(sql, (int(Kind.ZALLOC), int(Kind.ZALLOC), int(Kind.ZFREE)))
        by_zone = {row["subject"]: row["n"] for row in told}
        assert [change.by for change in found.elements] == [by_zone.get(zone.id, 0) for zone in recording.catalog.zones]
        assert any(change.by for change in found.elements)
        after = player.state.machine()
        assert {c.name: c.after for c in found.zones} == {z["name"]: z["cur_size"] for z in after["zones"]}
        assert {c.name: c.after for c in found.counts}["tasks"] == after["counts"]["tasks"]
        same = between(player.state, player.state)
        assert not any(change.by for change in [*same.zones, *same.elements, *same.memory, *same.counts])
