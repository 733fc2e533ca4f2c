"""Signals (Ctrl-C, SIGTERM, a closed terminal) close the windows as their user would, so the recording of its run is complete."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QSocketNotifier

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def closing(close: Callable[[], object]) -> Iterator[list[int]]:
    """Call `close`, which closes the windows, and leave the event loop when a signal arrives.

    Yields a list that receives the signals' numbers.

    Python handles a signal only when it next runs bytecode, which an idle event loop never does; a socket wakes Qt.
    """
    received: list[int] = []
    reading, writing = socket.socketpair()
    reading.setblocking(False)
    writing.setblocking(False)

    def end() -> None:
        received.extend(reading.recv(64))
        close()
        QCoreApplication.quit()

    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(end)
    handled = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]  # nohup, say
    before = {number: signal.signal(number, lambda *_: None) for number in handled}
    woken = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    try:
        yield received
    finally:
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)
        notifier.setEnabled(False)
        reading.close()
        writing.close()
