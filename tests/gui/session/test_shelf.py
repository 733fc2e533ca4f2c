"""Which recordings are listed: all in the folder, those opened elsewhere, and the examples."""

import os
from pathlib import Path

from PySide6.QtCore import QSettings

from zoneviz import resources
from zoneviz.gui.session.shelf import ELSEWHERE, Item, Shelf, look


def made(path: Path, at: float, size: int = 3) -> Path:
    """A file that was last written at `at`."""
    path.write_bytes(b"x" * size)
    os.utime(path, (at, at))
    return path


def own(shelf: Shelf) -> list[Item]:
    """The items that are no examples."""
    return [item for item in shelf.items() if not item.example]


def test_all_recordings_of_the_folder_are_listed_newest_first(settings: QSettings, tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    shelf = Shelf(settings, folder)
    assert own(shelf) == []
    folder.mkdir()
    for number in range(30):
        made(folder / f"{number}.zvz{'.zst' if number % 2 else ''}", 1000 + number)
    for other in ("a.png", ".hidden.zvz", "b.zvs"):
        made(folder / other, 1)
    assert [item.path.name.partition(".")[0] for item in own(shelf)] == [str(n) for n in reversed(range(30))]


def test_the_examples_come_last(settings: QSettings, tmp_path: Path) -> None:
    made(tmp_path / "a.zvz", 0)
    items = Shelf(settings, tmp_path).items()
    assert [item.example for item in items] == [False] + [True] * len(resources.recordings())


def test_what_was_opened_elsewhere_is_remembered(settings: QSettings, tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    here, there = made(folder / "a.zvz", 1), made(tmp_path / "b.zvz", 2)
    shelf = Shelf(settings, folder)
    for path in (there, here, resources.recordings()[0]):
        shelf.remember(path)
    assert shelf.recent() == [here.resolve(), there.resolve()]
    assert [item.path for item in own(shelf)] == [there.resolve(), here.resolve()]
    assert shelf.in_folder(here) and not shelf.in_folder(there)
    shelf.forget(there)
    assert [item.path for item in own(shelf)] == [here.resolve()]
    shelf.forget()
    assert shelf.recent() == [] and len(own(shelf)) == 1
    there.unlink()
    shelf.remember(there)
    assert shelf.recent() == []


def test_settings_do_not_grow_without_bound(settings: QSettings, tmp_path: Path) -> None:
    shelf = Shelf(settings)
    settings.setValue("recent", [f"/nowhere/{number}" for number in range(ELSEWHERE)])
    shelf.remember(made(tmp_path / "a.zvz", 1))
    found = settings.value("recent")
    assert isinstance(found, list) and len(found) == ELSEWHERE and found[0] == str((tmp_path / "a.zvz").resolve())


def test_the_size_includes_what_is_not_merged_yet(settings: QSettings, tmp_path: Path) -> None:
    path = made(tmp_path / "a.zvz", 1, 10)
    made(tmp_path / "a.zvz-wal", 1, 90)
    found = look(path)
    assert found is not None and found.size == 100
    assert [item.size for item in own(Shelf(settings, tmp_path))] == [100]
    assert look(tmp_path / "missing") is None
