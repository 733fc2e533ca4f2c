"""Which axis of time the keys move: that of the view with the focus, if its lock is lifted; and the lock of all views."""

from PySide6.QtWidgets import QApplication, QWidget

from zoneviz.gui.session.axis import Axis
from zoneviz.gui.session.view_axis import ViewAxis
from zoneviz.gui.views.base import View
from zoneviz.gui.window.parts import Parts


def axis(parts: Parts) -> Axis:
    """The axis that zoom and pan act on."""
    return _focused() or parts.session.axis


def shared(parts: Parts) -> bool:
    """Whether all views show the same stretch of time."""
    return all(time.locked for time in _all(parts))


def toggle(parts: Parts) -> None:
    """Lock the axes of all views; if they are locked, lift the one with the focus, or without one those that are visible."""
    if not shared(parts):
        for time in _all(parts):
            time.set_locked(True)
        return
    focused = _focused()
    for time in [focused] if focused is not None else [v.time for v in parts.deck.views if v.time is not None and v.isVisible()]:
        time.set_locked(False)


def _all(parts: Parts) -> list[ViewAxis]:
    return [view.time for view in parts.deck.views if view.time is not None]


def _focused() -> ViewAxis | None:
    at: QWidget | None = QApplication.focusWidget()
    while at is not None and not isinstance(at, View):
        at = at.parentWidget()
    return at.time if isinstance(at, View) else None
