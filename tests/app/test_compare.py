"""Comparing files, and the run of a recording once more."""

from dataclasses import replace
from pathlib import Path

import pytest

from zoneviz.app.compare import compare, variant
from zoneviz.app.running import run
from zoneviz.app.spec import again
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("app") / "loop.zvz"
    run(RunSpec("kernel-loop", "upstream-2005", ("operation=mach_port_allocate", "zone_map_size=64K"), 7, path))
    return path


def test_progress_is_reported(loop: Path) -> None:
    progress: list[tuple[int, int]] = []
    found = compare(loop, loop, on_progress=lambda done, of: progress.append((done, of)))
    assert found.as_json() == compare(loop, loop).as_json() and found.divergence is None
    assert progress == sorted(progress) and len(progress) > 4 and progress[-1][0] <= progress[-1][1]


def test_a_variant_of_a_run(loop: Path, tmp_path: Path) -> None:
    with Recording(loop) as recording:
        header, digest = recording.header, recording.header.digest
    spec = again(header)
    assert (spec.scenario, spec.profile, spec.seed) == ("kernel-loop", "upstream-2005", 7)
    assert variant(loop, RunSpec("kernel-loop"), None, None) == replace(spec, against=loop)
    result, _ = run(RunSpec(spec.scenario, spec.profile, spec.settings, spec.seed, tmp_path / "b.zvz"))
    assert result["digest"] == digest
    changed = again(header, {"zone_map_size": "1M"})
    assert changed.settings["zone_map_size"] == "1M"
