"""The table behind the timeline: bytes of each band, use of each limit, and the figure of each lane, as drawn."""

import numpy as np

from zoneviz import words
from zoneviz.gui.charts.lanechart import Lane
from zoneviz.gui.charts.limitlines import LimitLines
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.rows import Column
from zoneviz.playback.series import Series
from zoneviz.playback.stacks import Stack

Row = tuple[int | float | str, ...]


def columns(series: Series, stack: Stack, limits: LimitLines, lanes: list[Lane]) -> list[Column]:
    """The columns of `rows`."""
    by_event = series.by_event
    where = Column("event", "", words.number, "99,999,999") if by_event else Column("time", "", words.time, "9,999.999 ms")
    found = [where, *(Column(words.one_line(name, 40), "bytes", words.size_cell, "999.99 KiB") for name in stack.names)]
    used = tip("limit", "Share used since boot")
    found += [Column(curve.limit.label, used, lambda share: words.share_cell(share, 100)) for curve in limits.limits]
    return [*found, *(Column(words.one_line(lane.name, 40)) for lane in lanes)]


def rows(series: Series, stack: Stack, limits: LimitLines, lanes: list[Lane]) -> list[Row]:
    """One row per place of the chart: time or event, bytes of each band, % of each limit, figure of each lane."""
    out: list[Row] = []
    sizes = np.diff(stack.tops, axis=0, prepend=np.zeros((1, len(stack.x)))) if len(stack.x) else stack.tops
    for i, x in enumerate(stack.x.tolist()):
        place = round(x) if series.by_event else round(x * 1e9)
        shares = [100 * share for _, share in limits.at(x)]
        out.append((place, *(int(size) for size in sizes[:, i]), *shares, *(int(lane.at(x).sum()) for lane in lanes)))
    return out
