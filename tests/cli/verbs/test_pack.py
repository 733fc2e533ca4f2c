"""`zoneviz pack`, `unpack`, `slice` and `repair`: recordings from recordings."""

import json
import shutil
from pathlib import Path

import pytest

from zoneviz.cli import main as cli


def test_packing_slicing_and_repairing(booted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain, packed, part, saved = (str(tmp_path / name) for name in ("a.zvz", "a.zvz.zst", "part.zvz", "saved.zvz"))
    shutil.copy(booted, plain)
    assert cli.main(["pack", plain]) == 0 and packed in capsys.readouterr().out
    assert cli.main(["unpack", packed]) != 0 and "--force" in capsys.readouterr().err
    assert cli.main(["unpack", packed, "-o", part, "--json"]) == 0 and json.loads(capsys.readouterr().out)["packed"] == packed
    assert cli.main(["unpack", plain, "-o", saved]) != 0 and "is not packed" in capsys.readouterr().err
    assert cli.main(["unpack", packed, "-o", part, "--force"]) == 0 and part in capsys.readouterr().out
    assert Path(part).read_bytes()[:16] == b"SQLite format 3\0"
    assert cli.main(["slice", packed, "--force", "--from", "50", "--to", "120", "-o", part]) == 0 and "71 events" in capsys.readouterr().out
    assert cli.main(["info", part]) == 0 and "an excerpt of recording" in capsys.readouterr().out
    assert cli.main(["state", part, "--at", "49"]) == 0
    capsys.readouterr()
    assert cli.main(["repair", part, "-o", saved, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lost"] == []
    assert cli.main(["repair", packed, "-o", saved, "--force"]) == 0 and "saved" in capsys.readouterr().out
