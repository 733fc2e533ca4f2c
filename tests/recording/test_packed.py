"""A packed file says what it holds before anything is unpacked, and false heads are refused."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.recording.test_recorder import record
from zoneviz.errors import InputError
from zoneviz.recording import Recording, pack, packed_head
from zoneviz.recording.packed import PackedFile
from zoneviz.recording.packed_head import START, Head
from zoneviz.state import codec


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """3,000 events with six checkpoints, two groups of them."""
    record(tmp_path / "a.zvz", 3000, [700], 500)
    pack(tmp_path / "a.zvz", tmp_path / "a.zvz.zst")
    return tmp_path / "a.zvz.zst"


def test_what_the_head_says(packed: Path) -> None:
    file = PackedFile(packed)
    assert (file.first_event, file.last_event, file.checkpoints) == (1, 3000, [500, 1000, 1500, 2000, 2500, 3000])
    assert file.head.columns.shape == (1, 9) and file.head.groups["states"].tolist() == [4, 2]
    assert bytes(packed_head.parse(bytes(file.head))) == bytes(file.head)
    assert packed.read_bytes().startswith(bytes(file.head))
    file.close()


def test_checkpoints_alone_and_by_group(packed: Path) -> None:
    file = PackedFile(packed)
    with Recording(packed.with_name("a.zvz")) as plain:
        for index, seq in enumerate(file.checkpoints):
            assert (seq, codec.tight(file.state(index))) == plain.checkpoint(seq)
    assert [pair for number in (0, 1) for pair in file.group(number)] == [(s, file.state(i)) for i, s in enumerate(file.checkpoints)]
    file.close()


def forged(data: bytes, change: Callable[[Head], Head | None]) -> bytes:
    """The file with a changed head that has the right digest."""
    length = packed_head.length(data[: START.size])
    head = packed_head.parse(data[:length])
    return bytes(change(head) or head) + data[length:]


def set_column(name: str, value: int) -> Callable[[Head], None]:
    def change(head: Head) -> None:
        head.columns[name][0, 3] = value

    return change


def set_state(name: str, index: int, value: int) -> Callable[[Head], None]:
    def change(head: Head) -> None:
        head.states[name][index] = value

    return change


def set_group(name: str, value: int) -> Callable[[Head], None]:
    def change(head: Head) -> None:
        head.groups[name][0] = value

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (set_column("width", 9), "invalid numbers"),
        (set_column("packed", 0), "invalid numbers"),
        (set_column("width", 0), "invalid numbers"),
        (set_column("packed", (1 << 32) - 1), "cut off"),
        (set_state("seq", 0, 3001), "invalid numbers"),
        (set_state("seq", 5, 3001), "invalid numbers"),
        (set_state("seq", 1, 500), "invalid numbers"),
        (set_state("bytes", 0, 1 << 30), "invalid numbers"),
        (set_state("bytes", 0, 1 << 24), "invalid numbers"),
        (set_state("bytes", 0, (1 << 64) - 1), "invalid numbers"),
        (set_group("states", 0), "invalid numbers"),
        (set_group("states", 5), "invalid numbers"),
        (set_group("states", 3), "invalid numbers"),
        (set_group("packed", 0), "after the recording"),
        (lambda head: head._replace(first_event=0), "invalid numbers"),
        (lambda head: head._replace(first_event=1 << 62), "invalid numbers"),
        (lambda head: head._replace(first_event=1000), "invalid numbers"),
        (lambda head: head._replace(events=0), "invalid numbers"),
        (lambda head: head._replace(events=16385), "invalid numbers"),
        (lambda head: head._replace(events=(1 << 64) - 1), "invalid numbers"),
        (lambda head: head._replace(tables=(head.tables[0], 1 << 35)), "it is not a recording"),
        (lambda head: head._replace(tables=((1 << 64) - 1, head.tables[1])), "cut off"),
        (lambda head: head._replace(tables=(head.tables[0], head.tables[1] + 1)), "its tables cannot be unpacked"),
        (lambda head: head._replace(tables=(head.tables[0], head.tables[1] - 1)), "its tables cannot be unpacked"),
    ],
)
def test_a_false_head_is_refused(packed: Path, change: Callable[[Head], Head | None], sentence: str) -> None:
    packed.write_bytes(forged(packed.read_bytes(), change))
    with pytest.raises(InputError, match=sentence) as caught:
        Recording(packed)
    assert "\n" not in str(caught.value) and str(packed) in str(caught.value)


def test_more_events_than_a_recording_may_have_are_refused() -> None:
    start = START.pack(packed_head.MAGIC, 1, packed_head.NAME, packed_head.VERSION, 1, 10**9 + 1, 0, 0, 0, 0)
    with pytest.raises(packed_head.Unreadable, match="invalid numbers"):
        packed_head.length(start)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda data: data[:-40], "cut off: the packed data"),
        (lambda data: data[:200], "cut off: its head"),
        (lambda data: data[:20], "cut off: its head"),
        (lambda data: data[:4], "cut off: its head"),
        (lambda data: data + b"more", "data after the recording"),
        (lambda data: data[:100] + b"\xff" + data[101:], "digest of its head"),
        (lambda data: data[:8] + b"zonebis" + data[15:], "not a zoneviz recording"),
        (lambda data: data[:15] + b"\2" + data[16:], "packed in form 2, newer than 1"),
        (lambda data: data[:15] + b"\0" + data[16:], "invalid numbers"),
    ],
)
def test_a_damaged_file_is_refused(packed: Path, change: Callable[[bytes], bytes], sentence: str) -> None:
    packed.write_bytes(change(packed.read_bytes()))
    with pytest.raises(InputError, match=sentence) as caught:
        Recording(packed)
    assert "\n" not in str(caught.value)


def test_damaged_parts_are_found_when_they_are_read(packed: Path) -> None:
    data, head = packed.read_bytes(), PackedFile(packed).head
    events = len(bytes(head)) + head.tables[0]
    states = events + int(head.columns["packed"].sum())
    tables = len(bytes(head)) + 200
    for place, sentence in ((tables, "tables"), (events + 60, "events 1 to 3,000"), (states + 60, "checkpoints from event 500 on")):
        packed.write_bytes(data[:place] + bytes([data[place] ^ 255]) + data[place + 1 :])
        with pytest.raises(InputError, match=f"{sentence} cannot be unpacked"), Recording(packed) as recording:
            recording.events(5, 10)
            recording.checkpoint(600)


def test_no_bytes_beyond_the_head_are_needed_to_know_its_size(packed: Path) -> None:
    data = packed.read_bytes()
    length = packed_head.length(data[: START.size])
    assert hashlib.blake2b(data[: length - 16], digest_size=16).digest() == data[length - 16 : length]
    assert np.frombuffer(data[4:8], "<u4")[0] == length - 8
