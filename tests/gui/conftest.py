"""Fixtures for the window: small recordings, separate settings, and no window left open."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from zoneviz import resources
from zoneviz.events import Catalog, Event, Kind, MapInfo, TaskInfo, ThreadInfo, ZoneInfo
from zoneviz.gui import views
from zoneviz.gui.session.frames import Frames
from zoneviz.gui.session.session import Session
from zoneviz.gui.window.main import close_all
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.mach.sizes import MACHINE
from zoneviz.playback import Player
from zoneviz.recording import Header, Recorder, Recording

ZONES = (("ipc ports", 76), ("threads", 332), ("non-kernel map entries", 48), ("kalloc.64", 64), ("idle zone", 8))
ZONE_MAP_SIZE = 1 << 20
BASE = 1 << 28
TEXT = "zalloc: zone threads exhausted"


def catalog() -> Catalog:
    """Five zones, kernel_map and zone_map, a task, and the names that the events below need."""
    made = Catalog()
    made.machine = MACHINE
    for number, (name, size) in enumerate(ZONES, 1):
        made.zones.append(ZoneInfo(number, name, size, 1 << 16, 4096, "exhaustible" if name == "threads" else ""))
    made.maps.append(MapInfo(1, "kernel_map", 0, 1 << 30, 0))
    made.maps.append(MapInfo(2, "zone_map", BASE, BASE + ZONE_MAP_SIZE, 1))
    made.tasks.append(TaskInfo(1, "bomb"))
    made.threads.append(ThreadInfo(1, 1, "main"))
    for text in (TEXT, "zone_map", "<b>boot</b> of the machine\nready"):
        made.names.intern(text)
    _ = made.paths[made.paths[made.paths[0, "fork"], "task_create"], "zalloc"]
    return made


def events(rounds: int, step_ns: int = 1000) -> list[Event]:
    """A boot, `rounds` rounds in which zones grow at different speeds, and a panic."""
    out: list[Event] = []
    free: list[int] = []
    top = BASE

    def tell(kind: Kind, subject: int, address: int = 0, size: int = 0, extra: int = 0, path: int = 0) -> None:
        out.append((int(kind), len(out) * step_ns, 1, 1, path, subject, address, size, extra))

    for number, (_, size) in enumerate(ZONES, 1):
        tell(Kind.ZINIT, number, 0, size, 1 << 16)
    tell(Kind.KMEM_SUBALLOC, 2, BASE, ZONE_MAP_SIZE, 1)
    tell(Kind.CONSOLE, 3)
    for i in range(rounds):
        zone = (1, 1, 2, 3, 1, 4)[i % 6]
        size = ZONES[zone - 1][1]
        if i % 20 == 0:
            tell(Kind.KMEM_ALLOC, 2, top, 4096)
        if i % 17 == 5 and free:
            tell(Kind.ZFREE, 1, free.pop(), 76, 76 << 1)
        tell(Kind.ZALLOC, zone, top, size, size << 1 | 1, path=3)
        if zone == 1:
            free.append(top)
        top += size
    tell(Kind.CONSOLE, 3)
    tell(Kind.ZREFUSE, 2, 0, 332)
    tell(Kind.PANIC, 1, 0, 0, 2, path=3)
    return out


def write(
    path: Path, rows: list[Event], *, time_kind: str = "ns", outcome: str = "panic", complete: bool = True, kind: str = "simulated"
) -> Path:
    """A recording of these events."""
    made = catalog()
    header = Header(
        kind=kind, scenario="fork-bomb", parameters={"rate": 5}, profile="antrik-2005", seed=7,
        created="2026-01-02T03:04:05+00:00", time_kind=time_kind,
    )  # fmt: skip
    recorder = Recorder(path, made, header)
    for event in rows:
        recorder.sink(event)
    if not complete:
        recorder.abort("the disk is full")
    else:
        panic = {"text": TEXT, "zone": "threads", "memory": "zone_map", "task": "bomb", "call_path": ["fork", "task_create", "zalloc"]}
        recorder.finish(outcome, {"outcome": outcome, "panic": panic if outcome == "panic" else None})
    return path


@pytest.fixture(autouse=True)
def nobody_answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """File dialogs are cancelled at once; returns their titles."""
    asked: list[str] = []

    def given_up(parent: object, title: str, *rest: object) -> tuple[str, str]:
        asked.append(title)
        return "", ""

    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, given_up)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *args: ([], given_up(*args)[0]))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: given_up(*args)[0])
    return asked


@pytest.fixture(autouse=True)
def every_drawing_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for a later frame, however slow the machine is that runs the tests."""
    monkeypatch.setattr(Frames, "work", lambda _: 0.0)


@pytest.fixture(autouse=True)
def no_button_stays_pressed(qapp: QApplication) -> Iterator[None]:
    """QTest.mouseDClick ends with its second press: release it, because the window asks which buttons are down."""
    yield
    if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
        anywhere = QWidget()
        QTest.mouseRelease(anywhere, Qt.MouseButton.LeftButton)
        anywhere.deleteLater()
    assert QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About 9,000 events that end in a panic."""
    return write(tmp_path_factory.mktemp("recordings") / "panic.zvz", events(8000))


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    """Settings of one test."""
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def session(qapp: QApplication, recorded: Path) -> Iterator[Session]:
    """A session that shows the recording, without a window."""
    made = Session()
    made.show(Player(Recording(recorded)))
    yield made
    made.show(None)
    made.deleteLater()


@pytest.fixture
def with_example(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The view of docs/writing-a-view.md, as if its file were in the folder of views."""
    monkeypatch.setattr(views, "__path__", [*views.__path__, str(Path(__file__).parent / "examples")])
    views.views.cache_clear()
    yield
    views.views.cache_clear()


@contextmanager
def empty_window(qapp: QApplication, settings: QSettings) -> Iterator[MainWindow]:
    """An empty window; it is closed afterwards."""
    made = MainWindow(settings)
    made.resize(1600, 1000)
    made.show()
    made.reset_layout()
    qapp.processEvents()
    yield made
    close_all(qapp)
    assert [w for w in qapp.allWidgets() if isinstance(w, MainWindow)] == []
    qapp.setStyleSheet("")  # building the next window under the style sheet takes three times as long


@pytest.fixture
def window(qapp: QApplication, settings: QSettings) -> Iterator[MainWindow]:
    """An empty window."""
    with empty_window(qapp, settings) as made:
        yield made


Settle = Callable[[Session], None]


@pytest.fixture
def settle(qapp: QApplication) -> Settle:
    """Go to the moment asked for and draw it."""

    def act(session: Session) -> None:
        qapp.processEvents()
        session.land()
        session.frames.flush()
        qapp.processEvents()

    return act


@pytest.fixture
def opened(window: MainWindow, recorded: Path, settle: Settle) -> MainWindow:
    """The window showing the recording, with the focus on the timeline."""
    assert window.open_path(recorded)
    settle(window.session)
    window.activateWindow()
    window.timeline.chart.setFocus()
    return window


@pytest.fixture(scope="class")
def shared(qapp: QApplication, recorded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """A window showing the recording, for all tests of a class."""
    settings = QSettings(str(tmp_path_factory.mktemp("settings") / "settings.ini"), QSettings.Format.IniFormat)
    with empty_window(qapp, settings) as made:
        assert made.open_path(recorded)
        yield made


@pytest.fixture
def viewed(shared: MainWindow, settle: Settle) -> MainWindow:
    """The shared window, laid out as at first, with nothing selected: for tests that only look, move and select."""
    shared.palette_.hide()
    shared.resize(1600, 1000)
    shared.reset_layout()
    shared.session.clear_all()
    shared.actions_["fit"].trigger()
    shared.session.ask_moment(shared.session.last)
    settle(shared.session)
    shared.activateWindow()
    shared.timeline.chart.setFocus()
    return shared


@pytest.fixture
def bomb(qapp: QApplication) -> Iterator[Session]:
    """A session that shows the golden fork bomb, without a window."""
    made = Session()
    made.show(Player(Recording(next(p for p in resources.recordings() if p.name.startswith("fork-bomb")))))
    yield made
    made.show(None)
    made.deleteLater()
