"""`zoneviz import`, as scripts and people see it."""

import io
import json
import sys
from pathlib import Path

import pytest

from zoneviz.cli import main as cli

ROW = "kalloc.16                     16      17320K      19951K    1108480     1276896     1060838     4K    256  C\n"


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    path = tmp_path / "zprint.txt"
    path.write_text(ROW)
    return path


def test_the_summary_comes_first(listing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "b.txt").write_text("nothing\n")
    assert cli.main(["import", str(listing), str(tmp_path / "b.txt"), "-o", str(tmp_path / "a.zvz")]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == "1 zprint listing, 1 file not understood." and err == ""
    assert any("b.txt is not a capture" in line for line in lines) and "gnumach-stream" not in out


def test_json(listing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["import", str(listing), "-o", str(tmp_path / "a.zvz"), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    (capture,) = result["captures"]
    assert (capture["file"], capture["kind"], capture["system"]) == (str(listing), "macos-zprint", "macOS")
    assert capture["said"]["total_bytes"] == 17320 * 1024 and result["kind"] == "sampled" and result["complete"]


def test_a_dry_run_writes_nothing(listing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["import", str(listing), "--dry-run", "-o", str(tmp_path / "a.zvz")]) == 0
    assert capsys.readouterr().out.startswith("1 zprint listing.\n") and not (tmp_path / "a.zvz").exists()


def test_without_an_output(listing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["import", str(listing)]) == 2
    assert "with -o OUT.zvz" in capsys.readouterr().err


def test_file_times_make_a_time_line(listing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "later.txt").write_text(ROW.replace("1060838", "1070838"))
    paths = [str(listing), str(tmp_path / "later.txt")]
    for flags, readings in (([], [1, 1]), (["--file-times"], [2])):
        assert cli.main(["import", *paths, "--dry-run", "--json", *flags]) == 0
        assert [made["readings"] for made in json.loads(capsys.readouterr().out)["recordings"]] == readings


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Stdin:
        buffer = io.BytesIO(ROW.encode())

    monkeypatch.setattr(sys, "stdin", Stdin())
    assert cli.main(["import", "-", "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("1 zprint listing.\n")


def test_a_refusal_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ps.txt").write_text("  PID TTY          TIME CMD\n 123 pts/0    00:00:00 bash\n")
    assert cli.main(["import", str(tmp_path / "ps.txt"), "-o", str(tmp_path / "a.zvz")]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and "a list of processes" in err and "/proc/slabinfo" in err
    assert not (tmp_path / "a.zvz").exists()
