"""Every view with recordings that are empty, very short, hostile, imported or damaged; and accessible names."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QLineEdit, QWidget

from tests.gui.conftest import Settle, catalog, events, write
from tests.gui.examples.largest_zone import LargestZoneView
from zoneviz import resources
from zoneviz.events import Event, Kind, TaskInfo, ThreadInfo, ZoneInfo
from zoneviz.gui.kit.theme import DARK, LIGHT
from zoneviz.gui.session import jobs
from zoneviz.gui.session.session import Session
from zoneviz.gui.views import views
from zoneviz.gui.views.base import View
from zoneviz.gui.views.timeline import Timeline
from zoneviz.playback import Player
from zoneviz.recording import Header, Recorder, Recording

EVERY = (Timeline, *views(), LargestZoneView)
NASTY = ("<img src=x onerror=alert(1)><b>bold", "\u202egnitset\u202c", "x" * 10_000, "&amp;\n\x07\ttab", "\ud800lone")


def hostile(path: Path) -> Path:
    """A recording whose names of zones, tasks, threads, frames and reasons are markup, right to left, very long or invalid."""
    made = catalog()
    made.zones[:] = [ZoneInfo(i, NASTY[(i - 1) % 5], 64, 1 << 16, 4096, "exhaustible" if i == 1 else "") for i in range(1, 6)]
    made.tasks[:] = [TaskInfo(i, NASTY[i - 1]) for i in range(1, 6)]
    made.threads[:] = [ThreadInfo(i, i, NASTY[i - 1]) for i in range(1, 6)]
    why = [made.names.intern(name) for name in NASTY]
    path_id = 0
    for name in NASTY:
        path_id = made.paths[path_id, name]
    header = Header(kind="simulated", scenario=NASTY[0], profile=NASTY[1], time_kind="ns", created="2026-01-02T03:04:05+00:00")
    recorder = Recorder(path, made, header)

    def tell(*event: int) -> None:
        told: Event = (int(event[0]), recorder.events + recorder.stream.pending, *event[1:])  # type: ignore[assignment]
        recorder.sink(told)

    for task in range(1, 6):
        tell(Kind.TASK_CREATE, 1, 1, 0, task, 0, 0, 0)
        tell(Kind.THREAD_CREATE, 1, 1, 0, task, 0, 0, task)
        tell(Kind.THREAD_BLOCK, 1, 1, 0, task, 64, 0, why[task - 1])
        tell(Kind.PORT_CREATE, task, task, path_id, task, 4096 + task, task, 0)
    for event in events(600)[:-2]:
        kind, _, _, _, _, *rest = event
        tell(kind, 1 + recorder.stream.pending % 5, 1, path_id, *rest)
    recorder.finish("interrupted", {"outcome": "interrupted"})
    return path


def made(name: str, folder: Path) -> Path:
    path = folder / "a.zvz"
    match name:
        case "empty":
            return write(path, [], outcome="interrupted")
        case "one event":
            return write(path, events(1)[:1], outcome="interrupted")
        case "incomplete":
            return write(path, events(500), complete=False)
        case "no time":
            return write(path, [(kind, 0, *rest) for kind, _, *rest in events(300)], time_kind="events", kind="imported")  # type: ignore[misc]
        case "hostile":
            return hostile(path)
    return next(p for p in resources.recordings() if p.name.startswith(name))


@pytest.fixture
def shown(qapp: QApplication, tmp_path: Path, settle: Settle) -> Iterator[Callable[[type[View], str], View]]:
    """Show a view with a recording and wait for its jobs."""
    session = Session()
    views: list[View] = []

    def show(kind: type[View], name: str) -> View:
        session.show(Player(Recording(made(name, tmp_path))))
        view = kind(session)
        views.append(view)
        view.resize(900, 320)
        view.show()
        for _ in range(2):
            settle(session)
            view.wait()
            jobs.wait_all()
        settle(session)
        return view

    yield show
    for view in views:
        view.close()
        view.deleteLater()
    session.show(None)
    session.deleteLater()


@pytest.mark.parametrize("name", ["empty", "one event", "incomplete", "no time", "hostile", "real-messages"])
@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.title)
def test_it_paints_at_every_moment(shown: Callable[[type[View], str], View], settle: Settle, kind: type[View], name: str) -> None:
    troubles: list[str] = []
    view = shown(kind, name)
    session = view.session
    session.problem.connect(troubles.append)
    for seq in (0, 1, session.last // 2, session.last):
        session.ask_moment(seq)
        settle(session)
        assert not view.grab().isNull()
    for theme in (DARK, LIGHT):
        session.set_theme(theme)
        settle(session)
    view.resize(300, 90)
    settle(session)
    assert not view.grab().isNull() and not troubles


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.title)
def test_controls_have_accessible_names(shown: Callable[[type[View], str], View], kind: type[View]) -> None:
    view = shown(kind, "incomplete")
    for widget in view.findChildren(QWidget):
        if isinstance(widget, QAbstractButton | QLineEdit) and not isinstance(widget.parent(), QLineEdit | QAbstractScrollArea):
            assert widget.accessibleName() or getattr(widget, "text", str)(), f"{kind.title}: {widget}"
