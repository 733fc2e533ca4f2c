"""Samples in other encodings say the same; texts that patterns could search for ever. tests/fuzz damages samples."""

from pathlib import Path

import pytest

from zoneviz.app.captures import import_files, import_text
from zoneviz.errors import ZonevizError

SAMPLES = sorted(path for path in (Path(__file__).parent / "captures").glob("*/*") if path.suffix != ".json")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_samples_in_other_encodings_say_the_same(encoding: str, tmp_path: Path) -> None:
    for sample in SAMPLES:
        if sample.parent.name == "other":
            continue
        plain = import_files([sample], None)["captures"][0]
        (tmp_path / "x").write_bytes(sample.read_bytes().decode().replace("\n", "\r\n").encode(encoding))
        again = import_files([tmp_path / "x"], None)["captures"][0]
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
        assert import_text(text, None)["captures"]
    except ZonevizError as error:
        assert str(error).endswith(".")
