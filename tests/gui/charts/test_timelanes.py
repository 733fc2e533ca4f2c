"""The exact figures of the lanes at a moment."""

from pathlib import Path

import numpy as np
from PySide6.QtGui import QColor

from zoneviz import resources
from zoneviz.app.parts import unpack
from zoneviz.gui.charts import timelanes
from zoneviz.gui.charts.lanechart import Lane
from zoneviz.gui.session.lane_feed import LaneFeed
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.recording import Recording
from zoneviz.recording.catalogs import StoredCatalog


def lane(name: str, key: str = "") -> Lane:
    made = Lane(name, np.zeros(1), np.zeros((1, 1), np.int64), [QColor("#123456")], [name], 1.0)
    made.key = key
    return made


def test_names_of_tasks_are_read_only_for_lanes_of_servers(session: Session, tmp_path: Path) -> None:
    unpack(next(path for path in resources.recordings() if path.name.startswith("fork-bomb")), tmp_path / "a.zvz")
    recording = Recording(tmp_path / "a.zvz")
    feed, state = LaneFeed.of(session), Player(recording).at_end()
    counts = state.machine()["counts"]
    made = [lane("processes"), lane("threads"), lane("ports"), lane(timelanes.QUEUED), lane("failures")]
    timelanes.count(made, state, feed)
    figures = [None if each.now is None else each.now.tolist() for each in made]
    assert figures[:4] == [[counts[name]] for name in ("processes", "threads", "ports", "messages")]
    assert "tasks" not in vars_of(recording)
    name = "proc"
    servers = [lane(f"threads of {name}", name), lane(f"ports of {name}", name)]
    timelanes.count(servers, state, feed)
    assert "tasks" in vars_of(recording)
    tasks = {task.id for task in recording.catalog.tasks if task.name == name}
    assert tasks and servers[0].now is not None and servers[1].now is not None
    assert servers[0].now.tolist() == [sum(thread.task in tasks for thread in state.thread_states())]
    assert servers[1].now.tolist() == [sum(int(receiver) in tasks for receiver in state.ports.receiver)]
    recording.close()


def vars_of(recording: Recording) -> set[str]:
    """The tables of names that were read."""
    catalog = recording.catalog
    assert isinstance(catalog, StoredCatalog)
    return {"tasks", "threads", "names", "paths"} - catalog._unread
