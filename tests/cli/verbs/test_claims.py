"""The verb `claims`: its table, its files and its refusals."""

import json
from pathlib import Path

import pytest

from zoneviz import claims
from zoneviz.claims import CLAIMS
from zoneviz.claims.figures import forks
from zoneviz.claims.model import Claim, Trial
from zoneviz.claims.rules import between
from zoneviz.cli.main import main
from zoneviz.spec import RunSpec


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Trial("small", RunSpec("fork-bomb", settings={"zone_map_size": "512K"}))
    found = Claim("S1", "It | ends.", "10 to 200", (small,), forks, between(10, 200), "Memory ends.", "It continues.")
    wrong = Claim("S2", "It fails.", "10", (Trial("bad", RunSpec("no-such")),), forks, between(10, 20), "None.", "None.")
    monkeypatch.setattr(claims, "CLAIMS", {"S1": found, "S2": wrong})


def test_the_table_the_document_and_the_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "a.md"
    assert main(["claims", "--seeds", "2", "--jobs", "1", "-o", str(out)]) == 0
    printed = capsys.readouterr()
    assert "reproduced" in printed.out and "no result" in printed.out and "zone_map" in printed.out
    assert "A run failed. no-such: There is no scenario 'no-such'" in printed.err
    text = out.read_text()
    assert "## S1: reproduced" in text and "## S2: no result" in text and "It \\| ends." in text and "--seeds 2" in text

    assert main(["claims", "--ids", "S1", "--seeds", "1", "--json", "--jobs", "1"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in rows] == ["S1"]
    assert {"id", "statement", "expected", "observed", "verdict", "seeds", "runs"} <= set(rows[0])
    assert {"parameters", "outcome", "figure", "memory"} <= set(rows[0]["runs"][0])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--ids", "S1,S77"], "There is no observation 'S77'"),
        (["-o", "there.md"], "there.md exists already; use --force to replace it."),
        (["-o", "a.txt"], "must end in .md"),
        (["-o", "nowhere/a.md"], "There is no folder nowhere"),
        (["--seeds", "0"], "--seeds"),
        (["--jobs", "0"], "--jobs"),
    ],
)
def test_an_invalid_request_is_refused_before_anything_runs(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there.md").write_text("mine")
    assert main(["claims", *words]) != 0
    err = capsys.readouterr().err
    assert sentence in err and err.count("\n") == 1
    assert Path("there.md").read_text() == "mine"


def test_all_the_page_s_claims_are_there() -> None:
    assert all(name == claim.id for name, claim in CLAIMS.items())
