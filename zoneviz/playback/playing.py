"""Playing a recording: moves a player by the wall clock, which the caller passes in."""

from zoneviz.playback.player import Player

SLOWEST, FASTEST = 0.01, 1000.0
"""Simulated seconds per wall-clock second."""


class Playing:
    """Plays a player's recording. Call `tick(wall)` at any rate with a monotonic clock in seconds.

    The speed is `speed` in simulated seconds per second, or `events_per_second` if set. `loop`: None, or (first, last) events.
    """

    def __init__(self, player: Player, speed: float = 1.0) -> None:
        self.player = player
        self.loop: tuple[int, int] | None = None
        self.playing = False
        self._speed = speed
        self._rate: float | None = None
        self._wall = 0.0
        self._place = 0.0
        self._seq = -1

    @property
    def speed(self) -> float:
        """Simulated seconds per wall-clock second, clipped to SLOWEST..FASTEST."""
        return self._speed

    @speed.setter
    def speed(self, value: float) -> None:
        self._speed = min(max(value, SLOWEST), FASTEST)
        self._rate, self._seq = None, -1

    @property
    def events_per_second(self) -> float | None:
        """Events per wall-clock second, None if playing by simulated time."""
        return self._rate

    @events_per_second.setter
    def events_per_second(self, value: float | None) -> None:
        if value is not None and value <= 0:
            raise ValueError("events_per_second must be positive")
        self._rate, self._seq = value, -1

    def play(self, wall: float) -> None:
        """Play from the player's moment; from the beginning if it is at the end or outside the loop."""
        first, last = self._range()
        if not first <= self.player.moment.seq < last:
            self.player.seek(first)
        self.playing, self._wall, self._seq = True, wall, -1

    def pause(self) -> None:
        """Stop at the current moment."""
        self.playing = False

    def tick(self, wall: float) -> bool:
        """Move the player to its place at wall-clock `wall`; whether it moved. Without a loop it pauses at the end.

        Errors: InputError if the recording is damaged; playing is then paused.
        """
        if not self.playing:
            return False
        passed, self._wall = max(wall - self._wall, 0.0), wall
        here = self.player.moment.seq
        if here != self._seq:  # the player was moved, or the speed changed: count from here
            self._seq, self._place = here, float(here if self._by_events else self.player.moment.time)
        first, last = self._range()
        # In a recording without times, one second is a thousand events.
        by_order = self._speed * 1000 if self._by_events else self._speed * 1e9
        self._place += passed * (self._rate or by_order)
        target = int(self._place) if self._by_events else self.player.recording.seq_at(int(self._place))
        try:
            if target >= last:
                self._at_end(first, last)
            else:
                self.player.seek(max(target, here))
        except BaseException:
            self.playing = False
            raise
        if target < last:
            self._seq = self.player.moment.seq
        return self.player.moment.seq != here

    @property
    def _by_events(self) -> bool:
        # Events without times have only their order.
        return self._rate is not None or self.player.recording.header.time_kind == "events"

    def _range(self) -> tuple[int, int]:
        count = self.player.recording.event_count
        if self.loop is None:
            return 0, count
        first, last = self.loop
        return max(0, min(first, count)), max(0, min(last, count))

    def _at_end(self, first: int, last: int) -> None:
        if self.loop is None:
            self.player.seek(last)
            self.playing = False
        else:
            self.player.seek(last if self.player.moment.seq < last else first)
        self._seq = -1
