"""`zoneviz verify`, `pack`, `slice` and `repair`, as scripts and people see them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from zoneviz.app import RunSpec, run
from zoneviz.cli import main as cli


@pytest.fixture
def booted(tmp_path: Path) -> Path:
    run(RunSpec("boot", output=tmp_path / "a.zvz"))
    return tmp_path / "a.zvz"


def test_a_good_one_is_two_lines_and_status_0(booted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["verify", str(booted)]) == 0
    sound, reproduced = capsys.readouterr().out.splitlines()
    assert ": sound: " in sound and ": reproduced: " in reproduced
    assert cli.main(["verify", str(booted), "--quick", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] and told["reproduced"] is None


def test_an_unsound_one_is_status_1(booted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(booted)) as db, db:
        db.execute("UPDATE recording SET digest = '\x1b[2J'")
    assert cli.main(["verify", str(booted)]) == 1
    out, err = capsys.readouterr()
    assert ": unsound: " in out and "\x1b" not in out and err == ""
    assert cli.main(["verify", str(booted), "--json"]) == 1
    assert not json.loads(capsys.readouterr().out)["ok"]


def test_a_divergence_is_told_with_its_events(booted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(booted)) as db, db:
        db.execute("UPDATE recording SET profile_values = replace(profile_values, '16777216', '12582912')")
    assert cli.main(["verify", str(booted)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert ": sound: " in lines[0] and ": diverged at event " in lines[1]
    marks = [line[0] for line in lines[2:]]
    assert "-" in marks and "+" in marks and any("kmem_suballoc" in line or ">" in line for line in lines[2:])


def test_packing_slicing_and_repairing(booted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed, part, saved = (str(tmp_path / name) for name in ("a.zvz.zst", "part.zvz", "saved.zvz"))
    assert cli.main(["pack", str(booted)]) == 0 and packed in capsys.readouterr().out
    assert cli.main(["slice", packed, "--from", "50", "--to", "120", "-o", part]) == 0 and "71 events" in capsys.readouterr().out
    assert cli.main(["info", part]) == 0 and "a part of the recording" in capsys.readouterr().out
    assert cli.main(["state", part, "--at", "49"]) == 0
    capsys.readouterr()
    assert cli.main(["repair", part, "-o", saved, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lost"] == []
    assert cli.main(["repair", packed, "-o", saved, "--force"]) == 0 and "saved" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (["verify", "nowhere.zvz"], 1),
        (["pack", "nowhere.zvz"], 1),
        (["pack", __file__, "-o", "x.zst"], 1),
        (["slice", "nowhere.zvz", "--from", "1", "--to", "2", "-o", "x.zvz"], 1),
        (["slice", "nowhere.zvz", "--from", "1", "-o", "x.zvz"], 2),
        (["repair", "nowhere.zvz", "-o", "x.zvz"], 1),
        (["repair", __file__, "-o", "x.zvz"], 1),
        (["repair", __file__], 2),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    args: list[str], status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(args) == status
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.endswith(".\n") and "Traceback" not in err
    assert list(tmp_path.iterdir()) == []
