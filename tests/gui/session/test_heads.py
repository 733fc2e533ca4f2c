"""Heads are read once, in a thread, when they are asked for."""

from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import events, write
from zoneviz.app import heads as app
from zoneviz.gui.session import heads as module
from zoneviz.gui.session import jobs
from zoneviz.gui.session.heads import AT_ONCE, Heads
from zoneviz.gui.session.shelf import Item, look


def item(path: Path) -> Item:
    """The item of a file."""
    found = look(path)
    assert found is not None
    return found


def test_a_head_is_read_when_asked_for_and_when_the_file_changed(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def counted(path: Path) -> app.Head:
        read.append(path)
        return app.read(path)

    monkeypatch.setattr(module, "read", counted)
    heads = Heads()
    path = write(tmp_path / "a.zvz", events(30))
    with qtbot.waitSignal(heads.arrived, timeout=30_000) as arrived:
        assert heads.of(item(path)) is None and heads.busy
    assert arrived.args == [{path}]
    found = heads.of(item(path))
    assert found is not None and found.header.outcome == "panic" and not heads.busy
    path.unlink()
    write(path, events(300)[:40], outcome="interrupted")
    assert heads.of(item(path), live=True) is found, "the file of a recording in progress changes all the time"
    with qtbot.waitSignal(heads.arrived, timeout=30_000):
        assert heads.of(item(path)) is found, "until it has been read again"
    again = heads.of(item(path))
    assert again is not None and again.header.outcome == "interrupted" and read == [path, path]


def test_many_are_read_in_portions(qtbot: QtBot, tmp_path: Path) -> None:
    heads = Heads()
    paths = [tmp_path / f"{number}.zvz" for number in range(AT_ONCE + 3)]
    portions: list[int] = []
    heads.arrived.connect(lambda found: portions.append(len(found)))
    for path in paths:
        path.write_bytes(b"no recording")
        heads.of(item(path))
    qtbot.waitUntil(lambda: sum(portions) == len(paths), timeout=30_000)
    assert portions == [AT_ONCE, 3] and not heads.busy
    assert all((head := heads.of(item(path))) is not None and head.problem for path in paths)


def test_a_closed_window_reads_no_more(qapp: QApplication, tmp_path: Path) -> None:
    heads = Heads()
    path = write(tmp_path / "a.zvz", events(30))
    arrived: list[object] = []
    heads.arrived.connect(arrived.append)
    assert heads.of(item(path)) is None
    heads.deleteLater()
    qapp.sendPostedEvents(heads, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    jobs.wait_all()
    qapp.processEvents()
    assert arrived == [] and not shiboken6.isValid(heads)
