"""`zoneviz run`, as scripts and people see it."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zoneviz.app.info import info
from zoneviz.app.spec import recordings_folder
from zoneviz.cli import main as cli

ZONEVIZ = [sys.executable, "-m", "zoneviz"]
LOOP = ["kernel-loop", "--profile", "upstream-2007", "--set", "operation=mach_msg_send", "--set", "zone_map_size=1M"]


def test_a_panic_is_a_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.zvz"
    assert cli.main(["run", *LOOP, "-o", str(path), "--json"]) == 0
    out, err = capsys.readouterr()
    result = json.loads(out)
    assert err == ""
    assert result["outcome"] == "panic" and result["panic"]["memory"] == "zone_map" and result["panic"]["call_path"]
    assert result["parameters"]["operation"] == "mach_msg_send" and result["parameters"]["zone_map_size"] == 1 << 20
    assert info(path)["digest"] == result["digest"]


def test_the_panic_and_the_path_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", *LOOP, "-o", str(tmp_path / "a.zvz")]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("panic: ") and "memory full" in out and str(tmp_path / "a.zvz") in out and "zone_map" in out
    assert err == ""


def test_without_an_output_the_path_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "boot", "--json"]) == 0
    first = capsys.readouterr()
    assert json.loads(first.out)["outcome"] == "booted"
    assert first.err.startswith(f"Recorded in {recordings_folder()}")
    assert cli.main(["run", "boot", "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert Path(out.strip()).is_file() and err == ""


def test_no_record_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "boot", "--no-record", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert not recordings_folder().exists()


def test_the_same_run_twice_has_the_same_digest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    digests = set()
    for name in ("a.zvz", "b.zvz"):
        assert cli.main(["run", "fork-bomb", "--set", "zone_map_size=1M", "-o", str(tmp_path / name), "--json"]) == 0
        digests.add(json.loads(capsys.readouterr().out)["digest"])
    assert len(digests) == 1


def test_max_events_interrupts(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "fork-bomb", "--max-events", "2000", "--no-record", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["outcome"] == "interrupted" and 2000 <= result["events"] < 2500


def test_an_existing_file_needs_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.zvz"
    path.write_text("mine")
    assert cli.main(["run", "boot", "-o", str(path), "--quiet"]) == 2
    assert "--force" in capsys.readouterr().err and path.read_text() == "mine"
    assert cli.main(["run", "boot", "-o", str(path), "--quiet", "--force"]) == 0
    assert info(path)["outcome"] == "booted"


@pytest.mark.parametrize(
    "args",
    [
        ["run"],
        ["run", "nothing"],
        ["run", "boot", "--profile", "nothing"],
        ["run", "boot", "--set", "nothing=1"],
        ["run", "boot", "--set", "ram"],
        ["run", "boot", "--set", "ram=tiny"],
        ["run", "boot", "--seed", "x"],
        ["run", "boot", "--max-events", "0"],
        ["run", "boot", "--nothing"],
        ["run", "boot", "-o", "/nowhere/at/all/a.zvz"],
        ["nothing"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_sentence_and_status_2(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(args) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.endswith(".\n") and "Traceback" not in err


def test_a_scenario_file_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.py"
    own = "SCENARIO = Scenario('mine', 'ends at once', lambda run: run.kernel.end('finished'))"
    path.write_text(f"from zoneviz.scenarios import Scenario\n\n{own}\n")
    assert cli.main(["run", str(path), "--no-record", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "finished"
    for text, sentence in (
        ("SCENARIO = 1", "has no SCENARIO"),
        ("from zoneviz.scenarios import Scenario\nSCENARIO = Scenario('mine', 'fails', 5)", "start of its SCENARIO is not a function"),
        ("def x(:", "SyntaxError"),
        ("raise ValueError('two\\nlines')", "ValueError: two lines"),
        ("exit('bye')", "SystemExit: bye"),
    ):
        path.write_text(f"{text}\n")
        assert cli.main(["run", str(path), "--no-record", "--json"]) == 1
        out, err = capsys.readouterr()
        assert sentence in err and err.count("\n") == 1 and out == ""


FAILING = """from zoneviz.mach import program
from zoneviz.scenarios import Scenario


def first():
    yield from program.prelude()
    {body}


SCENARIO = Scenario('mine', 'fails', lambda run: {start})
"""


@pytest.mark.parametrize(
    ("body", "start", "sentence"),
    [
        ("raise ValueError('two\\nlines')", "program.start(run.kernel, first())", "in line 7: ValueError: two lines."),
        ("open('/nowhere')", "program.start(run.kernel, first())", "in line 7: FileNotFoundError: "),
        ("exit('bye')", "program.start(run.kernel, first())", "in line 7: SystemExit: bye."),
        ("yield (5,)", "program.start(run.kernel, first())", "in line 7: TypeError: "),
        ("pass", "1 / 0", "in line 10: ZeroDivisionError: division by zero."),
    ],
)
def test_a_scenario_that_fails_is_one_sentence_and_keeps_its_events(
    body: str, start: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Named by a relative path it used to print 60 lines of internals."""
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(FAILING.format(body=body, start=start))
    assert cli.main(["run", "mine.py", "-o", "a.zvz", "--json"]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.startswith(f"mine.py fails {sentence}") and "Traceback" not in err
    header = info(Path("a.zvz"))
    assert header["events"] > 200 and not header["complete"] and header["incomplete_reason"] == err.rstrip("\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_and_leaves_a_good_recording(tmp_path: Path, number: int) -> None:
    path = tmp_path / "a.zvz"
    long = ["kernel-loop", "--profile", "upstream-2007", "--set", "operation=vm_allocate", "--set", "zone_map_size=24M"]
    command = [*ZONEVIZ, "run", *long, "-o", str(path), "--json"]
    wal = Path(f"{path}-wal")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        until = time.monotonic() + 60
        while not (wal.exists() and wal.stat().st_size > 1 << 20) and time.monotonic() < until and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    result = json.loads(out)
    assert result["outcome"] == "interrupted" and result["events"] > 1000
    header = info(path)
    assert header["complete"] and header["digest"] == result["digest"] and not wal.exists()


def test_a_closed_pipe_prints_nothing() -> None:
    code = "import sys; from zoneviz.cli.main import main; sys.exit(main(['run', 'boot', '--no-record', '--json']))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
