"""From a recording to its run, and where new recordings go."""

import shlex
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from tests.scenarios.test_scenarios import OWN
from zoneviz.app.compare import variant
from zoneviz.app.running import run
from zoneviz.app.spec import again, command, default_output, needs_file
from zoneviz.app.verify import verify
from zoneviz.errors import EnvironmentProblem, UsageError
from zoneviz.recording import Header, Recording
from zoneviz.spec import RunSpec


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A user's own scenario file, and a recording of it."""
    folder = tmp_path_factory.mktemp("own")
    file, recording = folder / "toy.py", folder / "toy.zvz"
    file.write_text(OWN)
    run(RunSpec(file, settings={"count": 3}, output=recording))
    return file, recording


def test_a_variant_of_ones_own_scenario_keeps_its_file(own: tuple[Path, Path], tmp_path: Path) -> None:
    file, recording = own
    spec = variant(recording, RunSpec(file, settings={"count": 4}, output=tmp_path / "b.zvz"), None, None)
    assert (spec.scenario, spec.settings["count"], spec.against) == (str(file), 4, recording)
    assert run(spec)[0]["counts"]["operations"] == 4


def test_a_recording_of_ones_own_scenario_says_that_its_file_is_needed(own: tuple[Path, Path]) -> None:
    with Recording(own[1]) as recording:
        header = recording.header
    with pytest.raises(UsageError, match=rf"The scenario '{header.scenario}' is not part of zoneviz: name the \.py file it is in\."):
        again(header)
    assert again(header, file=str(own[0])).resolve().params["count"] == 3
    assert command(header) == "" and f"the scenario file of “{header.scenario}”" in needs_file(header)
    assert command(header, own[0]).startswith(f"zoneviz run {shlex.quote(str(own[0]))} ")


def test_a_path_in_a_recording_is_never_run(tmp_path: Path) -> None:
    evil = tmp_path / "evil.py"
    evil.write_text("raise SystemExit('this ran')")
    with pytest.raises(UsageError, match="is not part of zoneviz"):
        again(Header(scenario=str(evil), profile="antrik-2005", model="0123456789ab"))
    run(RunSpec("boot", output=tmp_path / "a.zvz"))
    with closing(sqlite3.connect(tmp_path / "a.zvz")) as db, db:
        db.execute("UPDATE recording SET scenario = ?", (str(evil),))
    assert "is not part of zoneviz" in verify(tmp_path / "a.zvz")["note"]
    assert "\nrm" not in command(Header(scenario="x\nrm -rf /", profile="antrik-2005"))


def test_default_recordings_never_collide(tmp_path: Path) -> None:
    now = datetime(2026, 1, 2, 3, 4, 5)
    first = default_output("my own/bomb", 7, now, tmp_path / "new")
    assert first == tmp_path / "new" / "my-own-bomb-7-20260102-030405.zvz"
    first.touch()
    assert default_output("my own/bomb", 7, now, tmp_path / "new").name == "my-own-bomb-7-20260102-030405-2.zvz"


def test_a_folder_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentProblem, match=r"cannot be made.*-o"):
        default_output("boot", 1, datetime(2026, 1, 1), tmp_path / "file" / "recordings")
