"""Desktop integration: valid files, and nothing left after they are removed."""

import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from zoneviz.app import desktop
from zoneviz.errors import ZonevizError
from zoneviz.recording import schema

SHELLS = {"bash": "# b", "zsh": "# z", "fish": "# f"}


def test_files_are_installed_and_removed(tmp_path: Path) -> None:
    files = desktop.install(".TH", SHELLS, tmp_path)
    assert all(path.is_file() for path in files) and len(files) == 8
    assert desktop.install(".TH 2", SHELLS, tmp_path) == files and files[5].read_text() in (".TH 2", "# b")
    assert sorted(desktop.remove(tmp_path)) == sorted(files)
    # the databases of the desktop's programs may stay
    left = [path for path in tmp_path.rglob("*") if path.is_file() and "zoneviz" in path.name]
    assert left == [] or all(path.parent.name == "application" for path in left)
    assert desktop.remove(tmp_path) == []


def test_the_file_type_matches_recordings(tmp_path: Path) -> None:
    desktop.install("", SHELLS, tmp_path)
    root = ElementTree.parse(tmp_path / "mime/packages/zoneviz.xml").getroot()
    name = "{http://www.freedesktop.org/standards/shared-mime-info}match"
    found = {match.get("offset"): match.get("value") for match in root.iter(name)}
    assert found == {"0": "SQLite format 3", "68": schema.APPLICATION_ID.to_bytes(4, "big").decode()}
    entry = (tmp_path / "applications/zoneviz.desktop").read_text()
    types = set(re.findall(r"application/x-zoneviz[\w-]*", entry))
    assert types == {part.get("type") for part in root} and re.search(r"^Exec=.*zoneviz %F$", entry, re.MULTILINE)


@pytest.mark.parametrize(
    ("word", "written"), [("/a/b", "/a/b"), ("/a b", '"/a b"'), ("/a%b", "/a%%b"), ('/a"b', '"/a\\\\"b"'), ("/a$b", '"/a\\\\$b"')]
)
def test_a_path_in_an_exec_line(word: str, written: str) -> None:
    assert desktop._quoted(word) == written


def test_the_desktop_s_validators_accept_the_files(tmp_path: Path) -> None:
    files = desktop.install("", SHELLS, tmp_path)
    for program, file in (("desktop-file-validate", files[0]), ("xmllint", files[1])):
        if shutil.which(program):
            done = subprocess.run([program, str(file)], capture_output=True, text=True)
            assert done.returncode == 0, done.stdout + done.stderr
    ElementTree.parse(files[2])


def test_an_impossible_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ZonevizError):
        desktop.install("", SHELLS, tmp_path / "file")
