"""What the menu of a place of the timeline is about: a note, the mark or a hit of the search there, or else the band."""

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF

from zoneviz.gui.charts.bandlegend import BandLegend
from zoneviz.gui.charts.bandsource import BandSource
from zoneviz.gui.charts.hit_marks import HitMarks
from zoneviz.gui.charts.note_marks import NoteMarks
from zoneviz.gui.charts.plotting import Chart
from zoneviz.gui.session.subject import Act
from zoneviz.playback.stacks import Stack


def band_at(chart: Chart, stack: Stack, place: QPointF) -> str:
    """The band at a place of a stacked chart, "" outside of all."""
    if not chart.area().contains(place) or not len(stack.x) or not len(stack.tops):
        return ""
    x = chart.pointer.to_axis(place.x())
    view: Any = chart.box.mapSceneToView(place)
    i = int(np.searchsorted(np.array([np.interp(x, stack.x, top) for top in stack.tops]), view.y()))
    return stack.names[i] if i < len(stack.names) else ""


def about(
    chart: Chart, stack: Stack, source: BandSource, legend: BandLegend, marks: NoteMarks, hits: HitMarks, place: QPointF
) -> dict[str, Any]:  # fmt: skip
    """Fields of a Subject for a place of the timeline."""
    note = marks.note_at(place)
    if note is not None:
        book = source.session.notebook
        undo = Act("Clear mark A", lambda: book.set_mark(None)) if note.seq == book.mark else Act(
            "Delete this note", lambda: book.remove(note.seq)
        )  # fmt: skip
        return {"seq": note.seq, "x": source.session.series.x_at(note.seq), "text": note.text, "acts": (undo,)}
    name, hit = band_at(chart, stack, place), hits.subject_at(place)
    return hit or ({**source.about(name), "acts": tuple(legend.acts(name))} if name else {})
