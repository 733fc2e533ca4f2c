"""The workloads of the shipped streams of the real kernel give the same events in the model, to the last one."""

from pathlib import Path

import pytest

from tools import fidelity

STREAMS = fidelity.streams(fidelity.SMALL)
HEADS = fidelity.SMALL / "heads"


def test_each_shipped_stream_has_a_workload() -> None:
    assert [path.name for path in STREAMS] == sorted(path.name for path in fidelity.SMALL.glob("*.csv.zst"))


@pytest.mark.parametrize("stream", STREAMS, ids=lambda path: path.name.split(".")[0])
def test_the_model_does_what_the_kernel_did(stream: Path, tmp_path: Path) -> None:
    result = fidelity.measure(stream, tmp_path)
    c = result.comparison
    assert result.whole, c.verdict
    assert c.lengths[0] == c.lengths[1] == c.prefix > 100
    assert (c.outcomes[0], c.panics[0]) in ((c.outcomes[1], c.panics[1]), ("finished", ""))
    assert not any(figure.differs for figure in (*c.tables[-1].zones, *c.tables[-1].tasks, *c.tables[-1].paths))


@pytest.mark.parametrize("stream", fidelity.streams(HEADS), ids=lambda path: path.name.split(".")[0])
def test_the_model_begins_as_the_kernel_did(stream: Path, tmp_path: Path) -> None:
    c = fidelity.measure(stream, tmp_path).comparison
    assert c.prefix == c.lengths[1] > 600, c.verdict
    assert not (c.size or c.place), c.verdict


def test_the_table_is_written_between_its_markers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, document = tmp_path / "streams", tmp_path / "a.md"
    folder.mkdir()
    name = "14_boot_64m_zonemap32m"
    for path in fidelity.SMALL.glob(f"{name}.*"):
        (folder / path.name).write_bytes(path.read_bytes())
    document.write_text(f"Before.\n{fidelity.BEGIN}\nold\n{fidelity.END}\nAfter.\n")
    assert fidelity.main(["--streams", str(folder), "--write", str(document)]) == 0
    text = document.read_text()
    assert f"| {name} | `boot ram=64M zone_map_size=32M` | 133 of 133 | all equal | kmem_suballoc | kmem_suballoc |" in text
    assert "1 of 1 are equal" in text and "old" not in text and text.endswith("\nAfter.\n")
    assert name in capsys.readouterr().out
    with pytest.raises(ValueError, match="no markers"):
        fidelity.write(folder / f"{name}.json", "x")


def test_a_folder_without_streams_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fidelity.main(["--streams", str(tmp_path)]) == 1
    assert "has no stream with a known workload" in capsys.readouterr().err
