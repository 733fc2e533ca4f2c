"""A packed recording of several blocks answers everything as the plain one does."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.recording import toy
from tests.recording.test_recorder import record
from zoneviz.errors import InputError
from zoneviz.events import Kind
from zoneviz.recording import Header, Recorder, Recording, pack
from zoneviz.recording.columns import BLOCK
from zoneviz.recording.packed import PackedFile
from zoneviz.recording.packed_events import PackedEvents
from zoneviz.state.machine import MachineState, from_bytes

EVENTS = 2 * BLOCK + 5000


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("packed")
    record(folder / "a.zvz", EVENTS, [30_000], 20_000)
    pack(folder / "a.zvz", folder / "a.zvz.zst")
    return folder / "a.zvz", folder / "a.zvz.zst"


@pytest.fixture
def both(pair: tuple[Path, Path]) -> Iterator[tuple[Recording, Recording]]:
    with Recording(pair[0]) as plain, Recording(pair[1]) as packed:
        yield plain, packed


def test_what_is_known_at_once(both: tuple[Recording, Recording]) -> None:
    plain, packed = both
    for name in ("header", "event_count", "first_event", "last_time", "complete"):
        assert getattr(packed, name) == getattr(plain, name)
    assert packed.events_span() == plain.events_span() == (EVENTS, 1, EVENTS)
    assert (packed.checkpoint_seqs() == plain.checkpoint_seqs()).all() and not packed.refresh() and packed.integrity() == []


def test_events(both: tuple[Recording, Recording]) -> None:
    plain, packed = both
    whole, edges = (1, EVENTS), ((BLOCK, BLOCK + 1), (BLOCK + 1, 2 * BLOCK), (5, 2 * BLOCK + 9))
    for first, last in (whole, *edges, (1, 1), (EVENTS, EVENTS + 9), (-5, 7), (9, 8)):
        found, due = packed.events(first, last), plain.events(first, last)
        assert found.shape == due.shape and (found == due).all()


def test_events_of_kinds(both: tuple[Recording, Recording]) -> None:
    plain, packed = both
    for kinds, asked in (
        ((Kind.ZALLOC, Kind.ZFREE), {}),
        ((Kind.ZALLOC,), {"subject": 3}),
        ((Kind.ZALLOC,), {"subject": 3, "most": 7}),
        ((Kind.ZALLOC,), {"most": 7, "backwards": True}),
        ((Kind.ZALLOC, Kind.PANIC), {"first": BLOCK - 100, "last": BLOCK + 100, "backwards": True}),
        ((Kind.PANIC,), {"most": 1, "backwards": True}),
        ((Kind.BOOTED,), {"most": 0}),
        ((Kind.BOOTED,), {"first": -5, "last": 10 * EVENTS}),
        ((Kind.BOOTED,), {"first": 9, "last": 5}),
        ((55,), {}),
        ((), {}),
    ):
        found, due = packed.events_of(*kinds, **asked), plain.events_of(*kinds, **asked)  # type: ignore[arg-type]
        assert found.shape == due.shape and (found == due).all(), (kinds, asked)


def test_times(both: tuple[Recording, Recording]) -> None:
    plain, packed = both
    times = plain.events()[:, 2]
    for time in (-1, 0, 1, int(times[BLOCK - 1]), int(times[BLOCK]), int(times[BLOCK]) - 1, int(times[-1]) + 1, 1 << 70, -(1 << 70)):
        assert packed.seq_at(time) == plain.seq_at(time), time


def test_checkpoints_hold_the_same_states(both: tuple[Recording, Recording]) -> None:
    plain, packed = both
    def state(recording: Recording, at: int) -> MachineState | None:
        found = recording.checkpoint(at)
        return None if found is None else from_bytes(found[1], recording.catalog)

    assert packed.checkpoint(100) is None and packed.checkpoint(-1) is None
    for at in (20_000, 50_000, BLOCK, EVENTS, 1 << 70):
        one, other = state(plain, at), state(packed, at)
        assert one is not None and other is not None and (one.seq, one.digest()) == (other.seq, other.digest())


def test_few_blocks_stay_unpacked(pair: tuple[Path, Path]) -> None:
    file = PackedFile(pair[1])
    reader = PackedEvents(file)
    rows = reader.events(1, 10)
    assert np.shares_memory(rows, reader.events(5, 6))
    many = [reader.events(i * BLOCK + 1, i * BLOCK + 1) for i in (1, 2)]
    assert len(reader._blocks) == 3 and all(len(part) == 1 for part in many)


def test_an_empty_recording(tmp_path: Path) -> None:
    Recorder(tmp_path / "a.zvz", toy.catalog(), Header()).finish("finished")
    pack(tmp_path / "a.zvz", tmp_path / "a.zvz.zst")
    with Recording(tmp_path / "a.zvz.zst") as recording:
        assert (recording.event_count, recording.last_time, recording.events_span()) == (0, 0, (0, None, None))
        assert len(recording.events()) == 0 and len(recording.events_of(Kind.ZALLOC)) == 0
        assert recording.seq_at(5) == 0 and recording.checkpoint(9) is None


def test_a_damaged_block_spoils_no_other(pair: tuple[Path, Path], tmp_path: Path) -> None:
    data, head = bytearray(pair[1].read_bytes()), PackedFile(pair[1]).head
    place = len(bytes(head)) + head.tables[0] + int(head.columns["packed"][0].sum()) + 100
    data[place] ^= 255
    path = tmp_path / "b.zvz.zst"
    path.write_bytes(data)
    with Recording(path) as recording:
        assert len(recording.events(1, BLOCK)) == BLOCK and len(recording.events(2 * BLOCK + 1)) == 5000
        for _ in range(2):
            with pytest.raises(InputError, match=f"events {BLOCK + 1:,} to {2 * BLOCK:,} cannot be unpacked"):
                recording.events(1, BLOCK + 1)
