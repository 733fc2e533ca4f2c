"""`zoneviz diagnose`."""

import json
from pathlib import Path

import pytest

from tests.playback.diagnosis.kmem_events import Stream, evenly, recorded
from zoneviz.app.diagnosis import diagnose
from zoneviz.app.whatif import limits
from zoneviz.cli import main as cli
from zoneviz.recording import Recording


def test_every_sentence_is_printed(bombed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diagnose", str(bombed)]) == 0
    out = capsys.readouterr().out.replace("\n", " ")
    assert all(finding.sentence in out for finding in diagnose(bombed).findings)
    assert "The cause is a fork bomb" in out


def test_json_at_a_moment_and_over_a_range(bombed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diagnose", str(bombed), "--at", "panic", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pattern"] == "fork bomb"
    assert cli.main(["diagnose", str(bombed), "--range", "1000:20000", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["at"], found["outcome"]) == (20000, "")


def test_a_range_includes_both_its_ends_as_in_export(bombed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--range 1000:20000` used to leave event 1000 out here and to include it in `export`."""
    found = diagnose(bombed, span="1000:20000")
    ranges = [finding.range for finding in found.findings if finding.range]
    assert found.first == 999 and (1000, 20000) in ranges
    assert cli.main(["export", str(bombed), "--to", "csv", "--range", "1000:20000", "-o", str(tmp_path / "a.csv"), "--json"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert (written["first"], written["last"]) == (1000, 20000)
    assert diagnose(bombed, span=":20000").first == diagnose(bombed, "20000").first


@pytest.mark.parametrize(
    "args", [["--range", "20:10"], ["--range", "10"], ["--at", "soon"], ["--at", "5", "--range", "1:9"], ["--range", "a:"]]
)
def test_an_invalid_moment_or_range_is_one_sentence(bombed: Path, args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diagnose", str(bombed), *args]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_limits_are_tried_one_by_one(bombed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    doubled = [limit for limit in limits(Recording(bombed).header) if limit.setting == "zone_map_size"]
    monkeypatch.setattr("zoneviz.app.whatif.limits", lambda header: doubled)
    assert cli.main(["diagnose", str(bombed), "--limits"]) == 0
    assert "Still a panic with a zone_map of 512 KiB, twice as large" in capsys.readouterr().out.replace("\n", " ")


def test_a_leak_of_a_live_kernel_is_a_verdict_and_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leak = Stream("filp", "web (41)", ("__x64_sys_openat", "alloc_empty_file"), evenly(400))
    churn = Stream("kmalloc-64", "sh (7)", ("seq_open",), evenly(400), life=0.1)
    recorded(tmp_path / "a.zvz", [leak, churn]).close()
    assert cli.main(["diagnose", str(tmp_path / "a.zvz")]) == 0
    out = capsys.readouterr().out
    assert out.startswith("A leak by web (41) in the system call openat: 400 of the 400 elements")
    assert "__x64_sys_openat > alloc_empty_file" in out and "still there" in out
    assert cli.main(["diagnose", str(tmp_path / "a.zvz"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "leak"
    row = found["growth"][0]
    assert (row["zone"], row["task"], row["pid"], row["call_site"], row["elements"]) == ("filp", "web", 41, "alloc_empty_file", 400)


def test_what_has_no_kmem_events_has_no_verdict(bombed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diagnose", str(bombed), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] is None and found["growth"] is None
