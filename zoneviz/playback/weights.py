"""Live bytes by who took them and on which call path, at one moment: what a flame graph is made of."""

from dataclasses import replace

import numpy as np

from zoneviz.events import Kind
from zoneviz.playback.search import Filter
from zoneviz.playback.tables import Names
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import ADDRESS, KIND, PATH, SUBJECT, TASK, Ints

WORDS = ("zones", "task", "address", "path")
"""What live elements can be filtered by."""


def by_path(state: MachineState, match: Filter | None = None) -> list[tuple[list[str], int]]:
    """Frames and bytes of live elements, in order of the frames' ids: the task that ran, its call path, and the zone.

    Of a filter only WORDS count.
    """
    live = state.elements
    if match is not None:
        rows: Ints = np.zeros((len(live), 10), np.int64)
        rows[:, KIND] = Kind.ZALLOC
        for column, values in ((SUBJECT, live.zone), (TASK, live.task), (ADDRESS, live.address), (PATH, live.path)):
            rows[:, column] = values
        live = live.take(replace(match, kinds=None, thread=None, ranges=(), touched=())(rows))
    sizes = np.maximum(state.elem_size - 1, 0)
    size = sizes[np.minimum(live.zone, len(sizes) - 1)] if len(live) else np.zeros(0, np.int64)
    keys, place = np.unique(np.column_stack([live.task, live.path, live.zone]), axis=0, return_inverse=True)
    sums = np.bincount(place.ravel(), size, len(keys)).astype(np.int64).tolist()
    catalog, names = state.catalog, Names(state.catalog)
    out = []
    for (task, path, zone), total in zip(keys.tolist(), sums, strict=True):
        frames = catalog.paths.frames(path) if 0 <= path < len(catalog.paths.rows) else []
        who = names.tasks.get(task, "") or (f"task {task}" if task else "boot")
        out.append(([who, *frames, f"[{names.zones.get(zone, zone)}]"], total))
    return out
