"""Untrusted checkpoints: refused without running code, without a traceback, without gigabytes of memory."""

import hashlib
import json
import random
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tests.recording import toy
from zoneviz.errors import InputError
from zoneviz.playback import servers
from zoneviz.recording import Recording
from zoneviz.state import codec
from zoneviz.state.actors import PID
from zoneviz.state.machine import MachineState, from_bytes


@pytest.fixture(scope="module")
def good() -> bytes:
    state = MachineState(toy.catalog())
    state.apply(toy.as_rows(toy.run(3000)))
    return state.to_bytes()


def _packed(raw: bytes) -> bytes:
    """A forged checkpoint with a matching digest."""
    return codec.MAGIC + hashlib.blake2b(raw, digest_size=16).digest() + zstandard.compress(raw)


def _unpacked(data: bytes) -> bytes:
    return zstandard.decompress(data[20:])


def _older(form: bytes, data: bytes) -> bytes:
    """A checkpoint under zlib, as older versions wrote it."""
    return form + data[4:20] + zlib.compress(_unpacked(data))


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused(data: bytes) -> None:
    for each in (data, codec.MAGIC + data, _packed(data)):
        with pytest.raises(InputError, match="checkpoint"):
            from_bytes(each, toy.catalog())


def test_changed_bytes_are_refused_or_give_a_valid_state(good: bytes) -> None:
    chance = random.Random(3)
    raw = _unpacked(good)
    refused = 0
    for _ in range(600):
        spoiled = bytearray(raw)
        for _ in range(chance.choice((1, 3, 30))):
            spoiled[chance.randrange(len(raw) if chance.random() < 0.3 else 1500)] = chance.randrange(256)
        try:
            state = from_bytes(_packed(bytes(spoiled)), toy.catalog())
            state.machine()
            state.thread_states()
            state.task_states()
            _ = state.panic, servers.servers(state), servers.tasks(state)
            state.apply(toy.as_rows(toy.run(200), state.seq + 1))
            _ = state.elements, state.ports
            state.to_bytes()
        except InputError:
            refused += 1
    assert 50 < refused < 600, "some changes give another valid state, most are refused"


def test_truncated_and_extended_bytes_are_refused(good: bytes) -> None:
    for spoiled in (good[:100], good[:-1], _packed(_unpacked(good) + b"x"), good[1:], b""):
        with pytest.raises(InputError):
            from_bytes(spoiled, toy.catalog())


@pytest.mark.parametrize("head", [[], {}, {"numbers": {}}, {"numbers": {"seq": 1, "time": "x", "running": 0}, "layout": []}])
def test_an_invalid_head_is_refused(head: object) -> None:
    text = json.dumps(head).encode()
    with pytest.raises(InputError):
        from_bytes(_packed(struct.pack("<I", len(text)) + text), toy.catalog())


def test_a_zip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch, good: bytes) -> None:
    monkeypatch.setattr(codec, "_LIMIT", 1000)
    for each in (good, _older(b"zvS4", good)):
        with pytest.raises(InputError, match="longer than a checkpoint may be"):
            from_bytes(each, toy.catalog())
    unsized = zstandard.ZstdCompressor(write_content_size=False).compress(_unpacked(good))
    with pytest.raises(InputError, match="checkpoint"):
        from_bytes(good[:20] + unsized, toy.catalog())


def test_the_digest_matches_the_state(good: bytes) -> None:
    state = from_bytes(good, toy.catalog())
    assert state.digest() == codec.digest_of(good)
    spoiled = good[:4] + bytes([good[4] ^ 1]) + good[5:]
    with pytest.raises(InputError, match="digest"):
        from_bytes(spoiled, toy.catalog())
    assert codec.known(good) and not codec.known(b"zvS1") and codec.known(b"nonsense")


def test_the_forms_under_zlib_are_read(good: bytes) -> None:
    """A state without and one with figures that readings set, equal to those under zstd."""
    state = from_bytes(good, toy.catalog())
    state.reported = state.reported + 1
    for form, data in ((b"zvS4", good), (b"zvS5", state.to_bytes())):
        older = _older(form, data)
        assert codec.known(older) and not codec.partial(older)
        assert from_bytes(older, toy.catalog()).to_bytes() == data


def test_a_form_without_pids_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    state = MachineState(toy.catalog())
    state.apply(toy.as_rows(toy.run(3000)))
    state.tasks.table[:, PID] = 0
    numbers, arrays = codec.unpack(state.to_bytes())
    with monkeypatch.context() as older:
        older.setitem(codec._ARRAYS, "tasks", 5)
        data = _older(b"zvS3", codec.pack(numbers, dict(arrays) | {"tasks": arrays["tasks"][:, :5]}))
    assert codec.partial(data) and codec.known(data) and from_bytes(data, toy.catalog()).digest() == state.digest()


def test_the_oldest_form_is_read() -> None:
    """The test recording of format 1 has checkpoints of that form."""
    with Recording(Path(__file__).parents[1] / "recording" / "data" / "format-1.zvz.zst") as recording:
        found = recording.checkpoint(recording.event_count)
        assert found is not None and found[1].startswith(b"zvS2") and codec.known(found[1])
        state = MachineState(recording.catalog)
        state.apply(recording.events(1, found[0]))
        state.tasks.table[:, PID] = 0  # it did not hold them
        assert from_bytes(found[1], recording.catalog).digest() == state.digest()


@pytest.mark.parametrize(("group", "key"), [("elements", "address"), ("ports", "address"), ("rights", "key")])
@pytest.mark.parametrize("far", [1, 1 << 40])
def test_a_table_out_of_order_is_refused_before_it_is_decoded(group: str, key: str, far: int) -> None:
    """With differences of few bytes, and of eight, whose sum could overflow."""
    state = MachineState(toy.catalog())
    state.apply(toy.as_rows(toy.run(3000)))
    numbers, arrays = codec.unpack(state.to_bytes())
    for column in (arrays[f"{group}.{key}"] * far, arrays[f"{group}.{key}"][::-1] * far, arrays[f"{group}.{key}"][:-1] * far):
        data = codec.pack(numbers, dict(arrays) | {f"{group}.{key}": column})
        if len(column) == len(arrays[f"{group}.{key}"]) and (np.diff(column) > 0).all():
            assert (codec.unpack(data)[1][f"{group}.{key}"] == column).all()
        else:
            with pytest.raises(InputError, match=rf"its {group} (are out of order|do not fit together)"):
                codec.unpack(data)
