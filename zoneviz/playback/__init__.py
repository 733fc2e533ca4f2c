"""Answers about a recording: the machine at any moment, curves over the run, diagnosis, comparison. No Qt, no SQL.

`Player` moves through a `Recording` and has the machine's state at its moment; `series` and `heatmap` are the data of charts.
"""

from zoneviz.playback.player import Moment, Player

__all__ = ["Moment", "Player"]
