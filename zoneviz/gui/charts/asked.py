"""Which subject a menu was asked for: that of the widget under the pointer or, from the keyboard, of the widget with the focus."""

from dataclasses import replace

from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QWidget

from zoneviz.gui.kit.tables import Table
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject, of_moment


def asked(host: QWidget, event: QContextMenuEvent, session: Session) -> tuple[Subject, QPoint]:
    """The subject, and where on the screen its menu opens.

    A widget answers by `subject_at(place)`, the place in its own pixels; None: nothing is there. `current_place()` says where its
    current row or box is, None without one. Without an answer the subject is the moment, with all that is selected.
    """
    by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
    widget = QApplication.focusWidget() if by_key else host.childAt(event.pos())
    if widget is None or not host.isAncestorOf(widget):
        widget = (host.focusProxy() if by_key else None) or host
    while widget is not None and widget is not host:
        place = _current(widget) if by_key else widget.mapFromGlobal(event.globalPos())
        subject = _answer(widget, place) if place is not None else None
        if place is not None and subject is not None:
            return subject, widget.mapToGlobal(place)
        widget = widget.parentWidget()
    return of_moment(session), event.globalPos()


def _current(widget: QWidget) -> QPoint | None:
    current = getattr(widget, "current_place", None)
    return current() if current is not None else None


def _answer(widget: QWidget, place: QPoint) -> Subject | None:
    """What a widget says is at a place; of a table, with the text of the row."""
    answer = getattr(widget, "subject_at", None)
    found: Subject | None = answer(place) if answer is not None else None
    if isinstance(widget, Table) and (text := widget.row_text(widget.row_at(place))):
        found = found or Subject()
        return found if found.text else replace(found, text=text)
    return found
