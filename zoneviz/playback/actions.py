"""What tasks and servers did over the run, as one matrix for a picture: the heatmap of who, beside that of zones."""

import numpy as np

from zoneviz.playback.heatmap import Heatmap
from zoneviz.recording import Recording
from zoneviz.state.figures import TASK_FIGURES, TASK_STEP


def by_task(recording: Recording, figure: str = "alloc_bytes", columns: int = 400, *, servers: bool = False) -> Heatmap:
    """A figure of `figures.TASK_FIGURES` in each of at most `columns` equal parts of the events; a row a task.

    `servers`: a row for each name instead, of all tasks that have it. Rows are in order of age. A part is some whole
    stretches of TASK_STEP events; the last may be shorter.
    Errors: InputError if the recording is damaged; ValueError for a figure that is none.
    """
    if figure not in TASK_FIGURES:
        raise ValueError(f"a figure is one of {', '.join(TASK_FIGURES)}")
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
