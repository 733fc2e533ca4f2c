"""Playing a recording: moves a player by the wall clock, which the caller passes in."""

from zoneviz.playback.player import Player
from zoneviz.playback.readings import Readings

SLOWEST, FASTEST = 0.01, 1000.0
"""Simulated seconds per wall-clock second."""
READINGS = 4.0


class Playing:
    """Plays a player's recording. Call `tick(wall)` at any rate with a monotonic clock in seconds.

    The speed is `speed` in simulated seconds per second, or `events_per_second` if set. `loop`: None, or (first, last) events.
    Readings are played by their number: at speed 1, READINGS per second.
    """

    def __init__(self, player: Player, speed: float = 1.0) -> None:
        self.player = player
        self.readings = Readings()
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

    @property
    def time(self) -> int | None:
        """The time in ns that is played now, at or after that of the player's event; None if events or readings are played, or nothing."""
        timed = self.playing and self._seq >= 0 and not self._by_events and not len(self.readings)
        return int(self._place) if timed else None

    def play(self, wall: float) -> None:
        """Play from the player's moment; from the beginning if it is at the end or outside the loop.

        Errors: InputError if the recording is damaged.
        """
        self.readings = Readings(self.player.recording)
        first, last = self._range()
        if not first <= self.player.moment.seq < last:
            self.player.seek(first)
        self.playing, self._wall, self._seq = True, wall, -1

    def pause(self) -> None:
        """Stop at the current moment."""
        self.playing = False

    def tick(self, wall: float, time: int | None = None) -> bool:
        """Move the player to its place at wall-clock `wall`; whether it moved. Without a loop it pauses at the end.

        `time`: the time in ns from which to play on, which may be later than that of the player's event.

        Errors: InputError if the recording is damaged; playing is then paused.
        """
        if not self.playing:
            return False
        passed, self._wall = max(wall - self._wall, 0.0), wall
        here = self.player.moment.seq
        if here != self._seq:  # the player was moved, or the speed changed: count from here
            place = self.readings.number(here) if len(self.readings) else here if self._by_events else self.player.moment.time
            self._seq, self._place = here, float(place)
        if time is not None and not self._by_events and not len(self.readings):
            self._place = float(max(time, self.player.moment.time))
        first, last = self._range()
        self._place += passed * (self._rate or self._speed * self._each)
        target = self._target(int(self._place))
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
    def _each(self) -> float:
        """Places per second at speed 1; without a clock, a thousand events."""
        return READINGS if len(self.readings) else 1000 if self._by_events else 1e9

    def _target(self, place: int) -> int:
        """The event at a place: a number of readings or events, or a time in ns."""
        if len(self.readings):
            return int(self.readings.ends[min(place, len(self.readings) - 1)])
        return place if self._by_events else self.player.recording.seq_at(place)

    @property
    def _by_events(self) -> bool:
        # Events without times have only their order.
        return self._rate is not None or self.player.recording.header.time_kind == "events"

    def _range(self) -> tuple[int, int]:
        count = self.player.recording.event_count
        first, last = self.loop or (0, count)
        first, last = (self.readings.whole(max(0, min(seq, count))) for seq in (first, last))
        return first, last

    def _at_end(self, first: int, last: int) -> None:
        if self.loop is None:
            self.player.seek(last)
            self.playing = False
        else:
            self.player.seek(last if self.player.moment.seq < last else first)
        self._seq = -1
