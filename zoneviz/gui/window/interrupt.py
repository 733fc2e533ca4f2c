"""Ctrl-C, a request to end, a closed terminal or session: the window closes as by hand, and the recording of its run is good."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QSocketNotifier
from PySide6.QtWidgets import QWidget

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def closing(window: QWidget) -> Iterator[list[int]]:
    """Close `window`, and leave the event loop, when a signal comes; gives the list that the signals' numbers come into.

    Python handles a signal only when it next runs, which an idle event loop never does; so Qt is told through a socket.
    """
    told: list[int] = []
    reading, writing = socket.socketpair()
    reading.setblocking(False)
    writing.setblocking(False)

    def end() -> None:
        told.extend(reading.recv(64))
        window.close()
        QCoreApplication.quit()

    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(end)
    wanted = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]  # nohup, say
    before = {number: signal.signal(number, lambda *_: None) for number in wanted}
    woken = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    try:
        yield told
    finally:
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)
        notifier.setEnabled(False)
        reading.close()
        writing.close()
