"""The command that runs a user's own scenario again names its file, as long as that is the file that made the run."""

import shlex
from pathlib import Path

import pytest

from zoneviz.app.own_files import remember, reproduce, where
from zoneviz.app.running import run
from zoneviz.app.spec import recordings_folder
from zoneviz.cli.main import main
from zoneviz.recording import Header, Recording
from zoneviz.spec import RunSpec

OWN = """
from zoneviz.scenarios import Parameter, Scenario
def start(run):
    run.kernel.finish("finished", 0)
SCENARIO = Scenario("toy", "Ends at once.", start, (Parameter("count", "int", 3, "A number."),))
"""


@pytest.fixture
def own(tmp_path: Path) -> tuple[Path, Header]:
    """A scenario file with an awkward name, and the header of its run."""
    file = tmp_path / "it's $mine" / "my toy.py"
    file.parent.mkdir()
    file.write_text(OWN)
    run(RunSpec(file, settings={"count": 4}, output=tmp_path / "a.zvz"))
    with Recording(tmp_path / "a.zvz") as recording:
        return file, recording.header


def test_the_command_works(own: tuple[Path, Header], tmp_path: Path) -> None:
    file, header = own
    command, needed = reproduce(header)
    assert not needed and str(file) not in str(header), "a recording names no path"
    words = shlex.split(command.replace("\\\n", " "))
    assert words[:3] == ["zoneviz", "run", str(file)]
    assert main([*words[1:], "-o", str(tmp_path / "b.zvz"), "--quiet"]) == 0
    with Recording(tmp_path / "b.zvz") as again:
        assert again.header.digest == header.digest and again.header.parameters["count"] == 4


def test_without_the_file_a_sentence_says_so(own: tuple[Path, Header]) -> None:
    file, header = own
    file.write_text(OWN + "# changed")
    command, needed = reproduce(header)
    assert command == "" and "you need the scenario file of “toy”" in needed
    file.unlink()
    assert reproduce(header) == ("", needed) and where("") is None
    assert reproduce(Header(kind="imported", scenario="toy")) == ("", "")


def test_what_is_remembered_may_be_lost(own: tuple[Path, Header]) -> None:
    file, header = own
    store = recordings_folder().parent / "scenario-files.json"
    for text in ("{", "[1]", '{"a": 1}'):
        store.write_text(text)
        assert where(header.model) is None
        remember(file)
        assert where(header.model) == file.resolve()
