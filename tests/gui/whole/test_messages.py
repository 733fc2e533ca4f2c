"""No message moves a chart, and a search without a hit is not shown as an error."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QWidget

from tests.gui.conftest import Settle
from zoneviz.app.live_spec import LiveSpec, LiveStatus
from zoneviz.gui.window.main_window import MainWindow

LONG = "kmalloc-64 has reached its limit of memory in this rather long sentence. " * 7
STATUS = LiveStatus(12, 5_000_000, 133_601.0, 690_213, 30 << 20, 2 << 30)


def live(window: MainWindow, *alerts: str, paused: bool = False) -> None:
    window.live_bar.show()
    window.live_bar.show_status(STATUS._replace(alerts=alerts), paused, LiveSpec(events=True))


def missed(window: MainWindow) -> None:
    window.find_bar.field.setText("kind=HANG")
    window.find_bar.look(False)
    window.finder.wait()


MESSAGES: dict[str, Callable[[MainWindow], object]] = {
    "a problem": lambda w: w.desk.problem.emit("The file is damaged."),
    "a long problem": lambda w: w.desk.problem.emit(LONG),
    "damage inside": lambda w: w.session.problem.emit("Event 7 is damaged."),
    "the find bar": lambda w: w.find_bar.open(),
    "a search without a hit": missed,
    "nothing to search for": lambda w: w.finder.look_touching(),
    "a note": lambda w: w.note_bar.open(),
    "a recording of this machine": lambda w: live(w),
    "an alert": lambda w: live(w, LONG),
    "a pause": lambda w: live(w, paused=True),
    "the end of a recording": lambda w: w.live_bar.show_end({"outcome": "stopped", "why": LONG, "seconds": 2, "readings": 3, "events": 7}),
    "a selection": lambda w: w.session.select(zone="threads", task=1, range=(100, 5000)),
    "news": lambda w: w.desk.news.emit(LONG),
}


def places(window: MainWindow) -> dict[str, QRect]:
    """Where the charts and panels are."""
    shown: list[QWidget] = [window.overview.strip, window.timeline.chart, window.deck, window.sidebar, window.panic, window.status]
    shown += [view for view in window.deck.views if view.isVisible()]
    return {f"{type(widget).__name__} {i}": QRect(widget.mapTo(window, QPoint()), widget.size()) for i, widget in enumerate(shown)}


@pytest.mark.parametrize("size", [(900, 600), (1600, 1000)])
def test_no_message_moves_a_chart(viewed: MainWindow, qapp: QApplication, settle: Settle, size: tuple[int, int]) -> None:
    viewed.resize(*size)
    settle(viewed.session)
    settle(viewed.session)
    before = places(viewed)
    for name, say in MESSAGES.items():
        say(viewed)
        settle(viewed.session)
        viewed.finder.wait()
        settle(viewed.session)
        assert places(viewed) == before, name
        assert viewed.size().toTuple() == size, name
        for hidden in (viewed.banner, viewed.find_bar, viewed.note_bar, viewed.live_bar):
            hidden.hide()
        viewed.session.clear_all()
        settle(viewed.session)
        assert places(viewed) == before, f"after {name}"


def test_what_floats_is_whole_and_inside(viewed: MainWindow, settle: Settle) -> None:
    viewed.resize(900, 600)
    viewed.banner.say(LONG)
    viewed.find_bar.open()
    settle(viewed.session)
    frames = [viewed.find_bar, viewed.banner]
    for frame in frames:
        host = frame.parentWidget()
        assert frame.isVisible() and host is not None and host.rect().contains(frame.geometry())
        assert frame.height() >= frame.heightForWidth(frame.width()) > 0 or not frame.hasHeightForWidth()
    assert not frames[0].geometry().intersects(frames[1].geometry())
    for frame in frames:
        frame.hide()


def test_a_search_without_a_hit_is_not_red(viewed: MainWindow, settle: Settle) -> None:
    missed(viewed)
    settle(viewed.session)
    assert viewed.find_bar.isVisible() and viewed.find_bar.words.text().startswith("No match")
    assert viewed.find_bar.words.property("role") == "muted" and not viewed.finder.wrong
    viewed.find_bar.field.setText("zone=")
    viewed.find_bar.look(False)
    viewed.finder.wait()
    assert viewed.find_bar.words.property("role") == "danger" and viewed.finder.wrong
    viewed.find_bar.leave()
    viewed.actions_["search"].trigger()
    viewed.palette_.field.setText("no such thing at all")
    settle(viewed.session)
    assert viewed.palette_.words.text() == "No match." and viewed.palette_.words.property("role") == "muted"
    viewed.palette_.hide()
