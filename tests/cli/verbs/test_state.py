"""`zoneviz state`."""

import json
from pathlib import Path

import pytest

from tests.recording import live_machine
from zoneviz import resources, words
from zoneviz.cli import main as cli


@pytest.mark.parametrize("at", ["end", "100", "0"])
def test_the_machine_is_printed(booted: Path, at: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["state", str(booted), "--at", at, "--json"]) == 0
    machine = json.loads(capsys.readouterr().out)
    assert {"event", "counts", "zone_map", "kernel_map", "kalloc_map", "physical", "zones"} <= machine.keys()
    assert cli.main(["state", str(booted), "--at", at]) == 0
    assert "kernel_map" in capsys.readouterr().out


def test_without_a_panic_the_panic_is_wrong_usage(booted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["state", str(booted), "--at", "panic"]) == 2
    assert "has no panic" in capsys.readouterr().err


def test_shortened_tables_say_so(bombed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["state", str(bombed), "--at", "end", "--json"]) == 0
    state = json.loads(capsys.readouterr().out)
    assert cli.main(["state", str(bombed), "--at", "end"]) == 0
    out = capsys.readouterr().out
    for rows in (state["servers"], state["tasks"]):
        assert len(rows) > 12 and f"and {len(rows) - 12} more" in out


@pytest.mark.parametrize("allocs", [0, 100])
def test_of_a_live_machine_only_what_it_reports_is_printed(allocs: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    live_machine.record(tmp_path / "a.zvz", 3, allocs).finish("finished")
    assert cli.main(["state", str(tmp_path / "a.zvz"), "--at", "end"]) == 0
    words = capsys.readouterr().out.split()
    assert not {"operations", "forks", "tasks", "zone_map", "max", "flags", "simulated"} & set(words)
    assert {"slab_unreclaimable", "cache-1", "use", "free", "size"} <= set(words)


def test_figures_of_the_machine_have_units(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = next(path for path in resources.recordings() if path.name.startswith("macos"))
    live_machine.record(tmp_path / "a.zvz", 3, 0).finish("finished")
    for file in (example, tmp_path / "a.zvz"):
        assert cli.main(["state", str(file), "--at", "end", "--json"]) == 0
        state = json.loads(capsys.readouterr().out)
        assert set(state["units"]) == set(state["figures"])
        assert cli.main(["state", str(file), "--at", "end"]) == 0
        printed = capsys.readouterr().out
        for name, value in state["figures"].items():
            shown = words.size(value) if state["units"][name] == "bytes" else words.number(value)
            assert any(line.split()[0] == name and line.rstrip().endswith(shown) for line in printed.splitlines() if line.strip()), name
