"""How responsive the window is: each part runs in a separate process, offscreen, with the real event loop."""

import os
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEventLoop, QPointF, QSettings, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from bench.live import load
from bench.parts import CHURN
from zoneviz.app.live_spec import LiveSpec
from zoneviz.app.running import run
from zoneviz.gui.session import jobs
from zoneviz.gui.window.main import application, close_all, spare_collector
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.spec import RunSpec

MOVES = 200
EVENTS = 1_000_000


def _window() -> tuple[QApplication, MainWindow]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = application()
    settings = QSettings(str(Path(tempfile.mkdtemp()) / "settings.ini"), QSettings.Format.IniFormat)
    window = MainWindow(settings)
    spare_collector(window)
    window.resize(1600, 1000)
    window.show()
    window.reset_layout()
    app.processEvents()
    return app, window


def drag(path: str, views: str) -> dict[str, Any]:
    """A part: drag the cursor across the run. Milliseconds from a mouse event in the timeline until the next frame is painted.

    `views`: titles separated by commas, or `all`. What the views read in jobs is loaded before. `work`: the median of the window's
    thread alone, which a busy machine hardly changes. `behind`: from the last event until every view shows that moment.
    """
    app, window = _window()
    try:
        window.open_path(Path(path))
        window.deck.show_only(*([view.title for view in window.deck.views] if views == "all" else views.split(",")))
        app.processEvents()
        jobs.wait_all()
        _caught_up(app, window)
        chart = window.timeline.chart.viewport()
        box = window.timeline.chart.box.sceneBoundingRect()
        took, work = [], []
        _mouse(chart, QMouseEvent.Type.MouseButtonPress, QPointF(box.left() + 2, box.center().y()))
        for i in range(1, MOVES + 1):
            x = box.left() + 2 + (box.width() - 4) * abs((i * 2 / MOVES + 1) % 2 - 1)
            started, worked = time.perf_counter(), time.thread_time()
            _mouse(chart, QMouseEvent.Type.MouseMove, QPointF(x, box.center().y()))
            _painted(app, window, started)
            took.append((time.perf_counter() - started) * 1000)
            work.append((time.thread_time() - worked) * 1000)
        _caught_up(app, window)
        behind = (time.perf_counter() - started) * 1000
        _mouse(chart, QMouseEvent.Type.MouseButtonRelease, QPointF(box.left() + 2, box.center().y()))
        steady = took[5:]
        median, p99 = float(np.median(steady)), float(np.percentile(steady, 99))
        return {"median": median, "p99": p99, "most": max(steady), "work": float(np.median(work[5:])), "behind": behind}
    finally:
        window.close()
        close_all(app)


def _mouse(widget: Any, kind: QMouseEvent.Type, place: QPointF) -> None:
    left = Qt.MouseButton.LeftButton
    event = QMouseEvent(kind, place, widget.mapToGlobal(place), left, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def _painted(app: QApplication, window: MainWindow, since: float) -> None:
    """Run the event loop until the first frame after `since` (time.perf_counter) is painted, at most 1 s. Slow views may still wait."""
    session = window.session
    until = time.perf_counter() + 1
    while time.perf_counter() < until and (session.moment_pending or session.frames.drawn < since):
        app.processEvents()
    app.sendPostedEvents()


def _caught_up(app: QApplication, window: MainWindow) -> None:
    """Run the event loop until every view is painted, at most 5 s."""
    until = time.perf_counter() + 5
    while time.perf_counter() < until and (window.session.moment_pending or window.session.frames.pending):
        app.processEvents()
    app.sendPostedEvents()


def live(output: str) -> dict[str, Any]:
    """A part: milliseconds for which the event loop was blocked by a run at full speed, and the run's slowdown by the window.

    `p99`, `most`: of the gaps; `slower`: time per event with the window over the time without; `events`: recorded ones.
    """
    Path(output).unlink(missing_ok=True)  # the window never overwrites a recording
    spec = RunSpec(str(CHURN), profile="debian-2007", output=Path(output + ".alone"), force=True, max_events=EVENTS)
    started = time.monotonic()
    run(spec)
    alone = time.monotonic() - started
    app, window = _window()
    gaps: list[float] = []
    last = [time.monotonic()]

    def beat() -> None:
        now = time.monotonic()
        gaps.append((now - last[0]) * 1000)
        last[0] = now

    timer = QTimer()
    timer.setInterval(1)
    timer.timeout.connect(beat)
    try:
        window.desk.start(RunSpec(str(CHURN), "debian-2007", output=output))
        loop = QEventLoop()
        started = time.monotonic()
        timer.start()
        window.desk.progress.connect(lambda: loop.quit() if window.desk.run is None or window.desk.run.events >= EVENTS else None)
        QTimer.singleShot(120_000, loop.quit)
        loop.exec()
        seconds = time.monotonic() - started
        timer.stop()
        events = window.desk.run.events if window.desk.run is not None else 0
        slower = seconds / max(events, 1) / (alone / EVENTS)
        return {"p99": float(np.percentile(gaps, 99)), "most": max(gaps), "slower": slower, "events": events}
    finally:
        window.close()
        close_all(app)


def following(rate: str, seconds: str, output: str) -> dict[str, Any]:
    """A part: how long the window takes to show an event of this machine's kernel while it records a load, after three seconds to begin.

    `median`, `most`: seconds from the oldest event that a frame is the first to show; `events`: recorded ones. Needs root and tracefs.
    """
    app, window = _window()
    lags: list[float] = []
    session, loop, shown_until = window.session, QEventLoop(), [0.0]

    def shown() -> None:
        if session.player is not None and session.last:
            start = datetime.fromisoformat(str(session.header.parameters["start"])).timestamp()
            if shown_until[0]:
                lags.append(time.time() - shown_until[0])
            shown_until[0] = start + session.player.state.time / 1e9

    try:
        window.desk.start(LiveSpec(events=True, output=Path(output), force=True, limit=8 << 30))
        window.desk.progress.connect(shown)
        with load(float(rate), float(seconds) + 3):
            QTimer.singleShot(3000, lags.clear)
            QTimer.singleShot(int(float(seconds) * 1000) + 3000, loop.quit)
            loop.exec()
        events = window.desk.run.events if window.desk.run is not None else 0
        return {"median": float(np.median(lags)), "most": max(lags), "frames": len(lags), "events": events}
    finally:
        window.close()
        close_all(app)
