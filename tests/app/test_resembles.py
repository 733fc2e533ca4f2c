"""Which scenarios the recording at a path looks like."""

from pathlib import Path

import pytest

from zoneviz.app.resembles import resembles
from zoneviz.app.running import run
from zoneviz.errors import InputError
from zoneviz.spec import RunSpec


def test_another_seed_another_size_another_kernel(tmp_path: Path) -> None:
    settings = ("operation=dead_name_storm", "zone_map_size=640K", "count=900")
    run(RunSpec("kernel-loop", "debian-2007", settings, seed=99, output=tmp_path / "a.zvz"))
    assert resembles(tmp_path / "a.zvz").like[0].name == "kernel-loop operation=dead_name_storm"


def test_no_recording(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.zvz"):
        resembles(tmp_path / "no.zvz")
