"""The status bar, the banner that reports a problem, and the caption of the recording beside the menus."""

import os
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QStatusBar, QWidget

from zoneviz import words
from zoneviz.gui.kit.badge import Badge
from zoneviz.gui.kit.elided import Elided
from zoneviz.gui.session.desk import Desk
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.states import State, in_progress
from zoneviz.gui.window.live_bar import LiveBar
from zoneviz.playback import Player
from zoneviz.recording import files
from zoneviz.recording.header import LIVE


def caption(player: Player | None) -> str:
    """`fork-bomb · antrik-2005 · seed 1 · recorded 22 Nov 2026`."""
    if player is None:
        return ""
    header = player.recording.header
    parts = [header.scenario or player.recording.path.stem]
    if header.of_readings and header.kind != LIVE:  # what it is says more than the name of its first file
        parts = [header.system, str(header.parameters.get("kinds", "")), *parts]
    elif header.can_run_again:
        parts += [header.profile, f"seed {header.seed}"]
    else:
        parts += [header.system, header.origin if header.kind != LIVE else ""]
    try:
        made = datetime.fromisoformat(header.created)
        parts.append(f"{header.made} {made.day} {made:%b %Y}")
    except ValueError:
        pass
    return " · ".join(words.one_line(part, 60) for part in parts if part)


def title(session: Session) -> str:
    """The window's title: `fork-bomb.zvz (Panic) - zoneviz`."""
    player = session.player
    if player is None:
        return "zoneviz"
    return f"{player.recording.path.name} ({session.standing.now(player, session.live).word}) - zoneviz"


ROOM, CHIP = 10, 9
"""Pixels of the status bar above and below its text, and beside the text of the selection."""


class Banner(QFrame):
    """One sentence about a problem, until it is dismissed or another recording opens. It floats over the charts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.words = QLabel(self)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setProperty("role", "danger")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.offer = QPushButton(self)
        self.offer.clicked.connect(self._take)
        self._act: Callable[[], object] = self.hide
        dismiss = QPushButton("dismiss", self)
        dismiss.setProperty("role", "flat")
        dismiss.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.offer)
        layout.addWidget(dismiss)
        self.hide()

    def say(self, sentence: str, offer: str = "", act: Callable[[], object] | None = None) -> None:
        """Show a sentence, and a button `offer` that does `act` if there is something to do about it."""
        self.words.setText(words.one_line(sentence, 600))
        self._act = act if act is not None else self.hide
        self.offer.setText(offer)
        self.offer.setVisible(bool(offer))
        self.show()

    def _take(self) -> None:
        self.hide()
        self._act()


class Status(QStatusBar):
    """Left: state, events, speed and size of the run or the recording; `live` instead while it has something to say.

    Then the selection. Right: following. The height is always the same.
    """

    def __init__(self, session: Session, desk: Desk, live: LiveBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.live = live
        self.session, self.desk = session, desk
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 8, 0)
        self.state = Badge("state", self)
        self.left = Elided(self)
        self.chip = Elided(self, CHIP)
        self.chip.setProperty("role", "chip")
        self.hint = QLabel("Esc clears", self)
        self.right = Elided(self)
        for label in (self.left, self.hint, self.right):
            label.setProperty("role", "muted")
        for label in (self.state, self.left, self.chip, self.hint):
            self.addWidget(label)
        self.addWidget(live, 1)
        self.addPermanentWidget(self.right)
        live.shown.connect(self.refresh)
        self._fit()
        session.selection_changed.connect(self.refresh)
        session.follow_changed.connect(self.refresh)

    def changeEvent(self, event: QEvent) -> None:
        """Keep room for one line of a text of another size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self.fontMetrics().height() + ROOM)

    def refresh(self) -> None:
        """Update all texts."""
        self.left.setText(self._recorded())
        player, selection = self.session.player, self.session.selection
        for widget in (self.chip, self.hint):
            widget.setVisible(bool(selection))
        tasks = player.recording.catalog.task_names if player and selection.task else {}
        self.chip.setText(f"selected: {selection.words(tasks)}")
        state = self._state()
        said = not self.live.isHidden()  # it says the state as well
        self.left.setVisible(not said)
        self.state.setVisible(state is not None and not said)
        if state is not None:
            self.state.setText(state.word)
            self.state.setToolTip(state.sentence)
            self.state.say(state.icon, state.tone, self.session.theme)
        self.right.setText(("following the run" if self.session.follow else "not following") if self.session.live else "")

    def _state(self) -> State | None:
        """The state of the run in progress, else of the recording on show."""
        run, player = self.desk.run, self.session.player
        if run is not None and self.desk.live:
            return in_progress(run.of_machine, run.paused, run.path is not None)
        return self.session.standing.now(player, self.session.live) if player is not None else None

    def _recorded(self) -> str:
        run, player = self.desk.run, self.session.player
        parts = []
        if run is not None and self.desk.live:
            parts += [words.rate(run.rate, "events")] if run.rate and not run.paused else []
            parts.append(f"{words.number(run.events)} events")
            if self.desk.queue:
                parts.append(f"{len(self.desk.queue)} queued")
            if player is not None and not self.desk.looking_at_run:
                parts.append(f"on show: another recording with {words.number(player.recording.event_count)} events")
        elif player is not None:
            first, last, readings = player.recording.first_event, player.recording.event_count, self.session.series.readings
            parts += [words.count(len(readings), "reading")] if len(readings) else []
            parts.append(f"events {words.number(first)} to {words.number(last)}" if first > 1 else f"{words.number(last)} events")
        if player is not None:
            try:
                parts.append(words.size(files.size(player.recording.path)))
            except OSError:
                parts.append("file deleted")
            if not os.access(player.recording.path, os.W_OK):
                parts.append("read-only")
        return " · ".join(parts) if parts else "Drop a recording or captures here, or run an experiment"
