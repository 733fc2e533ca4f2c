"""Mutated samples through every importer: a result or one sentence, and nothing written that is not sound.

`make fuzz` is for recordings; these are texts. More mutations: ZONEVIZ_MUTATIONS=20000.
"""

import os
import random
from pathlib import Path

import pytest

from zoneviz import app
from zoneviz.errors import ZonevizError

SAMPLES = sorted(path for path in (Path(__file__).parent / "captures").glob("*/*") if path.suffix != ".json")
COUNT = int(os.environ.get("ZONEVIZ_MUTATIONS", "1000"))
BITS = (
    b"\0", b"\xff", b"\n", b"\r", b"|", b"**", b"[", b"(", b'"', b"\\", b"9" * 400, b"-1", b"NaN", b"1e999", b"0x", b"K", b" " * 500,
    b"\x1b[31m", "\u2028".encode(), "\U0001f980".encode(), b"{", b"}", b":", b"a" * 70_000, b"99999999999999999999K",
)  # fmt: skip


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one to five changes: cut, doubled, swapped, replaced."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        at, more = chance.randrange(len(out) + 1), chance.randrange(60)
        match chance.randrange(6):
            case 0:
                out[at : at + more] = b""
            case 1:
                out[at:at] = chance.choice(BITS)
            case 2:
                out[at : at + more] = chance.choice(BITS)
            case 3:
                out[at:at] = out[at : at + more * 10]
            case 4:
                del out[at + 1 :]
            case _:
                out[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(out)


@pytest.mark.parametrize("seed", range(4))
def test_mutated_samples_give_a_result_or_one_sentence(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    file, recording = tmp_path / "x", tmp_path / "x.zvz"
    read = 0
    for number in range(COUNT // 4):
        file.write_bytes(mutated(chance.choice(SAMPLES).read_bytes(), chance))
        try:
            result = app.import_files([file], recording if number % 20 == 0 else None, force=True)
        except ZonevizError as error:
            assert "\n" not in str(error) and str(error).endswith((".", "?")), str(error)
            continue
        read += 1
        assert result["captures"] and (number % 20 or app.verify(recording)["sound"])
    assert read > COUNT // 16


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_samples_in_other_encodings_say_the_same(encoding: str, tmp_path: Path) -> None:
    for sample in SAMPLES:
        if sample.parent.name == "other":
            continue
        plain = app.import_files([sample], None)["captures"][0]
        if plain["kind"] == "linux-trace":
            continue
        (tmp_path / "x").write_bytes(sample.read_bytes().decode().replace("\n", "\r\n").encode(encoding))
        again = app.import_files([tmp_path / "x"], None)["captures"][0]
        assert again["said"] == plain["said"], sample


REPEATED = (
    "=3D" + "a" * 65_000,
    "time, " + (" " * 3000 + ", ") * 20 + "<",
    "zalloc: zone map exhausted while allocating from zone " + "a " * 30_000,
    "panic(cpu 0 caller 0): x\nLargest zones:\n" + "a 5G " * 20_000,
    "\n" * 300_000 + "x",
    "panic(cpu 0 caller 0):" * 20_000,
    '"memoryPages":{' * 60_000 + '"memoryStatus":{',
    "kalloc.16  16 " * 5000,
    '"panicString":"' + '" ' * 30_000,
    "Process: x\n" * 20_000,
)


@pytest.mark.parametrize("text", REPEATED, ids=lambda text: text[:12].strip() or "blank")
def test_what_a_pattern_could_search_for_ever(text: str) -> None:
    """Each made a search slow that grew with the square of its text; the time limit of the suite is the test."""
    try:
        assert app.import_text(text, None)["captures"]
    except ZonevizError as error:
        assert str(error).endswith(".")
