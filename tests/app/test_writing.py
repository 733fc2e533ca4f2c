"""What is written replaces nothing that is read, and is refused before the work."""

from pathlib import Path

import pytest

from zoneviz.app.writing import probe
from zoneviz.errors import UsageError


def test_a_target_that_cannot_be_written_is_found_before_the_work(tmp_path: Path) -> None:
    read, folder = tmp_path / "a.zvz", tmp_path / "folder"
    read.write_bytes(b"a")
    folder.mkdir()
    probe(read, tmp_path / "r.zip")
    assert sorted(tmp_path.iterdir()) == [read, folder]
    for target, why in (tmp_path / "none" / "r.zip", "There is no folder"), (folder, "is a folder"), (read, "is the file that is read"):
        with pytest.raises(UsageError, match=why):
            probe(read, target)
