"""The files that come with the program are found."""

import re
import shlex
from pathlib import Path
from xml.etree import ElementTree

import pytest

from zoneviz import resources
from zoneviz.app.soundness import problems
from zoneviz.cli import main as cli
from zoneviz.playback import Player
from zoneviz.playback.readings import Readings
from zoneviz.playback.servers import servers
from zoneviz.recording import Recording
from zoneviz.recording.header import SAMPLED

ROOT = Path(__file__).parent.parent


def test_the_program_has_an_icon_without_text() -> None:
    icon = resources.icon("zoneviz")
    assert {element.tag.rpartition("}")[2] for element in ElementTree.parse(icon).iter()} <= {"svg", "title", "rect", "path", "circle"}


def test_an_unknown_folder_does_not_exist() -> None:
    assert not resources.folder("nothing").exists()


GOLDEN = resources.recordings()
REAL = {"linux-sockets": (60, False), "macos-panic": (1, True)}
"""Captures of real machines: their readings, and whether they end in a panic."""


def test_there_are_golden_recordings() -> None:
    names = ["dev-null-storm", "dev-null-throttled", "fork-bomb", *REAL, "real-messages"]
    assert [path.name for path in GOLDEN] == [f"{name}.zvz.zst" for name in names]


@pytest.mark.parametrize("path", [path for path in GOLDEN if path.name.split(".")[0] not in REAL], ids=lambda path: path.name)
def test_golden_recordings_are_small_and_sound(path: Path) -> None:
    assert path.stat().st_size < 2_000_000
    with Recording(path) as recording:
        assert recording.complete and recording.event_count > 5000
        assert (Player(recording).at_panic() is None) == ("throttled" in path.name)
        assert problems(recording) == []


@pytest.mark.parametrize("name", REAL)
def test_recordings_of_real_machines_are_small_and_sound(name: str) -> None:
    (path,) = [path for path in GOLDEN if path.name == f"{name}.zvz.zst"]
    assert path.stat().st_size < 200_000
    readings, panic = REAL[name]
    with Recording(path) as recording:
        assert recording.complete and recording.header.kind == SAMPLED
        player = Player(recording)
        assert len(Readings(recording)) == readings
        assert (player.at_panic() is not None) == panic
        assert problems(recording) == []


def test_the_storm_is_seen_in_its_recording_and_the_throttle_holds_it() -> None:
    storm, throttled = (next(path for path in GOLDEN if path.name.startswith(f"dev-null-{name}")) for name in ("storm", "throttled"))
    with Recording(storm) as recording:
        player = Player(recording)
        player.seek(recording.event_count)
        null = next(server for server in servers(player.state) if server.name == "null")
        assert null.threads > 1000 and null.blocked["_ports_lock"] > 500
    with Recording(throttled) as recording:
        player = Player(recording)
        player.seek(recording.event_count)
        assert max(server.threads for server in servers(player.state)) < 100
        assert not player.state.ports.queued.any()


def test_golden_recordings_are_what_their_commands_make(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the commands in recordings/README.md, in a temporary folder. What they pack is compared as it is: packing takes longest."""
    commands = re.findall(r"^    zoneviz (.*)$", (ROOT / "recordings" / "README.md").read_text(), re.MULTILINE)
    (tmp_path / "build").mkdir()
    compared = set()
    for command in commands:
        words = [str(tmp_path / word) if word.startswith("build/") else word for word in shlex.split(command)]
        if words[0] == "pack":
            golden = ROOT / words[-1]
            with Recording(golden) as there, Recording(Path(words[1])) as made:
                assert there.header.digest == made.header.digest, f"The model of {golden.name} has changed: make recordings"
            compared.add(golden)
        else:
            assert cli.main([str(ROOT / word) if word.startswith("tests/") else word for word in words]) == 0
    capsys.readouterr()
    assert compared == set(GOLDEN)
