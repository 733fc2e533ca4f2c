"""The state that all views share: player, moment, visible range, selection, and whether the moment follows a live run.

The session knows no view: views connect to its signals, and draw when `frames` calls them. They ask for a moment with
`ask_moment`; requests are coalesced, so dragging costs one seek and one repaint a frame.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from zoneviz import words
from zoneviz.errors import Forgotten, ZonevizError
from zoneviz.gui.kit.theme import LIGHT, Theme
from zoneviz.gui.session.axis import Axis
from zoneviz.gui.session.frames import Frames
from zoneviz.gui.session.notebook import Notebook
from zoneviz.gui.session.queries import Queries
from zoneviz.gui.session.selecting import Selecting
from zoneviz.gui.session.states import Standing
from zoneviz.playback import Player
from zoneviz.playback.series import Series
from zoneviz.recording import Header

GATHER_MS = 16
"""Coalesce requests for a moment for this many ms; screens refresh no faster."""
BEHIND_MS = 600
"""After this much silence, treat a live run as idle and catch up with its tail. Earlier, both would compete for the GIL."""
FINER_MS = 100
"""After this time a recording has been painted from its coarsest samples, and the finer ones are read."""
STRIDE = 4096
"""Events applied at once while following a run."""


class Session(Selecting):
    """The shared state of one window. Lives in the GUI thread."""

    recording_changed = Signal()
    grown = Signal()
    moment_changed = Signal()
    range_changed = Signal()
    follow_changed = Signal(bool)
    theme_changed = Signal()
    run_asked = Signal(object)
    """Run a RunSpec and show it."""
    variant_asked = Signal(object)
    """Record a variant of this run and compare the two. Carries the changed settings, texts by name; None: let the user choose them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.player: Player | None = None
        self.theme: Theme = LIGHT
        self.live = False
        self.follow = False
        self.follow_new = True
        self.frames = Frames(self)
        self.standing = Standing(self)
        self.notebook, self.queries = Notebook(self), Queries(self)
        self.notebook.problem.connect(self.problem)
        self.axis = Axis(lambda: self.series.extent, lambda: self.moment_x, self)
        self.axis.changed.connect(self.range_changed)
        self.by_event = False
        self._asked: int | None = None
        self._place: tuple[float, int] | None = None
        """Where on the axis the moment was put, and the event whose state is shown there."""
        self._landed = 0.0
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.timeout.connect(self.land)
        self._behind = QTimer(self)
        self._behind.setSingleShot(True)
        self._behind.setInterval(BEHIND_MS)
        self._behind.timeout.connect(self._catch_up)
        self._finer = QTimer(self)
        self._finer.setSingleShot(True)
        self._finer.setInterval(FINER_MS)
        self._finer.timeout.connect(self._refine)

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Emit `problem` for a ZonevizError raised inside, and carry on. For slots: nothing above them could catch it."""
        try:
            yield
        except Forgotten:  # the recording keeps a limited time: what is left is drawn with its next events
            return
        except ZonevizError as error:
            self.problem.emit(str(error))

    # the recording

    def show(self, player: Player | None, live: bool = False) -> None:
        """Show another recording, or none. The moment is its last event; a run that panicked ends with the panic."""
        self._gather.stop()
        self._asked = self._place = None
        self.frames.clear()
        if self.player is not None:
            self.player.recording.close()
        self.player, self.live, self.follow = player, live, live and self.follow_new
        self.frames.live = live
        self._forget_selection()
        self.series = Series()
        problem = ""
        if player is not None:
            try:
                self.series.load(player.recording, self.by_event, coarse=not live)
                player.seek(self.last)
            except ZonevizError as error:
                problem = str(error)
        self.axis.reset()
        self.notebook.show(player.recording if player is not None else None)
        self.recording_changed.emit()
        self.follow_changed.emit(self.follow)
        self.selection_changed.emit()
        self.range_changed.emit()
        self.moment_changed.emit()
        if self.series.coarse:
            self._finer.start()
        if problem:
            self.problem.emit(problem)

    def _refine(self) -> None:
        """Draw the curves from the finer samples."""
        if self.series.coarse:
            with self.reporting():
                self.series.refine()
            self.grown.emit()

    @property
    def header(self) -> Header:
        """The header of the recording on show; an empty one without a recording."""
        return self.player.recording.header if self.player is not None else Header()

    @property
    def last(self) -> int:
        """Number of the recording's last event, 0 without one."""
        return self.player.recording.event_count if self.player else 0

    @property
    def moment(self) -> int:
        """The event whose state all views show: the machine right after it."""
        if self._asked is not None:
            return self._asked
        return int(self.player.state.seq) if self.player else 0

    def moment_words(self) -> str:
        """The moment by its number: `event 1,204`, or `reading 12`."""
        return self.numbered(self.moment)

    def numbered(self, seq: int) -> str:
        """An event by its number, or by that of its reading if the recording has readings: `event 1,204`, `reading 12`."""
        readings = self.series.readings
        return f"reading {words.number(readings.number(seq) + 1)}" if len(readings) else f"event {words.number(seq)}"

    @property
    def moment_pending(self) -> bool:
        """Whether a moment was asked for that the player has not reached yet."""
        return self._asked is not None

    def refresh(self) -> None:
        """Read what the recording has gained, and move to its tail if following.

        Errors: InputError if the recording is damaged.
        """
        if self.player is None:
            return
        seen = self.in_view
        self.player.refresh()
        if self.follow:
            self._asked = None
            self.player.seek(self._tail())
        self.series.load(self.player.recording, self.by_event, self.live)
        self.series.set_tip(self.player.state if self.follow else None)
        if self.axis.fitted:
            self.axis.fit()
        self.grown.emit()
        if self.follow:
            self.moved(seen)
            if self.player.state.seq < self.last:
                self._behind.start()

    def _catch_up(self) -> None:
        """The run has been silent, and the moment is not yet at its tail."""
        if self.follow:
            with self.reporting():
                self.refresh()

    def _tail(self) -> int:
        """The last event; if the run is faster than its events can be applied, a checkpoint not far before it."""
        assert self.player is not None
        here, last = int(self.player.state.seq), self.last
        if last - here <= STRIDE:
            return last
        found = self.player.recording.checkpoint(last)
        return found[0] if found and found[0] > here else here + STRIDE

    def ended(self) -> None:
        """The run that made this recording has ended.

        Errors: InputError if the recording is damaged.
        """
        self.live = self.frames.live = False
        self.refresh()
        self.notebook.completed()
        if self.follow:
            self.follow = False
            self.follow_changed.emit(False)
            self._asked = self.last
            self.land()
            self.series.set_tip(None)
        self.recording_changed.emit()
        self.moment_changed.emit()

    # the moment

    def ask_moment(self, seq: int) -> None:
        """Go to the moment after event `seq`, or after its whole reading, with the next frame. Stops following."""
        if self.player is None:
            return
        self.set_follow(False)
        self._place = None
        self._asked = self.series.readings.whole(max(0, min(seq, self.last)))
        if not self._gather.isActive():  # at once after a pause; then coalesced, since no more can be drawn
            self._gather.start(max(0, GATHER_MS - round((monotonic() - self._landed) * 1000)))

    def ask_x(self, x: float, near: float = 0.0) -> None:
        """Put the moment at the place `x` of the charts' axis, exactly; the state there is that after the last event at or before it.

        `near`: a reading at most this far away attracts the place, as a few pixels around its dot should.
        """
        x = self.series.snapped(x, near)
        self.ask_moment(self.series.seq_at(x))
        self._place = (x, self.moment)

    def step(self, count: int) -> None:
        """Move forward by this many events or readings, or back if negative."""
        self.ask_moment(self.series.readings.step(self.moment, count))

    def ask_panic(self) -> None:
        """Go to the panic; report it if the run did not panic."""
        if self.player is None:
            return
        with self.reporting():
            seq = self.player.panic_seq()
            if seq is None:
                self.problem.emit("This run did not end in a panic.")
            else:
                self.ask_moment(seq)

    def to_note(self, step: int) -> None:
        """Go to the next note, or with -1 to the previous one. Without one, stay."""
        seq = self.notebook.neighbour(self.moment, step)
        if seq is not None:
            self.ask_moment(seq)

    def set_follow(self, follow: bool) -> None:
        """Follow the tail of a live run, or stay at the moment."""
        follow = follow and self.live
        if follow != self.follow:
            self.follow = follow
            self.follow_changed.emit(follow)
        if follow:
            self._asked = self.last
            self.land()

    def land(self) -> None:
        """Go to the moment asked for last, now."""
        self._gather.stop()
        if self.player is None or self._asked is None:
            return
        asked, self._asked = self._asked, None
        self._landed = monotonic()
        with self.reporting():
            self.player.seek(asked)
        self.moved()

    def moved(self, seen: bool = True) -> None:
        """The moment has changed: bring it into view if it was `seen` before, and tell the views."""
        if seen:
            self.axis.reveal(self.moment_x)
        self.moment_changed.emit()

    def played(self, x: float | None, seen: bool) -> None:
        """The player has played to the place `x` of the axis; None: to its event. `seen`: whether the moment was in view before."""
        self._place = None if x is None else (x, self.moment)
        self.moved(seen)

    # the range

    @property
    def moment_x(self) -> float:
        """The moment's place on the charts' axis: where it was put, or where its event is."""
        if self.player is None:
            return 0.0
        if self._place is not None and self._place[1] == self.moment:
            return self._place[0]
        timed = self._asked is None and not self.series.by_event and not len(self.series.readings)
        return self.series.snapped(float(self.player.state.time) / 1e9 if timed else self.series.x_at(self.moment))

    @property
    def moment_time(self) -> int:
        """The time of the moment in ns: the cursor's, or on an axis of numbers its event's."""
        by_number = self.player is None or self.series.by_event
        return self.player.state.time if self.player is not None and by_number else round(self.moment_x * 1e9)

    @property
    def in_view(self) -> bool:
        """Whether the moment is in the visible range."""
        low, high = self.range
        return low <= self.moment_x <= high

    @property
    def range(self) -> tuple[float, float]:
        """The visible range of the axis that all views share."""
        return self.axis.range

    def set_range(self, low: float, high: float) -> None:
        """Show this stretch of the axis in all charts, clipped to the recording and to the narrowest that can be drawn."""
        self.axis.set_range(low, high)

    def fit(self) -> None:
        """Show the whole recording."""
        self.axis.fit()

    def show_selected(self) -> None:
        """Zoom to the selected stretch, if there is one."""
        if self.stretch is not None:
            self.set_range(*self.stretch)

    def set_by_event(self, by_event: bool) -> None:
        """Use event numbers on the axis instead of simulated time."""
        self.by_event = by_event
        if self.player is None:
            return
        with self.reporting():
            self.series.load(self.player.recording, by_event)
        self.axis.reset()
        self._place = None
        self._forget_stretch()
        self.recording_changed.emit()
        self.range_changed.emit()
        self.moment_changed.emit()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours of painted views, which no style sheet reaches."""
        self.theme = theme
        self.theme_changed.emit()
