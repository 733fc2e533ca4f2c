"""An imported stream becomes a recording like any other. What the importers read is tested with them."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from zoneviz import importers
from zoneviz.app.imports import import_stream
from zoneviz.app.info import info
from zoneviz.app.state import open_recording, state
from zoneviz.errors import InputError, UsageError
from zoneviz.events import Catalog, Kind, Sink, ZoneInfo
from zoneviz.importers import About, Details, ImportReport, StreamImporter


def read(
    blocks: Iterable[bytes],
    beside: Mapping[str, Any],
    catalog: Catalog,
    sink: Sink,
    flush: Callable[[], object],
    details: Details | None,
) -> ImportReport:
    """A stream of this test: each byte `t` is a task allocated, `x` is what cannot be."""
    catalog.zones.append(ZoneInfo(1, "tasks", 100, 4096, 4096, ""))
    sink((int(Kind.ZINIT), 0, 0, 0, 0, 1, 0, 100, 4096))
    report = ImportReport("letters")
    for block in blocks:
        for number, letter in enumerate(block.removeprefix(b"letters:"), 1):
            if letter == ord("x"):
                raise InputError("The stream holds an x.")
            sink((int(Kind.ZALLOC), number, 0, 0, 0, 1, 4096 + 100 * number, 100, 1))
            report.events += 1
            assert details is not None
            details(report.events, f"letter={chr(letter)}")
        flush()
    return report


@pytest.fixture(autouse=True)
def letters(monkeypatch: pytest.MonkeyPatch) -> None:
    about = About("letters", "ns", "A title", "w")
    importer = StreamImporter("letters", "a test's", lambda head: head.startswith("letters:"), lambda head, beside: about, read)
    monkeypatch.setattr(importers, "importers", lambda: {"letters": importer})


def stream(folder: Path, text: str = "letters:ttt") -> Path:
    path = folder / "s.csv"
    path.write_text(text)
    return path


def test_a_stream_becomes_a_recording(tmp_path: Path) -> None:
    progress: list[tuple[int, float]] = []
    result = import_stream(stream(tmp_path), tmp_path / "a.zvz", on_progress=lambda events, share: progress.append((events, share)))
    assert (result["kind"], result["scenario"], result["outcome"], result["complete"]) == ("imported", "A title", "finished", True)
    assert result["events"] == 4 and result["report"]["events"] == 3 and result["counts"]["tasks"] == 3
    assert progress[-1] == (4, 1.0)
    with open_recording(tmp_path / "a.zvz") as recording:
        assert recording.details() == {1: "letter=t", 2: "letter=t", 3: "letter=t"}
    header = info(tmp_path / "a.zvz")
    assert header.pop("forecast") == ""
    assert header == {name: result[name] for name in header}
    assert state(tmp_path / "a.zvz", "2")["counts"]["tasks"] == 1


def test_an_existing_file_needs_force(tmp_path: Path) -> None:
    (tmp_path / "a.zvz").write_text("mine")
    with pytest.raises(UsageError, match="--force"):
        import_stream(stream(tmp_path), tmp_path / "a.zvz")
    assert (tmp_path / "a.zvz").read_text() == "mine"
    assert import_stream(stream(tmp_path), tmp_path / "a.zvz", force=True)["complete"]


def test_a_stream_that_breaks_leaves_an_incomplete_recording(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds an x"):
        import_stream(stream(tmp_path, "letters:ttxt"), tmp_path / "a.zvz")
    header = info(tmp_path / "a.zvz")
    assert not header["complete"] and header["incomplete_reason"] == "The stream holds an x." and header["events"] == 3


def test_an_unknown_stream_makes_no_recording(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        import_stream(stream(tmp_path, "words"), tmp_path / "a.zvz")
    assert not (tmp_path / "a.zvz").exists()


def test_an_import_can_be_stopped(tmp_path: Path) -> None:
    result = import_stream(stream(tmp_path), tmp_path / "a.zvz", should_stop=lambda: True)
    assert result["outcome"] == "interrupted" and result["complete"] and result["events"] == 4
