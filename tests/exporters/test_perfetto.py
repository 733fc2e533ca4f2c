"""The trace, read back with the schema that Perfetto publishes."""

import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import Trace, TrackEvent

from tests.exporters import hostile
from zoneviz import resources
from zoneviz.events import Kind
from zoneviz.exporters import find
from zoneviz.exporters.perfetto.wire import varint
from zoneviz.playback import Player
from zoneviz.playback.tables import Part
from zoneviz.recording import Recording
from zoneviz.state.rows import KIND

BEGIN, END = TrackEvent.TYPE_SLICE_BEGIN, TrackEvent.TYPE_SLICE_END


def trace(recording: Recording, first: int = 1, last: int | None = None) -> Any:
    out = io.BytesIO()
    last = last or recording.event_count
    find("perfetto").write("", Part(recording, last, first, last), out)
    read = Trace()
    assert read.ParseFromString(out.getvalue()) == len(out.getvalue())
    return read


@pytest.fixture(scope="module")
def bomb() -> Iterator[Recording]:
    path = next(p for p in resources.recordings() if p.name.startswith("fork-bomb"))
    with Recording(path) as recording:
        yield recording


def test_a_varint_matches_the_documentation() -> None:
    assert (varint(0), varint(150), varint(-1)) == (b"\x00", b"\x96\x01", b"\xff" * 9 + b"\x01")


def test_tasks_threads_and_zones_are_tracks(bomb: Recording) -> None:
    read = trace(bomb)
    tracks = [packet.track_descriptor for packet in read.packet if packet.HasField("track_descriptor")]
    assert len({track.uuid for track in tracks}) == len(tracks)
    catalog = bomb.catalog
    assert {t.process.process_name for t in tracks if t.HasField("process")} == {task.name for task in catalog.tasks}
    assert {(t.thread.pid, t.thread.tid) for t in tracks if t.HasField("thread")} == {(t.task, t.id) for t in catalog.threads}
    counters = {t.name for t in tracks if t.HasField("counter")}
    assert {f"bytes of {zone.name}" for zone in catalog.zones} <= counters and "zone_map_used" in counters
    known = set()
    for packet in read.packet:  # a descriptor precedes the events of its track, and every event has a track
        if packet.HasField("track_descriptor"):
            parent = packet.track_descriptor.parent_uuid
            assert parent in known or not parent
            known.add(packet.track_descriptor.uuid)
        else:
            assert packet.track_event.track_uuid in known
        assert packet.trusted_packet_sequence_id == 1


def test_slices_nest_and_end(bomb: Recording) -> None:
    depth: Counter[int] = Counter()
    last: dict[int, int] = {}
    names: Counter[str] = Counter()
    for packet in trace(bomb).packet:
        event = packet.track_event
        if not packet.HasField("track_event") or event.type not in (BEGIN, END):
            continue
        assert packet.timestamp >= last.get(event.track_uuid, 0)
        last[event.track_uuid] = packet.timestamp
        depth[event.track_uuid] += 1 if event.type == BEGIN else -1
        assert depth[event.track_uuid] in (0, 1)
        names[event.name.partition(" ")[0].rstrip(":")] += event.type == BEGIN
    assert not any(depth.values())
    rows = bomb.events()
    assert names["kernel"] == (rows[:, KIND] == Kind.RPC).sum()
    assert names["blocked"] == (rows[:, KIND] == Kind.THREAD_BLOCK).sum() and names["message"] > 100


def test_counters_and_the_panic_have_their_times(bomb: Recording) -> None:
    read = trace(bomb)
    by_name = {p.track_descriptor.name: p.track_descriptor.uuid for p in read.packet if p.HasField("track_descriptor")}
    values = [p for p in read.packet if p.track_event.track_uuid == by_name["bytes of kalloc.512"] and p.HasField("track_event")]
    state = Player(bomb).seek(bomb.event_count)
    zone = state.zone("kalloc.512")
    assert zone and values[-1].track_event.counter_value == zone["cur_size"]
    panics = [p for p in read.packet if p.track_event.name.startswith("panic")]
    assert state.panic and [p.timestamp for p in panics] == [state.panic.time] and state.panic.text in panics[0].track_event.name


def test_a_range_begins_with_the_current_states(bomb: Recording) -> None:
    read = trace(bomb, 40_000, 41_000)
    times = [p.timestamp for p in read.packet if p.HasField("track_event")]
    state = Player(bomb).seek(39_999)
    assert min(times) == state.time and len(read.packet) < 5000
    begun = [p.track_event.name for p in read.packet if p.timestamp == state.time and p.track_event.type == BEGIN]
    assert sum(name.startswith("blocked") for name in begun) >= sum(t.state == "blocked" for t in state.thread_states()) > 1


def test_hostile_names_are_names(tmp_path: Path) -> None:
    with Recording(hostile.record(tmp_path / "h.zvz")) as recording:
        names = {p.track_descriptor.process.process_name for p in trace(recording).packet if p.HasField("track_descriptor")}
        assert hostile.MARKUP in names


def test_notes_are_instants(bomb: Recording) -> None:
    out = io.BytesIO()
    part = Part(bomb, 5000, 4000, 5000, notes=((10, "before"), (4500, "look here"), (4600, "")))
    find("perfetto").write("", part, out)
    read = Trace()
    read.ParseFromString(out.getvalue())
    found = {p.track_event.name: p.timestamp for p in read.packet if p.track_event.name.startswith(("note", "bookmark"))}
    assert found == {"note: look here": Player(bomb).seek(4500).time, "bookmark": Player(bomb).seek(4600).time}
