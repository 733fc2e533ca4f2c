"""The archive is complete, can be verified, and does not identify its sender."""

import getpass
import json
import re
import socket
import zipfile
from html import escape
from pathlib import Path
from typing import Any

import pytest

from tests.exporters import hostile
from tests.exporters.test_comparison import Nesting
from tests.recording import live_machine
from zoneviz.app.diagnosis import diagnose
from zoneviz.app.pictures import Shot
from zoneviz.app.privacy import anonymous
from zoneviz.app.report import NONE, PART, Contents, report
from zoneviz.app.running import run
from zoneviz.app.spec import command
from zoneviz.app.verify import verify
from zoneviz.errors import EnvironmentProblem, InputError, UsageError
from zoneviz.recording import Header, Recording, pack, unpack
from zoneviz.spec import RunSpec

HOME, USER, HOST = "/home/quillfeather", "quillfeather", "brambleton"
PNG = b"\x89PNG\r\n\x1a\n fake"


def paint(shot: Shot) -> dict[str, Any]:
    shot.output.write_bytes(PNG)
    return {}


@pytest.fixture(scope="module")
def bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "bomb.zvz"
    run(RunSpec("fork-bomb", settings=("zone_map_size=64K",), output=path))
    return path


def unpacked(path: Path, folder: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_archive_is_complete_and_verifies(bomb: Path, tmp_path: Path) -> None:
    result = report(bomb, tmp_path / "r.zip", Contents("My <own> words."), paint)
    files = unpacked(tmp_path / "r.zip", tmp_path / "r")
    assert {name: len(data) for name, data in files.items()} == result["files"]
    assert set(files) >= {
        "report.html",
        "report.txt",
        "zones.csv",
        "recording.zvz.zst",
        "pictures/timeline.png",
        "pictures/timeline-dark.png",
    }
    assert verify(tmp_path / "r" / "recording.zvz.zst")["reproduced"] is True
    html, letter = files["report.html"].decode(), files["report.txt"].decode()
    parser = Nesting()
    parser.feed(html)
    assert "svg" in parser.seen and "script" not in parser.seen and "link" not in parser.seen
    assert not re.search(r"(?:src|href|srcset|url)\s*[=(]\s*['\"]?(?!data:)[a-z]*:", html), "it must load nothing"
    with Recording(bomb) as recording:
        header = recording.header
        for known in (header.digest, header.panic_text, header.profile, "My &lt;own&gt; words."):
            assert known in html
        assert command(header) in letter and header.digest in letter
    assert max(map(len, letter.splitlines())) <= 72 and letter.isascii() and letter.count("#") > 100
    found = diagnose(bomb).findings
    assert found and all(escape(finding.sentence) in html for finding in found)
    assert " ".join(found[0].sentence.split()) in " ".join(letter.split())


def test_an_excerpt_and_left_out_parts(bomb: Path, tmp_path: Path) -> None:
    report(bomb, tmp_path / "p.zip", Contents(at="2000", recording=PART, span="1000:2000", pictures=False), None)
    files = unpacked(tmp_path / "p.zip", tmp_path / "p")
    with Recording(tmp_path / "p" / "recording.zvz.zst") as part:
        assert (part.first_event, part.event_count) == (1000, 2000)
    assert sorted(files) == ["recording.zvz.zst", "report.html", "report.txt", "zones.csv"]
    report(bomb, tmp_path / "n.zip", Contents(recording=NONE, pictures=False, zones=False), None)
    assert sorted(unpacked(tmp_path / "n.zip", tmp_path / "n")) == ["report.html", "report.txt"]


def test_two_reports_have_the_same_bytes(bomb: Path, tmp_path: Path) -> None:
    pack(bomb, tmp_path / "bomb.zvz.zst")
    contents = Contents(recording=PART, span="1000:3000")
    report(bomb, tmp_path / "1.zip", contents, paint)
    report(tmp_path / "bomb.zvz.zst", tmp_path / "2.zip", contents, paint)
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_nothing_identifies_the_sender(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", HOME)
    monkeypatch.setattr(getpass, "getuser", lambda: USER)
    monkeypatch.setattr(socket, "gethostname", lambda: f"{HOST}.example.org")
    secret = f"{HOME}/work/a.csv by {USER} on {HOST}"
    header = Header(scenario="a", parameters={"stream": secret}, profile_values={"x": {"deep": [secret]}}, profile=f"of {USER}", seed=1)
    path = hostile.record(tmp_path / f"{USER}.zvz", header=header)
    asked: list[Shot] = []

    def watch(shot: Shot) -> dict[str, Any]:
        asked.append(shot)
        return paint(shot)

    report(path, tmp_path / "r.zip", Contents(), watch)
    files = unpacked(tmp_path / "r.zip", tmp_path / "r")
    with Recording(tmp_path / "r" / "recording.zvz.zst") as recording:
        files["header"] = json.dumps(recording.header.row()).encode()
        assert recording.header.parameters == {"stream": "~/work/a.csv by (user) on (host)"}
    unpack(tmp_path / "r" / "recording.zvz.zst", tmp_path / "plain.zvz")
    files["plain"] = (tmp_path / "plain.zvz").read_bytes()
    files["zip"] = (tmp_path / "r.zip").read_bytes()
    for name, data in files.items():
        for word in (HOME, USER, HOST, str(tmp_path)):
            assert word.encode() not in data, (name, word)
    assert {shot.file.name for shot in asked} == {"recording.zvz"}  # the name shown in the caption


@pytest.mark.parametrize("name", ["vm", "root", ""])
def test_common_names_are_not_removed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: name)
    monkeypatch.setattr(getpass, "getuser", lambda: name)
    assert anonymous("the vm pages of root") == "the vm pages of root"


def test_hostile_names_are_text(tmp_path: Path) -> None:
    path = hostile.record(tmp_path / "h.zvz")
    report(path, tmp_path / "r.zip", Contents(hostile.MARKUP + hostile.TERMINAL, pictures=False), None)
    files = unpacked(tmp_path / "r.zip", tmp_path / "r")
    html = files["report.html"].decode()
    assert "<script" not in html and "&lt;script&gt;" in html
    parser = Nesting()
    parser.feed(html)
    for name in ("report.html", "report.txt", "zones.csv"):
        text = files[name].decode()
        assert "\x1b" not in text and "\x07" not in text and "\u202e" not in text
    assert "'=HYPERLINK" in files["zones.csv"].decode()


def test_a_report_that_cannot_be_made_is_refused(bomb: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.zip"
    with pytest.raises(UsageError, match=rf"'nine' is not a moment of {bomb};"):  # not of a temporary copy
        report(bomb, out, Contents(at="nine"), None)
    with pytest.raises(InputError):
        report(Path(__file__), out, Contents(), None)
    with pytest.raises(EnvironmentProblem, match="No space left"):
        report(bomb, Path("/dev/full"), Contents(recording=NONE, pictures=False), None)

    def fail(shot: Shot) -> dict[str, Any]:
        raise EnvironmentProblem("Qt cannot paint here.")

    with pytest.raises(EnvironmentProblem, match="paint"):
        report(bomb, out, Contents(recording=NONE), fail)
    assert not out.exists()
    out.write_text("mine")
    steps: list[str] = []
    with pytest.raises(UsageError, match="exists already"):
        report(bomb, out, Contents(pictures=False), None, tell=steps.append)
    assert steps == []  # before the work, not after it
    assert out.read_text() == "mine"


def test_a_report_of_a_live_machine_has_its_words(tmp_path: Path) -> None:
    live_machine.record(tmp_path / "a.zvz", 3, allocs=100).finish("finished")
    report(tmp_path / "a.zvz", tmp_path / "r.zip", Contents(), paint)
    letter = unpacked(tmp_path / "r.zip", tmp_path / "r")["report.txt"].decode()
    assert "zones.csv: the zones after event" in letter, "its header names no other noun"
    assert "The pages of the zones" in letter and "model:" not in letter and "simulated" not in letter
