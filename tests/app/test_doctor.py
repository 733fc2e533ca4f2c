"""What is missing is reported with its remedy."""

import shutil
from pathlib import Path

import pytest

from zoneviz.app import doctor as module
from zoneviz.app.doctor import Check, doctor
from zoneviz.mach.tape import COMPILED


def test_this_machine_has_everything_required() -> None:
    found = {check.what: check for check in doctor()}
    assert [check for check in found.values() if check.needed and not check.ok] == []
    assert found["simulated kernel"].found == ("compiled" if COMPILED else "interpreted")
    assert {"Python", "SQLite", "fonts", "painting without a screen", "recordings folder", "ffmpeg"} <= set(found)
    assert all(bool(check.remedy) != check.ok for check in found.values())


def test_a_missing_thing_has_a_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "LIBRARIES", {"libnowhere.so.7": "libnowhere7"})
    monkeypatch.setattr(module, "PACKAGES", ("no-such-package",))
    monkeypatch.setattr(module, "SQLITE", (99, 0))
    monkeypatch.setattr(module, "qt_fails", lambda words, **more: f"{words} (it is broken)")
    monkeypatch.setattr(module, "_fonts", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    found = {check.what: check for check in doctor()}
    for what in ("SQLite", "package no-such-package", "libraries for painting", "fonts", "painting without a screen", "ffmpeg"):
        assert not found[what].ok and found[what].remedy, what
    assert found["libraries for painting"].remedy == "apt-get install libnowhere7"
    assert not found["ffmpeg"].needed and found["fonts"].needed
    assert isinstance(found["fonts"], Check) and found["fonts"].as_json()["ok"] is False
