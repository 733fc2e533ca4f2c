"""The lanes below the timeline: processes, threads and ports of the largest servers, queued messages, failures.

They are drawn from samples; the figures at the moment are exact.
"""

import numpy as np
from PySide6.QtGui import QColor

from zoneviz import words
from zoneviz.gui.charts.lanechart import Lane
from zoneviz.gui.kit.colours import task_colour
from zoneviz.gui.session.lane_feed import LaneFeed
from zoneviz.gui.session.session import Session
from zoneviz.playback.lanes import Lanes, now
from zoneviz.playback.points import Points
from zoneviz.playback.stacks import Floats
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import Ints
from zoneviz.words import KERNEL

_KERNELS = (KERNEL, "kernel")
"""Names for the kernel itself, which is not a server."""
_WORTH = 100
QUEUED = "messages queued"
MOST = 3
"""Servers with a lane for threads, and servers with a lane for ports."""


def lanes(session: Session, feed: LaneFeed, room: int) -> list[Lane]:
    """At most `room` lanes for the visible range: the most important ones, in a fixed order.

    Until the servers' threads are read, one lane shows all threads and one all ports.
    """
    series, theme = session.series, session.theme
    if series.recording is None:
        return []
    points = series.window(*session.range)
    x = series.axis(points)
    plain, red = QColor(theme.fill), QColor(theme.danger)
    single = {
        "processes": _lane("processes", x, points.count("processes"), plain),
        "queued": _lane(QUEUED, x, points.count("messages"), plain),
        "failures": _lane("failures", x, _failures(points), red),
    }
    low, high = (series.seq_at(place) for place in session.range)
    found = feed.look(low, high) or feed.result
    groups: dict[str, list[Lane]] = {"threads": [], "ports": []}
    if found is not None and len(found.seqs):
        groups = {"threads": _servers(session, found, "threads"), "ports": _servers(session, found, "ports")}
    for what, made in groups.items():
        if not made:
            made.append(_lane(what, x, points.count(what), plain))
    wanted = ["processes", "threads 0", "ports 0", "failures", "threads 1", "ports 1", "queued", "threads 2", "ports 2"]
    everything = {**single, **{f"{what} {i}": lane for what, made in groups.items() for i, lane in enumerate(made)}}
    for lane in single.values():
        lane.note = sampled(step_of(points.seqs))
    kept = [name for name in wanted if name in everything and everything[name].layers.any()][: max(room, 1)]
    order = ["processes", "threads 0", "threads 1", "threads 2", "ports 0", "ports 1", "ports 2", "queued", "failures"]
    return [everything[name] for name in order if name in kept]


def step_of(seqs: Ints) -> int:
    """The median number of events between two samples, at least 1."""
    return max(round(float(np.median(np.diff(seqs)))), 1) if len(seqs) > 1 else 1


def sampled(step: int) -> str:
    """A note on figures sampled every `step` events; "" if they are complete."""
    return f"one sample every {words.number(step)} events; the values in between are not shown" if step > 1 else ""


def count(made: list[Lane], state: MachineState, feed: LaneFeed) -> None:
    """Set the exact figures of the lanes at the state's moment, where the state has them."""
    counts = state.machine()["counts"]
    single = {"processes": counts["processes"], QUEUED: counts["messages"], "threads": counts["threads"], "ports": counts["ports"]}
    keyed = [lane for lane in made if lane.key and lane.name not in single]
    for lane in made:
        if lane.name in single:
            lane.now = np.array([single[lane.name]], np.int64)
    if not keyed:  # until the servers are known: the names of all tasks, and the ports, are not read for the first frame
        return
    servers, receivers = feed.servers(state), state.ports.receiver
    threads = now(state, servers)
    servers.grow(state.catalog, int(receivers.max(initial=0)))
    ports = np.bincount(servers.place[receivers], minlength=len(servers.names))
    for lane in keyed:
        if lane.name.startswith("threads of "):
            figure = int(threads[lane.key].sum()) if lane.key in threads else 0
        else:
            figure = int(ports[servers.names.index(lane.key)]) if lane.key in servers.names else 0
        lane.now = np.array([figure], np.int64)


def _lane(name: str, x: Floats, values: Ints, colour: QColor) -> Lane:
    return Lane(name, x, values[np.newaxis].astype(np.int64), [colour], [name], float(values.max(initial=1)))


def _failures(points: Points) -> Ints:
    """Failed allocations since the previous point, (n,)."""
    total = points.figure("failures").sum(axis=1)
    out: Ints = np.diff(total, prepend=total[:1]).astype(np.int64)
    return out


def _servers(session: Session, found: Lanes, what: str) -> list[Lane]:
    """Lanes of the servers with the highest peaks of threads or ports, all on the same scale."""
    values: Ints = (found.threads.sum(axis=2) if what == "threads" else found.ports).astype(np.int64)
    peaks = values.max(axis=0, initial=0)
    order = [int(i) for i in np.argsort(-peaks, kind="stable") if peaks[i] > 0 and found.servers[i] not in _KERNELS][:MOST]
    # A server that is tiny compared with the largest has no lane: its line would show nothing.
    order = [i for i in order if peaks[i] * _WORTH >= peaks[order[0]]]
    x = found.seqs.astype(float) if session.series.by_event else found.times / 1e9
    out = []
    for i in order:
        lane = _lane(f"{what} of {found.servers[i]}", x, values[:, i], task_colour(found.servers[i], session.theme.dark))
        lane.top = float(peaks[order[0]])
        lane.key = found.servers[i]
        lane.note = sampled(step_of(found.seqs))
        out.append(lane)
    return out
