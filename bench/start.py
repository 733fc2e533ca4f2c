"""`python -m bench.start FILE BEGAN`: seconds from BEGAN, a time.time(), until the whole program shows the chart of FILE."""

import json
import sys
import time
from typing import Any

from zoneviz import __main__ as program


def main() -> int:
    """Run `zoneviz FILE` with an event loop that ends when the chart is painted, and print the seconds as JSON."""
    path, began = sys.argv[1:]
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    measured: dict[str, Any] = {}

    def painted(app: QApplication) -> int:
        window: Any = next(widget for widget in app.topLevelWidgets() if hasattr(widget, "timeline"))
        session = window.session
        while session.player is None or session.frames.pending or not window.timeline.stack.names:
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        app.processEvents()
        measured.update(seconds=time.time() - float(began), drawn=bool(window.timeline.stack.names))
        return 0

    QApplication.exec = painted  # type: ignore[method-assign, assignment]
    sys.argv = ["zoneviz", path]
    status = program.main()
    print(json.dumps(measured))
    return status


if __name__ == "__main__":
    sys.exit(main())
