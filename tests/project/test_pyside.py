"""The PySide6 that is installed keeps Python alive: see the pin in pyproject.toml."""

import subprocess
import sys

EMITS = """
from PySide6.QtCore import QObject, Signal

class Source(QObject):
    sent = Signal(int, int)

source, seen = Source(), []
source.sent.connect(lambda a, b: seen.append(a))
for i in range(2000):
    source.sent.emit(i, i)
assert len(seen) == 2000
"""


def test_signals_can_be_emitted_thousands_of_times() -> None:
    done = subprocess.run([sys.executable, "-c", EMITS], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"PySide6 ends the interpreter; is it 6.12 on Python 3.11? {done.stderr}"
