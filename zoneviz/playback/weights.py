"""Live bytes by task, call path and zone at one moment: the data of a flame graph."""

import numpy as np

from zoneviz import words
from zoneviz.playback.search import Filter, Mask
from zoneviz.playback.tables import Names
from zoneviz.state.elements import Elements
from zoneviz.state.machine import MachineState

WORDS = ("zones", "task", "address", "path")
"""The fields of a Filter that apply to live elements."""


def by_path(state: MachineState, match: Filter | None = None) -> list[tuple[list[str], int]]:
    """(frames, bytes) of the live elements, ordered by ids: the task that ran, its call path outermost first, the zone in brackets.

    `match` selects elements by its fields in WORDS; its other fields are ignored.
    """
    live, size = state.elements, state.element_sizes()
    if match is not None:
        keep = _selected(live, match)
        live, size = live.take(keep), size[keep]
    keys, place = np.unique(np.column_stack([live.task, live.path, live.zone]), axis=0, return_inverse=True)
    sums = np.bincount(place.ravel(), size, len(keys)).astype(np.int64).tolist()
    catalog, names = state.catalog, Names(state.catalog)
    out = []
    for (task, path, zone), total in zip(keys.tolist(), sums, strict=True):
        frames = catalog.paths.frames(path) if 0 <= path < len(catalog.paths.rows) else []
        who = words.task_name(task, names.tasks)
        out.append(([who, *frames, f"[{names.zones.get(zone, zone)}]"], total))
    return out


def _selected(live: Elements, match: Filter) -> Mask:
    keep = np.ones(len(live), np.bool_)
    for values, column in ((match.zones, live.zone), (match.path, live.path)):
        if values is not None:
            keep &= np.isin(column, list(values))
    for value, column in ((match.task, live.task), (match.address, live.address)):
        if value is not None:
            keep &= column == value
    return keep
