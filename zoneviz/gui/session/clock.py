"""Playing the recording on show: a timer moves the player to where it should be by now."""

from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from zoneviz import words
from zoneviz.errors import InputError
from zoneviz.gui.session.frames import FRAME_MS
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.playback.playing import Playing

SPEEDS: dict[str, tuple[float, bool]] = {
    **{f"{value:g}\u00d7": (value, False) for value in (0.01, 0.1, 0.5, 1.0, 2.0, 10.0, 100.0, 1000.0)},
    **{f"{words.number(value)} events/s": (float(value), True) for value in (1, 10, 100, 1000, 10_000, 100_000)},
}
"""By label: simulated seconds per second, or with True events per second."""
ONE = "1\u00d7"


class Clock(QObject):
    """Plays the session's recording. If the moment is moved meanwhile, playing continues from there.

    `changed`: playing started or stopped, or the speed or loop changed.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.speed = ONE
        self.looped = False
        self._playing: Playing | None = None
        self._player: Player | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self.tick)
        session.recording_changed.connect(self._recording)
        session.selection_changed.connect(self._loop)
        session.follow_changed.connect(lambda follow: self.pause() if follow else None)

    @property
    def playing(self) -> bool:
        """Whether the recording is playing."""
        return self._playing is not None and self._playing.playing

    def toggle(self) -> None:
        """Play, or stop playing."""
        self.pause() if self.playing else self.play()

    def play(self) -> None:
        """Play from the moment; at the end, from the start."""
        if self._playing is None:
            return
        self.session.set_follow(False)
        self.session.land()
        try:
            self._playing.play(monotonic())
        except InputError as error:
            self.session.problem.emit(str(error))
            return
        self.session.moved()
        self._timer.start()
        self.changed.emit()

    def pause(self) -> None:
        """Stop playing. The moment stays."""
        if self.playing and self._playing is not None:
            self._playing.pause()
            self._timer.stop()
            self.changed.emit()

    def set_speed(self, label: str) -> None:
        """Choose a speed: a label of SPEEDS."""
        self.speed = label
        if self._playing is not None:
            value, events = SPEEDS[label]
            if events:
                self._playing.events_per_second = value
            else:
                self._playing.speed = value
        self.changed.emit()

    def change_speed(self, steps: int) -> None:
        """Choose the speed `steps` places further in SPEEDS."""
        names = list(SPEEDS)
        self.set_speed(names[max(0, min(names.index(self.speed) + steps, len(names) - 1))])

    def set_loop(self, looped: bool) -> None:
        """Play the selected stretch, or the whole run, in a loop; or play to the end."""
        self.looped = looped
        self._loop()
        self.changed.emit()

    def tick(self, wall: float | None = None) -> None:
        """Move to where the player should be by now. `wall`: seconds of a monotonic clock."""
        if self._playing is None or not self._playing.playing:
            self._timer.stop()
            return
        self.session.land()  # the user may have moved the moment: continue from there
        seen, by_event = self.session.in_view, self.session.series.by_event
        here = None if by_event else round(self.session.moment_x * 1e9)
        try:
            moved = self._playing.tick(monotonic() if wall is None else wall, here)
        except InputError as error:
            self.session.problem.emit(str(error))
            moved = True
        time = None if by_event else self._playing.time
        if moved or time is not None:
            self.session.played(None if time is None else time / 1e9, seen)
        if not self.playing:
            self._timer.stop()
            self.changed.emit()

    def _loop(self) -> None:
        if self._playing is not None:
            whole = (0, self.session.last)
            self._playing.loop = (self.session.selection.range or whole) if self.looped else None

    def _recording(self) -> None:
        player = self.session.player
        if player is self._player:
            return
        self._timer.stop()
        self._player, self._playing = player, Playing(player) if player is not None else None
        self._loop()
        self.set_speed(self.speed)
