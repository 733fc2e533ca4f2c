"""What all views share: the player, the one moment, the visible range, the selected zone, and whether we follow the tail.

Views ask for a moment with `ask_moment`; asks are gathered, so that dragging costs one seek and one repaint a frame.
"""

from time import monotonic
from typing import Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from zoneviz.errors import InputError
from zoneviz.gui.kit.theme import LIGHT, Theme
from zoneviz.gui.session.beside import Beside
from zoneviz.gui.session.notebook import Notebook
from zoneviz.gui.session.selection import Selection, changed
from zoneviz.playback import Player
from zoneviz.playback.series import Series

FRAME_MS = 33
"""A film moves on so often; and between two drawings of a run that goes on there is so much rest, in which it gets Python's lock."""
GATHER_MS = 16
"""Moves of the mouse are gathered for so long after the last that was followed: a screen shows no more."""
BEHIND_MS = 600
"""A run that has told nothing for so long stands still, and one can catch up with it. Sooner, both would want Python's lock."""
STRIDE = 4096
"""So many events are applied in one go while following a run."""


class Drawn(Protocol):
    """What can be told to draw: a view. The session knows no more of views."""

    def isVisible(self) -> bool:
        """Whether any of it can be seen."""

    def catch_up(self) -> None:
        """Draw what has changed."""


class Session(QObject):
    """The shared state of one window. Lives in the GUI thread."""

    recording_changed = Signal()
    grown = Signal()
    moment_changed = Signal()
    range_changed = Signal()
    selection_changed = Signal()
    follow_changed = Signal(bool)
    theme_changed = Signal()
    problem = Signal(str)
    """A sentence: the recording turned out to be damaged, here or there."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.player: Player | None = None
        self.series = Series()
        self.theme: Theme = LIGHT
        self.live = False
        self.follow = False
        self.follow_new = True
        self.notebook = Notebook(self)
        self.notebook.problem.connect(self.problem)
        self.selection = Selection()
        self.beside = Beside(self)
        self._levels: list[str] = []
        self.range: tuple[float, float] = (0.0, 1.0)
        self.by_event = False
        self._wanted: int | None = None
        self._fitted = True
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._landed = 0.0
        self._frame.timeout.connect(self.land)
        self._stale: dict[int, Drawn] = {}
        self._drawn = 0.0
        self._draw = QTimer(self)
        self._draw.setSingleShot(True)
        self._draw.timeout.connect(self.flush)
        self._behind = QTimer(self)
        self._behind.setSingleShot(True)
        self._behind.setInterval(BEHIND_MS)
        self._behind.timeout.connect(self._catch_up)

    # drawing

    def redraw(self, view: Drawn) -> None:
        """This view has something new to show; it comes with the next frame, all of it at once."""
        self._stale[id(view)] = view
        if not self._draw.isActive():
            self._draw.start(max(0, FRAME_MS - round((monotonic() - self._drawn) * 1000)) if self.live else 0)

    def flush(self) -> None:
        """Let all views that wait for the next frame draw now."""
        self._draw.stop()
        views, self._stale = [*self._stale.values()], {}
        for view in views:
            if view.isVisible():
                view.catch_up()
        self._drawn = monotonic()

    # the recording

    def show(self, player: Player | None, live: bool = False) -> None:
        """Show another recording, at its end: the panic, where there is one."""
        self._frame.stop()
        self._wanted = None
        self._stale = {}
        if self.player is not None:
            self.player.recording.close()
        self.player, self.live, self.follow = player, live, live and self.follow_new
        self.selection, self._levels = Selection(), []
        self.series = Series()
        self._fitted = True
        trouble = ""
        if player is not None:
            try:
                self.series.load(player.recording, self.by_event)
                player.seek(self.last)
            except InputError as error:
                trouble = str(error)
        self.range = self.series.extent
        self.notebook.show(player.recording if player is not None else None)
        self.recording_changed.emit()
        self.follow_changed.emit(self.follow)
        self.selection_changed.emit()
        self.range_changed.emit()
        self.moment_changed.emit()
        if trouble:
            self.problem.emit(trouble)

    @property
    def last(self) -> int:
        """The number of the last event of the recording, 0 if there is none."""
        return self.player.recording.event_count if self.player else 0

    @property
    def moment(self) -> int:
        """The event all views speak of: the state is the one right after it."""
        if self._wanted is not None:
            return self._wanted
        return int(self.player.state.seq) if self.player else 0

    def refresh(self) -> None:
        """The recording grew: read what is new, and move on if we follow."""
        if self.player is None:
            return
        self.player.refresh()
        if self.follow:
            self._wanted = None
            self.player.seek(self._tail())
        self.series.load(self.player.recording, self.by_event, self.live)
        self.series.set_tip(self.player.state if self.follow else None)
        if self._fitted:
            self._set_range(*self.series.extent)
        self.grown.emit()
        if self.follow:
            self.moment_changed.emit()
            if self.player.state.seq < self.last:
                self._behind.start()

    def _catch_up(self) -> None:
        """The run told nothing more, and we are not yet at its tail."""
        if self.follow:
            self.refresh()

    def _tail(self) -> int:
        """The last event; or, if the run is faster than its events can be read, a checkpoint not far behind it."""
        assert self.player is not None
        here, last = int(self.player.state.seq), self.last
        if last - here <= STRIDE:
            return last
        found = self.player.recording.checkpoint(last)
        return found[0] if found and found[0] > here else here + STRIDE

    def ended(self) -> None:
        """The run that made this recording has ended."""
        self.live = False
        self.refresh()
        self.notebook.completed()
        if self.follow:
            self.follow = False
            self.follow_changed.emit(False)
            self._wanted = self.last
            self.land()
            self.series.set_tip(None)
        self.recording_changed.emit()
        self.moment_changed.emit()

    # the moment

    def ask_moment(self, seq: int) -> None:
        """The person wants this moment; it comes with the next frame. Leaves follow mode."""
        if self.player is None:
            return
        self.set_follow(False)
        self._wanted = max(0, min(seq, self.last))
        if not self._frame.isActive():  # at once after a rest; then gathered, so that no more is sought than can be drawn
            self._frame.start(max(0, GATHER_MS - round((monotonic() - self._landed) * 1000)))

    def ask_x(self, x: float) -> None:
        """The moment at a place of the charts' axis."""
        if self.player is None or self.series.by_event:
            self.ask_moment(self.series.seq_at(x))
            return
        try:
            # Not as the samples tell: between two of them there may be a pause of a second.
            self.ask_moment(self.player.recording.seq_at(round(x * 1e9)))
        except InputError as error:
            self.problem.emit(str(error))

    def step(self, events: int) -> None:
        """So many events on or back."""
        self.ask_moment(self.moment + events)

    def ask_panic(self) -> None:
        """To the panic; if there is none, that is said."""
        seq = self.player.panic_seq() if self.player is not None else None
        if seq is not None:
            self.ask_moment(seq)
        elif self.player is not None:
            self.problem.emit("This run did not end in a panic.")

    def set_follow(self, follow: bool) -> None:
        """Follow the tail of a live run, or stay."""
        follow = follow and self.live
        if follow != self.follow:
            self.follow = follow
            self.follow_changed.emit(follow)
        if follow:
            self._wanted = self.last
            self.land()

    def land(self) -> None:
        """Go where the person last wanted to, now."""
        self._frame.stop()
        if self.player is None or self._wanted is None:
            return
        wanted, self._wanted = self._wanted, None
        self._landed = monotonic()
        try:
            self.player.seek(wanted)
        except InputError as error:
            self.problem.emit(str(error))
        self.moment_changed.emit()

    # range and selection

    @property
    def moment_x(self) -> float:
        """Where the moment lies on the charts' axis."""
        if self.player is None:
            return 0.0
        if self._wanted is None and not self.series.by_event:
            return float(self.player.state.time) / 1e9
        return self.series.x_at(self.moment)

    def set_range(self, low: float, high: float) -> None:
        """Show this stretch of the axis in all charts; never beyond the recording, never narrower than can be drawn."""
        first, last = self.series.extent
        whole = last - first
        width = min(max(high - low, whole * 1e-7, 1e-9), whole)
        low = min(max(low, first), last - width)
        self._fitted = width >= whole * 0.999
        self._set_range(low, low + width)

    def _set_range(self, low: float, high: float) -> None:
        if (low, high) != self.range:
            self.range = (low, high)
            self.range_changed.emit()

    def fit(self) -> None:
        """The whole recording."""
        self.set_range(*self.series.extent)

    def show_selected(self) -> None:
        """The selected stretch, if there is one."""
        if self.selection.range is not None:
            self.set_range(*(self.series.x_at(seq) for seq in self.selection.range))

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Make the visible stretch `factor` times as wide, keeping the place `around` (default: the moment) where it is."""
        low, high = self.range
        if around is None:
            around = self.moment_x if low <= self.moment_x <= high else (low + high) / 2
        self.set_range(around - (around - low) * factor, around + (high - around) * factor)

    def pan(self, share: float) -> None:
        """Move the visible stretch by a share of its width."""
        low, high = self.range
        self.set_range(low + share * (high - low), high + share * (high - low))

    @property
    def zone(self) -> str:
        """The selected zone, or an empty string."""
        return self.selection.zone

    def select(self, **values: Any) -> None:
        """Replace the named fields of the selection, as `select(zone="ipc ports", task=7)`; an empty value clears one.

        Errors: TypeError for a field that a Selection does not have.
        """
        self._select(*changed(self.selection, self._levels, values))

    def select_zone(self, name: str) -> None:
        """Select a zone in all views; an empty name selects none."""
        self.select(zone=name)

    def select_stretch(self, low: float, high: float) -> None:
        """Select the events between two places of the axis."""
        first, last = sorted((self.series.seq_at(low), self.series.seq_at(high)))
        self.select(range=(first + 1, max(last, first + 1)) if self.last else None)

    def clear_one(self) -> None:
        """Drop the newest level of the selection."""
        if self._levels:
            empty = getattr(Selection(), self._levels[-1])
            self.select(**{self._levels[-1]: empty})

    def clear_all(self) -> None:
        """Select nothing."""
        self._select(Selection(), [])

    def _select(self, selection: Selection, levels: list[str]) -> None:
        self._levels = levels
        if selection != self.selection:
            self.selection = selection
            self.selection_changed.emit()

    def set_by_event(self, by_event: bool) -> None:
        """Count events on the axis instead of simulated time."""
        self.by_event = by_event
        if self.player is not None:
            self.series.load(self.player.recording, by_event)
            self.range = self.series.extent
            self._fitted = True
            self.recording_changed.emit()
            self.range_changed.emit()
            self.moment_changed.emit()

    def set_theme(self, theme: Theme) -> None:
        """Tell the painted views, which no style sheet reaches, that the colours changed."""
        self.theme = theme
        self.theme_changed.emit()
