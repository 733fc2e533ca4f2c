"""`zoneviz record`, on a machine made for tests."""

import json
from pathlib import Path

import pytest

from tests.app.fake_machine import Growing
from zoneviz.app import recording_live
from zoneviz.cli import main as cli
from zoneviz.recording import Recording

FAST = ("record", "--every", "0.02", "--for", "0.3")


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_live, "reading_source", lambda cgroup: Growing())


def test_it_says_how_it_went(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.zvz"
    assert cli.main([*FAST, "-o", str(path)]) == 0
    out, err = capsys.readouterr()
    assert "finished" in out and "dentry" in out and "It is a test." in out and err == ""
    with Recording(path) as recording:
        assert recording.complete and recording.header.of_readings


def test_quiet_prints_only_the_name_that_it_chose(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*FAST, "--quiet"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert Path(line).exists()


def test_an_alert_is_a_line_an_entry_and_status_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.zvz"
    alerts = ("--alert", "dentry in use > 102", "--alert", "slab > 1G")
    assert cli.main([*FAST, *alerts, "--keep", "1h", "-o", str(path), "--json"]) == 3
    out, err = capsys.readouterr()
    assert err.count("\n") == 1 and err.endswith("dentry in use > 102: 103 now.\n")
    (alert,) = json.loads(out)["alerts"]
    assert (alert["value"], alert["limit"]) == (103, 102)
    with Recording(path) as recording:
        assert recording.header.parameters["keep"] == 3600


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--alert", "dentri > 1K"), "Unknown figure 'dentri'. Similar: dentry."),
        (("--alert", "dentry"), "'dentry' is not a condition such as: slab > 1.5G."),
        (("--alert-before", "soon"), "'soon' is not a time such as"),
        (("--alert-before", "2h"), "--alert-before needs a limit"),
        (("--buffer", "8M"), "--buffer is where the kernel keeps events: add --events or --stacks"),
        (("--then", "true"), "--then needs an alert"),
        (("--alert", "dentry > 1", "--then", "no-such-program"), "'no-such-program' is not a program"),
        (("--keep", "0"), "'0' is not a time between"),
    ],
)
def test_wrong_usage_is_one_sentence_and_no_file(
    arguments: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*FAST, *arguments, "-o", str(tmp_path / "a.zvz")]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and said in err
    assert list(tmp_path.iterdir()) == []
