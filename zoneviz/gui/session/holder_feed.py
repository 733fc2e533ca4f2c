"""Bytes in use by task and by server over the run, for the timeline. Read in the background once a view asks."""

from collections.abc import Generator
from typing import NamedTuple

import numpy as np

from zoneviz.gui.session.reading import Reading
from zoneviz.playback import Player
from zoneviz.playback.holders import HolderCurves, Holders, holders, new_holders
from zoneviz.playback.points import ranked
from zoneviz.playback.stacks import Stack, stacked

TASKS, SERVERS = "task", "server"


class _Both(NamedTuple):
    tasks: HolderCurves
    servers: HolderCurves


class HolderFeed(Reading[Holders, _Both]):
    """Bytes by holder: `held` says what is known, `stack` draws it."""

    def held(self, player: Player, servers: bool) -> HolderCurves | None:
        """Bytes by server, or by task, as far as the recording has been read; None if nothing has. Reads the rest."""
        found = self.want(player, _gather)
        return None if found is None else found.servers if servers else found.tasks

    def stack(self, held: HolderCurves, low: float, high: float, width: int, rest: str) -> Stack:
        """The holders as bands from `low` to `high` on the charts' axis, largest peak first; what is left is named `rest`."""
        x = held.seqs.astype(float) if self.session.series.by_event else held.times / 1e9
        cut = slice(max(int(np.searchsorted(x, low)) - 1, 0), int(np.searchsorted(x, high, side="right")) + 1)
        order = sorted(ranked(held.sizes), key=lambda i: held.names[i] == rest)  # what the curves have left out is part of the rest
        return stacked([held.names[i] for i in order], x[cut], held.sizes[cut][:, order], (low, high), width, rest)


def _gather(own: Player, gathered: Holders | None) -> Generator[tuple[int, int], None, tuple[Holders, _Both]]:
    gathered = gathered or new_holders(own)
    tasks = yield from holders(own, gathered, servers=False)
    return gathered, _Both(tasks, gathered.curves(own.recording.catalog, servers=True))
