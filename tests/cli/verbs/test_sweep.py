"""The verb `sweep`: its table, JSON and exports, what it refuses, and the same command again after kill -9."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from zoneviz.cli.main import main

SWEEP = ["sweep", "fork-bomb", "--vary", "zone_map_size=64K,128K", "--vary", "session=console", "--workers", "1"]


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sweep") / "a.zvs"
    assert main([*SWEEP, "--seeds", "2", "-o", str(out)]) == 0
    return out


def test_the_table_and_the_json(swept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SWEEP, "--seeds", "2", "-o", str(swept)]) == 0
    printed = capsys.readouterr()
    assert "64 KiB" in printed.out and "128 KiB" in printed.out and "zone_map" in printed.out and "processes" in printed.out
    assert printed.err == f"4 runs in {swept}, none of them new.\n"
    assert main([*SWEEP, "--seeds", "2", "-o", str(swept), "--figure", "ports", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    small, large = found["points"]
    assert found["runs"] == 4 and found["failed"] == 0 and found["figure"] == "ports"
    assert small["settings"] == {"zone_map_size": 65536, "session": "console"} and small["runs"] == 2
    assert small["ended_by"] == {"zone_map": 2} and 0 < small["low"] <= small["median"] <= small["high"] < large["high"]


def test_the_runs_as_a_table_of_another_program(swept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pandas = pytest.importorskip("pandas")
    for form, read in (("csv", pandas.read_csv), ("parquet", pandas.read_parquet), ("json", pandas.read_json)):
        out = tmp_path / f"a.{form}"
        assert main(["export", str(swept), "--to", form, "-o", str(out)]) == 0
        frame = read(out)
        assert list(frame["set_zone_map_size"]) == [65536, 65536, 131072, 131072] and list(frame["seed"]) == [1, 2, 1, 2]
        assert set(frame["memory"]) == {"zone_map"} and frame["simulated_seconds"].min() > 0
    capsys.readouterr()
    assert main(["export", str(swept), "--to", "stacks", "-o", str(tmp_path / "b")]) == 2
    assert "which the format stacks is not" in capsys.readouterr().err
    assert main(["export", str(swept), "--to", "csv", "--at", "end", "-o", str(tmp_path / "b")]) == 2
    assert "exported whole" in capsys.readouterr().err and not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--vary", "no_such=1"], "There is no 'no_such' to vary"),
        (["--vary", "rate=1,2", "--figure", "luck"], "There is no figure 'luck'"),
        (["--vary", "rate=1,2", "--profile", "mine"], "profile='mine' is not"),
        (["--vary", "rate=1,2", "--set", "no_such=3"], "There is no 'no_such' to set"),
        (["--vary", "rate=1,2", "--max-events", "0"], "max_events=0 is not"),
        (["--vary", "rate=1,2", "--workers", "0"], "--workers"),
        (["--vary", "rate=1,2", "--cluster", "tcp://here:1", "--workers", "2"], "leave them out with --cluster."),
        (["--vary", "rate=1,2", "--cluster", "tcp://here:1"], "--cluster needs dask.distributed: pip install 'zoneviz[cluster]'."),
        (["--vary", "rate=1,2", "-o", "nowhere/a.zvs"], "There is no folder nowhere"),
        (["--vary", "rate=1,2", "-o", "there.zvs"], "there.zvs does not hold the results of a sweep."),
        (
            ["--vary", "rate=1..100:1", "--vary", "jitter=0..0.9:0.1", "--seeds", "1000", "--max-events", "1000"],
            "1,000,000 runs take about",
        ),
    ],
)
def test_what_cannot_be_swept_is_refused_before_anything_is_written(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "distributed", None)  # as if it were not installed
    Path("there.zvs").write_text("mine")
    assert main(["sweep", "fork-bomb", *([] if "-o" in words else ["-o", "a.zvs"]), *words]) != 0
    err = capsys.readouterr().err
    assert sentence in err and err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["there.zvs"] and Path("there.zvs").read_text() == "mine"


def test_failed_runs_are_counted_and_their_reason_is_printed_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.py"
    own.write_text(
        "from zoneviz.scenarios import Parameter, Scenario\n\n"
        "SCENARIO = Scenario('own', 'Fails.', lambda run: 1 / 0, (Parameter('x', 'int', 1, 'Any.'),))\n"
    )
    assert main(["sweep", str(own), "--vary", "x=1,2", "--workers", "1", "-o", str(tmp_path / "a.zvs")]) == 0
    printed = capsys.readouterr()
    assert printed.out.count("failed") == 2 and printed.err.count("2 runs failed. ") == 1 and "fails in line 3" in printed.err


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_kill_loses_at_most_the_runs_in_hand_and_the_same_command_continues(tmp_path: Path) -> None:
    out = tmp_path / "a.zvs"
    command = [sys.executable, "-m", "zoneviz", "sweep", "fork-bomb", "--vary", "rate=1..8:1", "--max-events", "2000"]
    command += ["--workers", "1", "-o", str(out)]
    sweep = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 120
        while not (out.exists() and rows(out)):
            assert sweep.poll() is None and time.monotonic() < end
            time.sleep(0.02)
    finally:
        os.kill(sweep.pid, signal.SIGKILL)
        sweep.wait()
    kept = rows(out)
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert f"8 runs in {out}, {8 - len(kept)} of them new" in done.stderr or len(kept) == 8
    assert kept == rows(out)[: len(kept)] and len(rows(out)) == 8


def rows(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT * FROM runs ORDER BY point, seed").fetchall()


def test_one_point_is_run_again(swept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run.zvz"
    assert main(["run", str(swept), "--point", "1", "--seed", "2", "-o", str(out), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    with closing(sqlite3.connect(swept)) as db:
        assert db.execute("SELECT digest FROM runs WHERE point = 1 AND seed = 2").fetchone() == (result["digest"],)
    assert out.is_file()
    assert main(["run", str(swept), "--point", "1", "--set", "rate=2"]) == 2
    assert "--point takes all settings from the sweep" in capsys.readouterr().err


def test_a_page_for_people_without_zoneviz(swept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "a.html"
    assert main(["export", str(swept), "--to", "html", "-o", str(out)]) == 0
    page = out.read_text()
    assert page.count("<svg") == 1 and page.count("<circle") == 3 and "<td>128 KiB<td>console" in page  # two points and the legend
    assert "http" not in page and "<script" not in page
    line = page.split("<pre>")[1].split("</pre>")[0].split()
    capsys.readouterr()
    assert line[:2] == ["zoneviz", "sweep"] and main([*line[1:-1], str(swept)]) == 0
    assert "4 runs" in capsys.readouterr().err
