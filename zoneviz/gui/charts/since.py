"""Since when a chart counts growth: since the selected stretch begins, or else since boot or the first reading."""

from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.playback.growing import Growth, start, start_words
from zoneviz.recording import Recording


class Since:
    """The growth of zones in the session's recording. It follows the selected stretch."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._growth: Growth | None = None
        self._of: tuple[Recording, int | None] | None = None

    def words(self, player: Player) -> str:
        """Since when, for a heading."""
        return "since the selection begins" if self.session.selection.range else start_words(player.recording)

    def growth(self, player: Player) -> Growth:
        """The growth since then. Errors: InputError if the recording is damaged."""
        chosen = self.session.selection.range
        of = player.recording, chosen[0] - 1 if chosen else None
        if self._growth is None or of != self._of:
            begin = of[1] if of[1] is not None else start(player.recording)
            self._growth, self._of = Growth(player.recording, begin, self.session.series.readings), of
        return self._growth
