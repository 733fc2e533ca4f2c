"""The activity of tasks and servers over the run as a matrix: the data of the heatmap by owner."""

import numpy as np

from zoneviz.playback.heatmap import Heatmap
from zoneviz.recording import Recording
from zoneviz.state.figures import TASK_FIGURES, TASK_STEP


def by_task(recording: Recording, figure: str = "alloc_bytes", columns: int = 400, *, servers: bool = False) -> Heatmap:
    """A figure of `figures.TASK_FIGURES` per task, in at most `columns` equal ranges of events.

    `servers`: one row per name, summed over all tasks of that name, instead of one per task. Rows are ordered by age. A range is
    a multiple of TASK_STEP events; the last may be shorter.
    Errors: InputError if the recording is damaged; ValueError for an unknown figure.
    """
    if figure not in TASK_FIGURES:
        raise ValueError(f"figure must be one of {', '.join(TASK_FIGURES)}")
    rows = recording.task_samples()
    stretches = max(-(-recording.event_count // TASK_STEP), 1)
    width = -(-stretches // columns)
    count = -(-stretches // width)
    named = recording.catalog.task_names
    names: dict[str | int, int] = {}
    labels: list[str] = []
    place = np.zeros(len(rows), np.int64)
    for i, task in enumerate(rows[:, 1].tolist()):
        name = named.get(task, "") or ("the kernel" if not task else f"task {task}")
        key: str | int = name if servers else task
        if key not in names:
            names[key] = len(labels)
            labels.append(name)
        place[i] = names[key]
    values = np.zeros((len(labels), count))
    column = np.clip((rows[:, 0] - 1) // TASK_STEP // width, 0, count - 1)
    np.add.at(values, (place, column), rows[:, 2 + TASK_FIGURES.index(figure)])
    edges = np.minimum(np.arange(count + 1) * width * TASK_STEP, recording.event_count).astype(float)
    return Heatmap(figure, labels, edges, values, max(float(values.max(initial=0)), 1.0))
