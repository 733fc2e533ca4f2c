"""The bar below the menus: the run and its state at the left, the replay of what it recorded at the right."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from zoneviz import words
from zoneviz.gui.kit.badge import Badge
from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.kit.icons import icon
from zoneviz.gui.kit.theme import figures
from zoneviz.gui.kit.toggle import paint_box
from zoneviz.gui.session import clock as clocks
from zoneviz.gui.session.clock import Clock
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.base import View
from zoneviz.playback import Player


class ActionButton(QPushButton):
    """A button for an action: same tool tip, key, enabled and checked state. `picture`: its icon."""

    def __init__(self, action: QAction, picture: str, words: str, parent: QWidget) -> None:
        super().__init__(words, parent)
        self.action, self.picture = action, picture
        self.setIconSize(QSize(14, 14))
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        key = self.action.shortcut().toString()
        self.setAccessibleName(self.action.text().replace("&", ""))
        self.setToolTip(self.action.toolTip() + (f" ({key})" if key else ""))
        self.setEnabled(self.action.isEnabled())
        if self.isCheckable():
            self.setChecked(self.action.isChecked())


class ActionToggle(ActionButton):
    """The same for an action that is on or off."""

    def __init__(self, action: QAction, picture: str, words: str, parent: QWidget) -> None:
        super().__init__(action, picture, words, parent)
        self.setProperty("role", "toggle")
        self.setCheckable(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the word and the box before it."""
        super().paintEvent(event)
        paint_box(self)


FASTEST = "as fast as possible"
SPEEDS = {FASTEST: 0.0, "100\u00d7": 100.0, "10\u00d7": 10.0, "1\u00d7": 1.0}
"""Speeds of a run by label: simulated seconds per second, 0 as fast as possible."""

SPACING = 8
TERSEST = 5
"""The number of ways to shorten the bar."""


class Transport(View):
    """`actions`: the window's, by name. `speed_changed` carries a value of SPEEDS."""

    title = "Transport"
    speed_changed = Signal(float)

    def __init__(self, session: Session, clock: Clock, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.clock = clock
        self._terse = 0
        self._of_machine = self._machine_live = False
        self._said = self._word = ""
        """The badge in full, and the state alone."""
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.run = ActionButton(actions["run"], "run", "Run", self)
        self.run.setProperty("role", "primary")
        self.pause = ActionButton(actions["pause"], "pause", "", self)
        self.step = ActionButton(actions["step"], "step", "step", self)
        self.stop = ActionButton(actions["stop"], "stop", "", self)
        self.speed = Choice("speed of the run", tuple(SPEEDS), FASTEST, None, self)
        self.speed.setToolTip("Speed of the run: simulated seconds per second")
        self.speed.changed.connect(lambda: self.speed_changed.emit(SPEEDS[self.speed.value()]))
        self.first = ActionButton(actions["first"], "first", "", self)
        self.back = ActionButton(actions["back"], "back", "", self)
        self.play = ActionButton(actions["play"], "play", "", self)
        self.pace = Choice("speed of playing", tuple(clocks.SPEEDS), clock.speed, None, self)
        self.pace.setToolTip("Speed of playing: seconds of the recording, or events, per second. Readings: 1\u00d7 is 4 per second.")
        self.pace.changed.connect(lambda: clock.set_speed(self.pace.value()))
        clock.changed.connect(self._clock_shown)
        self.next = ActionButton(actions["next"], "next", "", self)
        self.last = ActionButton(actions["last"], "last", "", self)
        self.follow = ActionToggle(actions["follow"], "", "follow", self)
        self.event_label = QLabel(self)
        self.event_label.setProperty("role", "event")
        self.event_label.setFont(figures(self.event_label.font()))
        self.event_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.where = QLabel(self)
        self.where.setFont(figures(self.where.font()))
        self.where.setProperty("role", "muted")
        self.search = ActionButton(actions["search"], "", "/ search or SQL", self)
        self.search.setProperty("role", "search")
        self.badge = Badge("badge", self)
        run: tuple[QWidget, ...] = (self.run, self.pause, self.step, self.stop, self.speed, self.badge)
        moment: tuple[QWidget, ...] = (
            self.first, self.back, self.play, self.pace, self.event_label, self.where, self.next, self.last, self.follow,
        )  # fmt: skip
        line = QFrame(self)
        line.setFrameShape(QFrame.Shape.VLine)
        line.setProperty("role", "line")
        self.captions = self._caption("RUN"), self._caption("REPLAY")
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 2, 12, 4)
        grid.setHorizontalSpacing(SPACING)
        grid.setVerticalSpacing(1)
        for column, (caption, widgets) in zip((0, 3), zip(self.captions, (run, moment), strict=True), strict=True):
            row = QHBoxLayout()
            row.setSpacing(SPACING)
            for widget in widgets:
                row.addWidget(widget)
            grid.addWidget(caption, 0, column)
            grid.addLayout(row, 1, column)
        grid.addWidget(line, 0, 1, 2, 1)
        grid.addWidget(self.search, 1, 5)
        for column in (2, 4):
            grid.setColumnStretch(column, 1)
        self._widgets = (*run, line, *moment, self.search)
        self._dress()
        session.theme_changed.connect(self._dress)
        session.follow_changed.connect(lambda _: self._follow_shown())
        session.standing.changed.connect(self._state_changed)
        session.recording_changed.connect(self._closed)
        self.badge.hide()
        self._follow_shown()

    def _caption(self, words: str) -> QLabel:
        label = QLabel(words, self)
        label.setProperty("role", "section")
        return label

    def _dress(self) -> None:
        for button in (self.run, self.pause, self.step, self.stop, self.first, self.back, self.play, self.next, self.last):
            button.setIcon(icon(button.picture, self.session.theme, on_accent=button is self.run))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the texts to the new width."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Any width: the texts follow it."""
        return QSize(0, super().minimumSizeHint().height())

    def _fit(self) -> None:
        """Choose the longest texts that fit, so that nothing overlaps."""
        for self._terse in range(TERSEST + 1):
            self.search.setText("/ search" if self._terse else "/ search or SQL")
            named = self._terse < 4 or not self._machine_live  # while it records, the button only queues
            self.run.setText(("Record" if self._of_machine else "Run") if named else "")
            self.step.setText("" if self._terse > 1 else "reading" if self._machine_live else "step")
            self.where.setVisible(self._terse < 3)
            # Of the two speeds, the one that has no effect on what is shown.
            one_speed = self._machine_live or (self._of_machine and not self.session.live)
            self.speed.setVisible((self._terse < 4 or self.session.live) and not one_speed)
            self.badge.setText(self._word if self._terse >= 4 else self._said)
            self.pace.setVisible(self._terse < 4 or (self._terse < TERSEST and not self.session.live))
            self.where.setMinimumWidth(0)
            self.event_label.setMinimumWidth(0)
            if self.session.player is not None:
                with self.session.reporting():
                    self._say(self.session.player)
            if self._needed() <= self.width():
                return
        room = self.badge.fontMetrics().horizontalAdvance(self._word) - (self._needed() - self.width())
        self.badge.setText(self.badge.fontMetrics().elidedText(self._word, Qt.TextElideMode.ElideRight, room))  # its tool tip says all

    def _needed(self) -> int:
        shown = [widget for widget in self._widgets if not widget.isHidden()]
        return sum(max(widget.sizeHint().width(), widget.minimumWidth()) + SPACING for widget in shown) + 24 + 2 * SPACING

    def _clock_shown(self) -> None:
        self.pace.set_value(self.clock.speed)
        self.play.picture = "pause" if self.clock.playing else "play"
        self.play.setIcon(icon(self.play.picture, self.session.theme))

    def _follow_shown(self) -> None:
        self.follow.setVisible(self.session.live)
        self._fit()

    def _closed(self) -> None:
        """Nothing of a recording stays when it is closed."""
        if self.session.player is None:
            self._said = self._word = ""
            self.badge.hide()
            for label in (self.event_label, self.where):
                label.clear()
                label.setToolTip("")
                label.setMinimumWidth(0)

    def show_recording(self, player: Player) -> None:
        """Show the state of its run."""
        standing, live = self.session.standing, self.session.live
        state = standing.now(player, live)
        self._said, self._word = standing.said(player, live), state.word
        self.badge.say(state.icon, state.tone, self.session.theme)
        self.badge.setToolTip(state.sentence)
        self.badge.show()
        self._follow_shown()

    def set_paused(self, paused: bool) -> None:
        """Let the button show what it does: resume the run in progress if it is `paused`, else pause it."""
        self.pause.picture = "play" if paused else "pause"
        self.pause.setIcon(icon(self.pause.picture, self.session.theme))

    def _state_changed(self) -> None:
        if self.session.player is not None:
            self.show_recording(self.session.player)

    def set_machine(self, chosen: bool, recording: bool) -> None:
        """Whether this machine is chosen to be recorded next, and whether it is being recorded: a machine has one speed."""
        if (chosen, recording) != (self._of_machine, self._machine_live):
            self._of_machine, self._machine_live = chosen, recording
            self._fit()

    def show_growth(self, player: Player) -> None:
        """Update the number of events."""
        self.show_moment(player)

    def show_moment(self, player: Player) -> None:
        """Event N of M, time, share of zone_map used; shorter texts if the figures have become too long."""
        self._say(player)
        if self._needed() > self.width() and self._terse < TERSEST:
            self._fit()

    def _say(self, player: Player) -> None:
        """Labels keep their width, so that the buttons do not move during a run."""
        state, session = player.state, self.session
        self.event_label.setText(session.moment_words())
        readings = session.series.readings
        parts = [f"of {words.number(len(readings) or session.last)}"] if self._terse < 2 else []
        if not session.series.forced_by_event:
            parts.append(words.time(state.time))
        limits = session.series.limits
        zone_map = limits.zone_map() if limits else None
        if limits and zone_map:
            share = words.share_cell(float(zone_map.share(state.machine()["zone_map"]["used"])), 1)
            parts.append((share, f"{share} of zone map", f"{share} of zone map {limits.since}".rstrip())[max(2 - self._terse, 0)])
            room = words.size(zone_map.room)
            since = f" {limits.since}, of the {room} that were free then" if limits.since else f", of {room}"
            self.where.setToolTip(f"Share of zone_map used{since}.")
        self.where.setText("   ".join(parts))
        for label in (self.event_label, self.where):
            label.setMinimumWidth(max(label.minimumWidth(), label.sizeHint().width()))
