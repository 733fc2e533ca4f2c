"""Clickable sentences: where they break, and names that are hostile."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from zoneviz import words
from zoneviz.gui.charts.link import Link, breakable
from zoneviz.gui.session.session import Session


def test_only_names_longer_than_a_line_may_break() -> None:
    assert breakable("in thread_create, for _Xvm_allocate") == "in thread_create, for _Xvm_allocate"
    assert breakable("2 %, 4.54 MiB at 1.5 s, 3 processes") == "2\u00a0%, 4.54\u00a0MiB at 1.5\u00a0s, 3 processes"
    assert breakable("in _Xmach_port_allocate_name_long") == "in _Xmach_\u200bport_\u200ballocate_\u200bname_\u200blong"
    assert breakable("+70.7 KiB/s, kworker/u8:0") == "+70.7\u00a0KiB/\u2060s, kworker/u8:0"


def test_hostile_names_are_plain_text(session: Session, qtbot: QtBot) -> None:
    name = "<b>\u202eevil" + "x" * 5000
    holder = QWidget()
    qtbot.addWidget(holder)
    link = Link(session, f"task 1 ({words.one_line(name, 60)})", "", holder, "danger")
    link.resize(220, link.heightForWidth(220))
    assert link.heightForWidth(220) < 200 and "\u202e" not in link.sentence and "<b>" in link.sentence
    assert not link.grab().toImage().isNull()
