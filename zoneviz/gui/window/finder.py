"""Finding an event or a condition: the search, which runs as a job, and the bar that starts it and reports the result."""

from collections.abc import Generator
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from zoneviz import words
from zoneviz.errors import UsageError, ZonevizError
from zoneviz.gui.kit import text
from zoneviz.gui.kit.bar import Bar
from zoneviz.gui.kit.line import Line
from zoneviz.gui.kit.wrapping import wrap
from zoneviz.gui.session.jobs import Job, Work
from zoneviz.gui.session.search_hits import SearchHits
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.playback.goals import parse_goal
from zoneviz.state.rows import ADDRESS

EXAMPLES = "kind=ZREFUSE    zone='ipc ports' task=3    touches=port:0xc0001000    ipc ports in use > 30000    zone_map free < 1M"


class Finder(QObject):
    """One search at a time. `changed`: it started, advanced or ended. `words`: its state in a sentence; `wrong`: it is an error;
    `pressing`: it must be seen even if the find bar is closed."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.words, self.wrong, self.pressing = "", False, False
        self._job: Job | None = None
        session.recording_changed.connect(self.cancel)

    @property
    def running(self) -> bool:
        """Whether a search is running."""
        return self._job is not None and self._job.running

    def look(self, words: str, backwards: bool = False, start: int | None = None) -> None:
        """Go to the next event that matches `words` (`playback.goals`), or to the previous one, from event `start`; None: the moment."""
        player = self.session.player
        if player is None:
            return
        self.cancel()
        start = self.session.moment if start is None else start
        try:
            parse_goal(words, player.recording.catalog)
        except UsageError as error:
            self._say(str(error), wrong=True)
            return
        self._job = Job(player.recording.path, goal_work(words, start, backwards), lambda found: self._found(found, start, backwards), self)
        self._job.advanced.connect(self._advanced)
        self._job.failed.connect(lambda sentence: self._say(sentence, wrong=True))
        self._say("searching…")

    def look_touching(self, backwards: bool = False) -> None:
        """As `look`, for events that touch the selected port, thread or task. Without a selection: the address of the moment's event."""
        chosen, player = self.session.selection, self.session.player
        goal = next((f"touches={what}:{value:#x}" for what, value in _touchable(chosen) if value), "")
        if not goal and player is not None and self.session.moment:
            self.session.land()
            try:
                rows = player.rows(self.session.moment, self.session.moment)
            except ZonevizError as error:
                self._say(str(error), wrong=True)
                return
            address = int(rows[0, ADDRESS]) if len(rows) else 0
            goal = f"touches=address:{address:#x}" if address else ""
        if goal:
            self.look(goal, backwards)
        else:
            self._say("Select a port, thread or task, or go to an event that has an address.", pressing=True)

    def cancel(self) -> None:
        """Cancel the search."""
        if self._job is not None and self._job.running:
            self._job.cancel()
            self._say("cancelled")

    def forget(self) -> None:
        """Cancel the search and drop what it found."""
        self.cancel()
        self._say("")

    def wait(self) -> None:
        """Block until the search has finished."""
        if self._job is not None:
            self._job.wait()

    def _advanced(self, done: int, of: int) -> None:
        if self.running:
            self._say(f"searching… {words.share(done, max(of, 1))} of {words.number(of)} events")

    def _found(self, found: int | None, start: int, backwards: bool) -> None:
        if found is None:
            self._say(f"No match {'before' if backwards else 'after'} {self.session.numbered(start)}.", pressing=True)
        else:
            self._say(f"found at {self.session.numbered(found)}")
            self.session.ask_moment(found)

    def _say(self, words: str, wrong: bool = False, pressing: bool = False) -> None:
        self.words, self.wrong, self.pressing = words, wrong, wrong or pressing
        self.changed.emit()


def goal_work(words: str, start: int, backwards: bool) -> Work:
    """Work for a job: searches for a goal (`playback.goals`) from event `start`; returns the event's number or None.

    Errors of the work: InputError if the recording is damaged.
    """

    def work(player: Player) -> Generator[tuple[int, int], None, Any]:
        player.seek(start)
        found = None
        for part in parse_goal(words, player.recording.catalog)(player, backwards):
            found = part.found
            yield part.done, part.of
        return found

    return work


def _touchable(chosen: Any) -> list[tuple[str, int]]:
    return [("port", chosen.port), ("thread", chosen.thread), ("task", chosen.task)]


class FindBar(Bar):
    """The bar over the lower edge of the charts; hidden until `open`."""

    def __init__(self, finder: Finder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.finder, self.hits = finder, SearchHits.of(finder.session)
        self.setObjectName("floating")
        self.field = Line(self)
        self.field.setAccessibleName("Find an event or a condition")
        self.field.setPlaceholderText(EXAMPLES)
        self.field.setClearButtonEnabled(True)
        self.field.setToolTip(text.plain("An event filter or a condition. Enter: next match; Shift+Enter: previous match.\n" + EXAMPLES))
        self.back, self.next = QPushButton("◂ previous", self), QPushButton("next ▸", self)
        self.stop, self.close_button = QPushButton("cancel", self), QPushButton("close", self)
        self.back.setAccessibleName("Find previous")
        self.next.setAccessibleName("Find next")
        self.stop.setAccessibleName("Cancel the search")
        self.close_button.setAccessibleName("Close the find bar")
        for flat in (self.stop, self.close_button):
            flat.setProperty("role", "flat")
        self.words = QLabel(self)
        wrap(self.words)
        label = QLabel("Go to", self)
        label.setProperty("role", "muted")
        label.setBuddy(self.field)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 5, 8, 5)
        layout.setSpacing(8)
        for widget in (label, self.field, self.back, self.next, self.words, self.stop, self.close_button):
            layout.addWidget(widget, {self.field: 4, self.words: 5}.get(widget, 0))
        self.field.returnPressed.connect(self._entered)
        self.field.left.connect(self.leave)
        self.back.clicked.connect(lambda: self.look(True))
        self.next.clicked.connect(lambda: self.look(False))
        self.stop.clicked.connect(self._stop)
        self.close_button.clicked.connect(self.leave)
        finder.changed.connect(self._changed)
        self.hits.changed.connect(self._say)
        self._changed()
        self.hide()

    def open(self) -> None:
        """Show the bar, ready to type."""
        self.show()
        self.take_keys(self.field)
        self.field.selectAll()

    def look(self, backwards: bool) -> None:
        """Search for the text of the field; if it is empty, open the bar."""
        if self.field.text().strip():
            self.show()
            self.finder.look(self.field.text(), backwards)
            if self.finder.wrong:
                self.hits.clear()
            else:
                self.hits.look(self.field.text().strip())
        else:
            self.open()

    def leave(self) -> None:
        """Cancel the search and hide the bar."""
        self.finder.cancel()
        self.hits.clear()
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit what it says to the width."""
        super().resizeEvent(event)
        self._say()

    def showEvent(self, event: QShowEvent) -> None:
        """Fit what it says to the width."""
        super().showEvent(event)
        self._say()

    def _stop(self) -> None:
        """Cancel the search, and the marking of its matches."""
        self.finder.cancel()
        self.hits.stop()

    def _entered(self) -> None:
        self.look(bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier))

    def _changed(self) -> None:
        finder = self.finder
        if finder.words and not self.isVisible() and finder.pressing:
            self.show()
        self._say()

    def _say(self) -> None:
        """Show how the search went, and how many matches there are."""
        finder = self.finder
        self.stop.setVisible(finder.running or self.hits.running)
        said = " · ".join(part for part in (finder.words, "" if finder.wrong else self.hits.said) if part)
        self.words.setText(said)  # it floats, and becomes as high as it must
        self.words.setToolTip(text.plain(said))
        self.words.setProperty("role", "danger" if finder.wrong else "muted")
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)
