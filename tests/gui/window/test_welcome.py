"""The welcome sheet."""

from pytestqt.qtbot import QtBot

from zoneviz.gui.window.welcome import Welcome


def test_each_state_says_why_and_what_next(qtbot: QtBot) -> None:
    sheet = Welcome()
    qtbot.addWidget(sheet)
    said = set()
    for show in (sheet.show_empty, sheet.show_waiting, lambda: sheet.show_problem("It is <b>damaged</b>.")):
        show()
        said.add((sheet.headline.text(), sheet.words.text()))
        assert sheet.run.text() and sheet.open.text()
    assert len(said) == 3
    assert sheet.words.text() == "It is <b>damaged</b>."
