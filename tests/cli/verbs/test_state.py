"""`zoneviz state`."""

import json
from pathlib import Path

import pytest

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
