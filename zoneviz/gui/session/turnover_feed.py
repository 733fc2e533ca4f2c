"""What a stretch of the recording allocates and frees by call path and task, counted in the background once a view asks."""

from collections.abc import Generator

from zoneviz.gui.session.asking import Asking
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.playback.turnover import Turnover, turnover

Stretch = tuple[int, int]
"""Events first to last, both included; first - 1 as the last: the moment before `first`."""


class TurnoverFeed(Asking[Stretch, None, Turnover]):
    """The turnover of a stretch."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, _answer)

    def of(self, player: Player, first: int, last: int) -> Turnover | None:
        """The turnover of these events; None until they are counted. Of a live run the last stretch counted, for its end moves on."""
        found = self.ask(player, (first, last))
        if found is None or (found.first, found.last) == (first, last):
            return found
        return found if self.session.live and found.last >= found.first and last >= first else None


def _answer(own: Player, asked: Stretch, kept: None) -> Generator[tuple[int, int], None, tuple[Turnover, None]]:
    return (yield from turnover(own, *asked)), None
