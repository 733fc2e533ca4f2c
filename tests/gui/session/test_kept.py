"""Choices of views last until the next start."""

from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.session.kept import Kept
from zoneviz.gui.session.session import Session


def made(qtbot: QtBot) -> Choice:
    choice = Choice("colour", ("red", "green", "blue"), "red")
    qtbot.addWidget(choice)
    return choice


def test_a_choice_is_kept_in_the_settings(session: Session, settings: QSettings, qtbot: QtBot) -> None:
    kept, choice = Kept.of(session), made(qtbot)
    assert Kept.of(session) is kept
    kept.follow("colour", choice)
    choice.set_value("green")
    assert kept["colour"] == "green" and not settings.allKeys()
    settings.setValue("kept/colour", "blue")
    kept.keep_in(settings)
    assert choice.value() == "blue"
    choice.set_value("red")
    again, later = Kept(session), made(qtbot)
    again.keep_in(settings)
    later.set_value("green")
    again.follow("colour", later)
    assert later.value() == "red"


def test_an_unknown_word_is_ignored(session: Session, settings: QSettings, qtbot: QtBot) -> None:
    settings.setValue("kept/colour", "beauty")
    kept, choice = Kept.of(session), made(qtbot)
    kept.follow("colour", choice)
    kept.keep_in(settings)
    assert choice.value() == "red"
