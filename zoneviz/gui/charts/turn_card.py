"""When would it have helped? A button, the progress of the search, and a sentence for each limit; a click goes to its last event."""

from PySide6.QtWidgets import QLabel, QWidget

from zoneviz import words
from zoneviz.app.noreturn import NoReturn
from zoneviz.gui.charts.link import Link, breakable
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.stated import stated
from zoneviz.gui.kit.text import plain
from zoneviz.gui.kit.wrapping import wrap
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.turning import Turning, brief, until

TITLE = "When would it have helped?"
SEARCH, AGAIN = "Search", "Continue"


class TurnCard(QWidget):
    """Hidden if the run did not end badly or cannot be repeated."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.turning = session, Turning.of(session)
        heading = QLabel(TITLE.upper(), self)
        heading.setProperty("role", "section")
        heading.setWordWrap(True)
        heading.setToolTip(tip("point of no return"))
        self.state, self.button, self.box = stated(self, self._pressed, heading)
        wrap(self.state)
        self.rest = QLabel(self)
        wrap(self.rest)
        self.rest.setProperty("role", "muted")
        self.box.addWidget(self.rest)
        self.rows: list[QWidget] = []
        self._results: list[NoReturn] = []
        self.rest.hide()
        self.turning.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the state of the search and its results."""
        self.setVisible(self.turning.able)
        if self.turning.found[: len(self._results)] != self._results:
            for row in self.rows:
                self.box.removeWidget(row)
                row.hide()
                row.deleteLater()
            self.rows, self._results = [], []
            self._list_rest()
        for result in self.turning.found[len(self._results) :]:
            self._add(result)
        self._say()

    def _say(self) -> None:
        turning = self.turning
        found, of = len(turning.found), len(turning.limits)
        action = "Cancel" if turning.running else AGAIN if found else SEARCH
        if turning.running:
            left = turning.left
            state = f"Searching {min(found + 1, of)} of {of}: {words.one_line(left[0].words, 100)}…" if left else "Searching…"
        elif turning.problem:
            state = words.one_line(turning.problem)
        elif found == of:
            helped = sum(bool(result.last) for result in turning.found)
            state = f"{helped} of {of} would have helped after boot. Exact to {words.count(turning.within, 'event')}."
        elif found:
            state = f"Cancelled after {found} of {of}."
        else:
            state = f"Repeats this run with each of {of} limits switched on at several moments. Takes minutes."
        self.state.setText(breakable(state))
        self.button.setText(action)
        self.button.setAccessibleName(f"{action}: {TITLE}")
        self.button.setVisible(turning.running or found < of)

    def _add(self, result: NoReturn) -> None:
        self._results.append(result)
        if result.last:
            row = Link(self.session, f"{brief(result, 100)}: {until(result)}", words.one_line(result.sentence, 600), self)
            row.clicked.connect(lambda _=False, event=result.last: self.session.ask_moment(event))
            self._insert(row, len(self.rows))
            self.rows.append(row)
        else:
            self._list_rest()

    def _insert(self, row: QWidget, place: int) -> None:
        self.box.insertWidget(2 + place, row)
        row.show()

    def _list_rest(self) -> None:
        """One sentence for those that help only at boot, and one for those that do not help: neither has a line."""
        rest = [result for result in self._results if not result.last]
        groups = ("Help only if set at boot", [r for r in rest if r.helps]), ("Do not help", [r for r in rest if not r.helps])
        sentences = [f"{head}: {', '.join(brief(r, 90) for r in found)}." for head, found in groups if found]
        self.rest.setText(breakable("\n".join(sentences)))
        self.rest.setToolTip(plain("\n".join(result.sentence for result in rest)))
        self.rest.setVisible(bool(rest))

    def _pressed(self) -> None:
        self.turning.cancel() if self.turning.running else self.turning.search()
