"""Testing in another process whether Qt works here: a failure aborts the process."""

import os
import subprocess
import sys
from collections.abc import Mapping

# Qt aborts the process (SIGABRT) if its platform plugin does not load.
_PROBE = "from PySide6.QtWidgets import QApplication; QApplication([])"
_GENERAL = ("Available platform", "This application failed")


def python_fails(args: tuple[str, ...], environment: Mapping[str, str], words: str) -> str | None:
    """Run Python in another process. Returns None on success, otherwise `words` and its last line on stderr."""
    try:
        done = subprocess.run([sys.executable, *args], env=environment, capture_output=True, text=True, errors="replace", timeout=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{words} ({error})"
    if done.returncode == 0:
        return None
    lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith(_GENERAL)]
    return f"{words} ({lines[-1].strip().rstrip('.')})" if lines else words


def qt_fails(words: str, **environment: str) -> str | None:
    """Why Qt cannot start with these environment variables, beginning with `words`; None if it can."""
    return python_fails(("-c", _PROBE), {**os.environ, **environment}, words)


def no_display() -> bool:
    """Whether no environment variable names a display."""
    return sys.platform.startswith("linux") and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
