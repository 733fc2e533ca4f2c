"""Notifications of the desktop: what the user must see even if the window is behind others."""

from PySide6.QtWidgets import QApplication, QMainWindow, QSystemTrayIcon

from zoneviz import words

LONG_MS = 30_000


class Notices:
    """Shows notifications in the name of `window`. Without a tray, the window asks for attention in the task bar alone."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._tray: QSystemTrayIcon | None = None

    def show(self, sentence: str, state: str = "") -> None:
        """Notify the user. `state`: of the run, in a word."""
        QApplication.alert(self._window)
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._window.windowIcon(), self._window)
            self._tray.activated.connect(lambda _: self._window.activateWindow())
        self._tray.show()
        title = f"zoneviz: {state}" if state else "zoneviz"
        self._tray.setToolTip(title)
        self._tray.showMessage(title, words.one_line(sentence, 300), QSystemTrayIcon.MessageIcon.Warning, LONG_MS)

    def hide(self) -> None:
        """Remove the icon from the tray."""
        if self._tray is not None:
            self._tray.hide()
