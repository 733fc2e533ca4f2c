"""`zoneviz install-desktop`."""

import json
from pathlib import Path

import pytest

from zoneviz.cli import main as cli


def test_files_are_installed_and_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["install-desktop", "--into", str(tmp_path), "--json"]) == 0
    files = json.loads(capsys.readouterr().out)
    assert all(Path(file).is_file() for file in files) and (tmp_path / "man/man1/zoneviz.1").read_text().startswith(".TH ZONEVIZ 1")
    assert "_ZONEVIZ_COMPLETE" in (tmp_path / "bash-completion/completions/zoneviz").read_text()
    assert cli.main(["install-desktop", "--into", str(tmp_path), "--remove"]) == 0
    assert capsys.readouterr().out.count("Removed ") == len(files)
    (tmp_path / "f").write_text("")
    assert cli.main(["install-desktop", "--into", str(tmp_path / "f")]) in (1, 2)
    assert capsys.readouterr().err.count("\n") == 1
