"""The machine's state at any moment of a recording, and the run as arrays. No Qt, no SQLite.

`Player` moves through a `Recording`; `MachineState` is where it stands; `series` and `heatmap` are for charts.
"""

from zoneviz.playback.player import Moment, Player
from zoneviz.state.machine import MachineState

__all__ = ["MachineState", "Moment", "Player"]
