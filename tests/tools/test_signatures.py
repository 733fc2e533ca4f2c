"""The tool that makes the library of signatures: its sweeps, the threshold from the spread, and the table."""

from pathlib import Path

from tools import signatures
from zoneviz.playback.likeness import Known, Library, library
from zoneviz.playback.signature import Signature, Stretch

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "diagnosis.md"


def known(name: str, ports: float) -> Known:
    stretch = Stretch({"ipc ports": ports, "threads": 1 - ports}, {})
    return Known(name, f"zoneviz run {name}", Signature(stretch, stretch))


SPREAD = [known("leak", 0.99), known("leak", 0.95), known("leak", 0.97), known("storm", 0.5), known("storm", 0.45)]


def test_no_run_of_the_library_is_scored_as_held_out() -> None:
    made, scored = (
        [signatures.command(spec) for sweep in sweeps for _, spec in sweep.runs()]
        for sweeps in (signatures.library_sweeps(), signatures.held_out_sweeps())
    )
    assert len(set(made)) == len(made) > 150 and len(set(scored)) == len(scored) > 70
    # kernel-ops has neither settings nor random choices; only its profile differs.
    assert not set(made) & set(scored)


def test_every_name_of_the_library_is_scored() -> None:
    assert {sweep.name for sweep in signatures.library_sweeps()} == {sweep.name for sweep in signatures.held_out_sweeps()}


def test_the_threshold_parts_own_runs_from_others() -> None:
    at = signatures.threshold(SPREAD)
    shelf = Library(SPREAD, at, "")
    assert signatures.answer(shelf, known("", 0.96).signature) == "leak"
    assert signatures.answer(shelf, known("", 0.7).signature) == "none" == signatures.answer(shelf, None)
    assert signatures.answer(shelf.without("leak"), known("", 0.96).signature) == "none"


def test_nearly_equal_runs_are_kept_once() -> None:
    assert len(signatures.thinned([*SPREAD, known("leak", 0.9901), known("storm", 0.99)])) == len(SPREAD) + 1


def test_a_run_becomes_a_signature_and_a_row_of_the_table() -> None:
    (found,) = signatures.made([signatures.sweep("kernel-loop operation=vm_allocate", "zone_map_size=128K")], 1)
    assert found.command == "zoneviz run kernel-loop --set operation=vm_allocate --set zone_map_size=128K"
    written = signatures.table(Library([found], 0.1, ""), [found])
    assert "1 runs" not in written and "| kernel-loop operation=vm_allocate | 1 | 1 |  | 1 |  |" in written


def test_recordings_of_real_machines_are_named_or_none() -> None:
    found = list(signatures.captured())
    assert {like for _, like, _ in found} == {"none", *signatures.STREAMS.values()}
    text = signatures.strangers(library(), found)
    assert "| streams of a real GNU Mach | fork-chain | 1 | 1 |  |" in text and "| captures of one moment | none | " in text
    assert all(row.endswith("|  |") for row in text.splitlines()[2:]), "each has its own name"


def test_the_document_has_the_table() -> None:
    text = DOCUMENT.read_text("utf-8")
    table = text.partition(signatures.BEGIN)[2].partition(signatures.END)[0]
    assert {sweep.name for sweep in signatures.library_sweeps()} <= {line.split(" | ")[0].removeprefix("| ") for line in table.splitlines()}
