"""Plain, compressed, truncated, damaged and hostile files: one sentence each, in little memory."""

import gzip
import io
import json
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard

from zoneviz.captures.text import HEAD, SEARCHED
from zoneviz.errors import InputError
from zoneviz.events import Catalog
from zoneviz.importers import Importer, StreamImporter, importers, may_be
from zoneviz.importers.opening import open_stream

HEADER = b"n,time_us,event,zone_or_map,size,address,task,thread,call_path,detail\n"
ROWS = HEADER + b"".join(b"%d,%d,MARK,m,,,,,a>b,%d\n" % (i, i, i) for i in range(1, 5001))
MANY = 1 << 28


def events_of(path: Path | str) -> int:
    with open_stream(path) as stream:
        return stream.read(Catalog(), lambda event: None, lambda: None).events


def refusal(path: Path | str) -> str:
    with pytest.raises(InputError) as caught:
        events_of(path)
    sentence = str(caught.value)
    assert "\n" not in sentence and sentence.endswith(".")
    return sentence


@pytest.mark.parametrize(
    "data",
    [
        ROWS,
        gzip.compress(ROWS),
        gzip.compress(ROWS[:1000]) + gzip.compress(ROWS[1000:]) + bytes(512),
        zstandard.compress(ROWS),
        zstandard.compress(ROWS[:1000]) + b"\x50\x2a\x4d\x18\x04\0\0\0skip" + zstandard.compress(ROWS[1000:]),
    ],
    ids=["plain", "gzip", "gzip in members", "zstd", "zstd in frames"],
)
def test_the_content_decides_the_compression(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "any.name"
    file.write_bytes(data)
    assert events_of(file) == 5000


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(zstandard.compress(ROWS))

    monkeypatch.setattr(sys, "stdin", Stdin())
    assert events_of("-") == 5000
    assert not Stdin.buffer.closed


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_cut_off_or_damaged_anywhere(tmp_path: Path, pack: Any) -> None:
    packed, file = pack(ROWS), tmp_path / "x"
    for cut in (5, 30, len(packed) // 2, len(packed) - 9, len(packed) - 1):
        file.write_bytes(packed[:cut])
        assert "cut off" in refusal(file) or "is empty" in refusal(file)
    file.write_bytes(packed + b"garbage after it")
    assert "damaged" in refusal(file)
    file.write_bytes(packed[:4] + b"\xff" * 60 + packed[64:])
    refusal(file)


def zeros(length: int) -> Iterator[bytes]:
    yield from (bytes(1 << 20) for _ in range(length >> 20))


def pack_blocks(file: Path, blocks: Iterator[bytes], head: bytes = b"") -> None:
    with zstandard.open(file, "wb") as out:
        out.write(head)
        for block in blocks:
            out.write(block)


def test_long_empty_input_needs_little_memory(tmp_path: Path) -> None:
    bare, headed, lines = tmp_path / "bare", tmp_path / "headed", tmp_path / "lines"
    pack_blocks(bare, zeros(MANY))
    pack_blocks(headed, zeros(MANY), HEADER)
    pack_blocks(lines, (b"\n" * (1 << 20) for _ in range(MANY >> 20)), HEADER)
    tracemalloc.start()
    try:
        assert "is binary, not text" in refusal(bare)
        assert "is binary, not text" in refusal(headed)
        assert "mostly unreadable rows" in refusal(lines)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64 << 20  # 256 compressed bytes unpack to 8 MiB of zeros


def test_a_bomb_of_valid_rows_is_refused(tmp_path: Path) -> None:
    row = b",,MARK,m,,,,,,1\n" * (1 << 16)
    file = tmp_path / "bomb"
    pack_blocks(file, (row for _ in range(300)), HEADER)
    with open_stream(file) as stream, pytest.raises(InputError, match="unpacks to more than 1,000 times its size"):
        for _ in stream.blocks():
            pass


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"Dear reader,\nthis is a text.\n", "is not a capture or event stream that zoneviz can read. It reads: gnumach-stream"),
        (b"event,size\nx,1\n", "lacks the columns 'zone_or_map', 'address'"),
        (b"SQLite format 3\0" + bytes(100), "open it instead"),
        (b"\xfd7zXZ\0" + bytes(100), "compressed with xz"),
        (HEADER, "a header but no events"),
        (HEADER + b"x" * (10 << 20), "too long"),
        (HEADER + b"1,1,MARK,m,,,,,,1\n" + b"x" * (10 << 20) + b"\n1,1,MARK,m,,,,,,1\n", "Line 3 of the stream is too long"),
        (b"\xff\xfe" + "event,size".encode("utf-16-le"), "header of the stream is not UTF-8"),
        (b"," * 100_000 + b"\n", "not a capture or event stream"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes, said: str) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(data)
    assert said in refusal(file)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "none.csv")
    assert "empty folder" in refusal(tmp_path)


@pytest.mark.parametrize("said", [b"[1, 2]", b"{", b"\xff", b"[" * 100_000])
def test_an_invalid_companion_file_is_ignored_with_a_note(tmp_path: Path, said: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(ROWS)
    (tmp_path / "a.json").write_bytes(said)
    with open_stream(tmp_path / "a.csv") as stream:
        report = stream.read(Catalog(), lambda event: None, lambda: None)
    assert "is not a JSON object" in report.sentences()[0]


HOSTILE: list[dict[str, Any]] = [
    {"final_zones": 5, "final_maps": [], "outcome": "x", "events_per_kind": [1]},
    {"final_zones": [None, {"name": 7}, {"name": "zones", "in_use": "many", "max_size": -1, "flags": 3}], "final_maps": {"a": 1}},
    {"total_events": 1e300, "tasks_seen": True, "run": ["x"], "workload": {}, "outcome": {"panic": {"a": 1}, "kern_return": -4}},
    {"final_zones": [{"name": "zones", "max_size": 1 << 70, "in_use": 1 << 70}], "zalloc_wasted_space": None},
]


@pytest.mark.parametrize("said", HOSTILE)
def test_a_hostile_companion_file(tmp_path: Path, said: dict[str, Any]) -> None:
    (tmp_path / "a.csv").write_bytes(ROWS + b",,zinit,zones,48,1000,,,,\n")
    (tmp_path / "a.json").write_text(json.dumps(said))
    assert events_of(tmp_path / "a.csv") == 5001


def test_the_registry_finds_the_importers() -> None:
    known = importers()
    stream = known["gnumach-stream"]
    assert isinstance(stream, StreamImporter) and next(iter(known)) == "gnumach-stream"
    assert stream.sniff(HEADER.decode()) and not stream.sniff("a,b,c\n")
    assert stream.about(b"event,zone_or_map,size,address\n", {}).time_kind == "events"


def test_a_capture_is_not_a_stream(tmp_path: Path) -> None:
    file = tmp_path / "zprint.txt"
    file.write_text("kalloc.16  16  12K  52K  768  3328  700  4K  256  C\n")
    assert "is a capture (macos-zprint)" in refusal(file)


SAMPLES = sorted(path for path in (Path(__file__).parent / "captures").rglob("*") if path.is_file() and path.suffix != ".json")


def test_every_text_of_a_format_has_one_of_its_words() -> None:
    """A text without them is not searched."""
    named: set[str] = set()
    for path in SAMPLES:
        text = path.read_bytes().decode("utf-8", "replace")
        for importer in importers().values():
            if importer.words and importer.sniff(text):
                assert may_be(importer, text.lower()), (importer.name, path.name)
                named.add(importer.name)
    assert {"gnumach-console", "linux-slabtop", "linux-memleak", "linux-trace"} <= named


def test_a_large_text_of_no_format_is_searched_to_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sniffed: list[int] = []

    def count(importer: Importer, lower: str) -> bool:
        sniffed.append(len(lower))
        return False

    monkeypatch.setattr("zoneviz.importers.may_be", count)
    large, short = tmp_path / "large.txt", tmp_path / "short.txt"
    line = b"nothing that any kernel prints\n"
    large.write_bytes(line * (3 * SEARCHED // len(line)))
    short.write_bytes(line * (HEAD // len(line)))
    assert "Its first 8 MiB were searched for one." in refusal(large)
    assert sum(sniffed) <= (SEARCHED + HEAD) * len(importers())
    assert "searched" not in refusal(short)
