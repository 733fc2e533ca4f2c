"""The archive is complete, can be verified, and does not identify its sender."""

import getpass
import json
import re
import socket
import zipfile
from collections.abc import Generator
from html import escape
from pathlib import Path
from typing import Any

import pytest

from tests.exporters import hostile
from tests.exporters.test_comparison import Nesting
from tests.recording import live_machine
from zoneviz import resources
from zoneviz.app import notes, whatif
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
    assert {"svg", "script"} <= parser.seen and not {"link", "iframe", "form", "object"} & parser.seen
    assert not re.search(r"(?:src|href|srcset|url)\s*[=(]\s*['\"]?(?!data:)[a-z]*:", html), "it must load nothing"
    with Recording(bomb) as recording:
        header = recording.header
        for known in (header.digest, header.panic_text, header.profile, "My &lt;own&gt; words."):
            assert known in html
        assert command(header) in letter and header.digest in letter
    assert max(map(len, letter.splitlines())) <= 72 and letter.isascii() and letter.count("#") > 100
    found = diagnose(bomb).findings
    flat = " ".join(letter.split()).replace('"', "")
    assert found and all(escape(finding.sentence) in html for finding in found)
    assert all(re.sub("[“”]", "", finding.sentence) in flat for finding in found)


def test_the_letter_and_the_page_have_one_order(bomb: Path, tmp_path: Path) -> None:
    report(bomb, tmp_path / "r.zip", Contents("Mine.", pictures=False), None)
    files = unpacked(tmp_path / "r.zip", tmp_path / "r")
    page = re.findall(r"<h2>(.*?)</h2>", files["report.html"].decode())
    letter = re.findall(r"(?m)^(.+)\n-+$", files["report.txt"].decode())
    order = [
        "Comment", "Console", "Why", "Evidence", "Limits", "What would have stopped it", "Threads", "Reproduce", "The run",
        "In this archive", "Versions",
    ]  # fmt: skip
    for headings in (page, letter):
        assert [heading for heading in headings if heading in order] == order


def test_notes_are_included_unless_they_are_left_out(bomb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: USER)
    with Recording(bomb) as recording:
        file = notes.file_of(recording)
        notes.write(file, recording, [notes.Note(3000, f"Here {USER} saw <it>.")])
    for wanted in (True, False):
        report(bomb, tmp_path / "r.zip", Contents(recording=NONE, pictures=False, notes=wanted), None, force=True)
        files = unpacked(tmp_path / "r.zip", tmp_path / f"r{wanted}")
        for name, text in (("report.html", "(event 3,000)</span> Here (user) saw &lt;it&gt;."), ("report.txt", "Here (user) saw <it>.")):
            assert (text in files[name].decode()) == wanted
    file.unlink()


def test_limits_are_tested_if_asked(bomb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def apart(spec: RunSpec, done: int, of: int) -> Generator[tuple[int, int], None, dict[str, Any]]:
        asked.append(spec)
        yield done, of
        ended = {"text": "zalloc: zone maps exhausted", "memory": "zone_map"}
        return {
            "panic": None if len(asked) == 1 else ended,
            "outcome": "finished" if len(asked) == 1 else "panic",
            "events": 10,
            "zone_map": {"used": 1, "size": 2},
            "counts": {"threads": 4711},
            "simulated_seconds": 0.5,
            "digest": "x",
        }

    monkeypatch.setattr(whatif, "run_apart", apart)
    steps: list[str] = []
    report(bomb, tmp_path / "r.zip", Contents(recording=NONE, pictures=False, what_if=True), None, tell=steps.append)
    count = len(asked)
    assert count > 5 and steps[:2] == [f"testing limit {i} of {count}" for i in (1, 2)] and len(set(steps)) == len(steps)
    files = unpacked(tmp_path / "r.zip", tmp_path / "r")
    said = f"1 of {count} limits prevents the panic."
    assert said in files["report.html"].decode() and said in files["report.txt"].decode()
    assert "<strong>finishes</strong>" in files["report.html"].decode() and files["report.html"].decode().count("4,711") == count
    with pytest.raises(UsageError, match="leave out --what-if"):
        path = live_machine.record(tmp_path / "a.zvz", 3, allocs=100)
        path.finish("finished")
        report(tmp_path / "a.zvz", tmp_path / "n.zip", Contents(what_if=True), None)


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
    assert html.count("<script") == 2 and "&lt;script&gt;" in html, "the data and our own script, and no other"
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


def test_readings_have_no_picture_of_pages(tmp_path: Path) -> None:
    asked: list[str] = []

    def watch(shot: Shot) -> dict[str, Any]:
        asked.append(shot.view)
        return paint(shot)

    panic = next(path for path in resources.recordings() if path.name.startswith("macos-panic"))
    result = report(panic, tmp_path / "r.zip", Contents(recording=NONE), watch)
    assert set(asked) == {"timeline", "zone-heatmap"} and "pictures/zone-map-pages.png" not in result["files"]
