"""A file that is made of a recording has its name, so that those of two recordings do not replace each other."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from tests.gui.conftest import Settle
from zoneviz.gui.charts.path_files import SPEEDSCOPE
from zoneviz.gui.views.flame import FlameView
from zoneviz.gui.views.sql import SqlView
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.reporting import MakeReport
from zoneviz.gui.window.saving import SavePicture

Made = Callable[[MainWindow], object]


def report(window: MainWindow) -> None:
    window.actions_["report"].trigger()
    dialog = window.findChild(MakeReport)
    assert isinstance(dialog, MakeReport)
    dialog.save.click()


def picture(window: MainWindow) -> None:
    window.actions_["picture"].trigger()
    dialog = window.findChild(SavePicture)
    assert isinstance(dialog, SavePicture)
    dialog.what.setCurrentText("Window")
    dialog.ask()


def answer(window: MainWindow) -> None:
    window.deck.show_only(SqlView.title)
    view = window.deck.of(SqlView)
    view.editor.setPlainText("SELECT 1 AS one")
    view.run.click()
    view.wait()
    view.export.click()


@pytest.fixture
def proposed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that dialogs propose; each dialog is cancelled."""
    names: list[str] = []

    def cancelled(parent: object, title: str, name: str, *rest: object) -> tuple[str, str]:
        names.append(Path(name).name)
        return "", ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", cancelled)
    return names


@pytest.mark.parametrize(
    ("act", "name"),
    [(report, "panic-report.zip"), (picture, "panic-window.png"), (answer, "panic-answer.csv")],
)
def test_a_file_is_named_after_the_recording(opened: MainWindow, proposed: list[str], act: Made, name: str) -> None:
    act(opened)
    assert proposed == [name]


def test_call_paths_are_named_after_the_recording(opened: MainWindow, proposed: list[str], settle: Settle) -> None:
    opened.deck.show_only(FlameView.title)
    settle(opened.session)
    opened.deck.of(FlameView)._export(SPEEDSCOPE)
    assert len(proposed) == 1 and proposed[0].startswith("panic-call-paths.")
