"""The menu of what lies under the pointer. It is made from the subject alone, so it offers the same in every view."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from zoneviz import words
from zoneviz.gui.charts.moment_words import place_words
from zoneviz.gui.session.subject import Subject, things
from zoneviz.gui.views.events import EventsView
from zoneviz.gui.window.parts import Parts

TITLE = 70
"""Characters of the line that names the subject."""
OF_RANGE = ("stretch", "diagnose_stretch", "slice")
"""Actions of the window that are about the selected stretch."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu. `under`: the submenu that it is in; "" for none. There is a line between entries of different groups."""

    group: str
    text: str
    do: Callable[[], object]
    under: str = ""


class SubjectMenu(QObject):
    """Makes the menus of a window."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.parts, self.session = parts, parts.session

    def open(self, subject: Subject, place: QPoint) -> None:
        """Open the menu of a subject at a place of the screen."""
        if QApplication.activePopupWidget() is None:  # a key can ask twice: by itself, and through the system
            self.menu(subject).popup(place)

    def menu(self, subject: Subject) -> QMenu:
        """The menu: what the subject is, then its entries."""
        menu = QMenu(self.parts)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Menu of what is under the pointer")
        menu.addAction(_shown(self.title(subject), TITLE)).setEnabled(False)
        for _, group in groupby(self.entries(subject), lambda entry: entry.group):
            menu.addSeparator()
            for under, inside in groupby(group, lambda entry: entry.under):
                place = menu.addMenu(_shown(under)) if under else menu
                for entry in inside:
                    place.addAction(_shown(entry.text)).triggered.connect(lambda _=False, do=entry.do: do())
        return menu

    def title(self, subject: Subject) -> str:
        """What the subject is, in a line."""
        if subject.text:
            return " · ".join(part for part in subject.text.replace("\t", "\n").split("\n") if part.strip())
        named = [thing.words for thing in things(subject, self.session)]
        return " · ".join([*named, *([place_words(self.session, subject.x)] if subject.x is not None else [])]) or "the recording"

    def entries(self, subject: Subject) -> list[Entry]:
        """All entries, group by group."""
        return [
            *self._going(subject), *self._selecting(subject), *self._events(subject),
            *(Entry("view", act.text, act.do) for act in subject.acts),
            *self._taking(subject), *self._copying(subject), *self._exporting(subject),
        ]  # fmt: skip

    # the moment and the stretch

    def _moment(self, seq: int) -> str:
        readings = self.session.series.readings
        return f"reading {words.number(readings.number(seq) + 1)}" if len(readings) else f"event {words.number(seq)}"

    def _go(self, subject: Subject) -> None:
        if subject.x is not None:
            self.session.ask_x(subject.x)
        elif subject.seq is not None:
            self.session.ask_moment(subject.seq)

    def _going(self, subject: Subject) -> list[Entry]:
        session, out = self.session, []
        here = subject.seq == session.moment and subject.x in (None, session.moment_x)
        if subject.seq is not None and not here:
            text = f"Go to {self._moment(subject.seq)}"
            if subject.x is not None:
                text = f"Move the cursor here ({place_words(session, subject.x)})"
            out.append(Entry("go", text, partial(self._go, subject)))
        if subject.range is not None:
            low, high = (session.series.x_at(seq) for seq in subject.range)
            out.append(Entry("go", "Zoom to this stretch", partial(session.set_range, low, high)))
            if subject.range != session.selection.range:
                out.append(Entry("go", "Select this stretch", partial(session.select, range=subject.range)))
            else:
                chosen = [self.parts.actions_[name] for name in OF_RANGE]
                out += [Entry("go", action.text().replace("&", ""), action.trigger) for action in chosen if action.isEnabled()]
                out.append(Entry("go", "Clear this stretch from the selection", partial(session.select, range=None)))
        return out

    def _selecting(self, subject: Subject) -> list[Entry]:
        out = []
        for thing in things(subject, self.session):
            for field, value in thing.select.items():
                chosen = getattr(self.session.selection, field) == value
                text = f"Clear {thing.words} from the selection" if chosen else f"Select {thing.words}"
                out.append(Entry("select", text, partial(self.session.select, **{field: type(value)() if chosen else value})))
        return out

    # events

    def _events(self, subject: Subject) -> list[Entry]:
        if not self.parts.shown:
            return []
        found = things(subject, self.session)
        ways: tuple[tuple[str, Callable[[str], object]], ...] = (
            ("Next event of", lambda term: self._look(subject, term, False)),
            ("Previous event of", lambda term: self._look(subject, term, True)),
            ("Only events of", self._filter),
        )
        if len(found) == 1:
            return [Entry("events", f"{way} {found[0].words}", partial(do, found[0].term)) for way, do in ways]
        return [Entry("events", thing.words, partial(do, thing.term), way) for way, do in ways for thing in found]

    def _look(self, subject: Subject, term: str, backwards: bool) -> None:
        """Go to the next or previous matching event, from the subject's own event if it has one."""
        self.parts.finder.look(term, backwards, subject.seq)

    def _filter(self, term: str) -> None:
        """Show only the matching events. In the view of events, add the term to the filter there."""
        deck = self.parts.deck
        events = deck.of(EventsView)
        if not events.isVisible():
            events.field.clear()
            deck.go_to(EventsView.title)
        events.filter_by(term)

    # A and B, notes

    def _taking(self, subject: Subject) -> list[Entry]:
        book, seq = self.session.notebook, subject.seq
        if seq is None:
            return []
        out = [Entry("take", f"Mark {self._moment(seq)} as A", partial(book.set_mark, seq))] if book.mark != seq else []
        if book.mark is not None and book.mark != seq:
            text = f"Compare A, {self._moment(book.mark)}, with {self._moment(seq)} as B"
            out.append(Entry("take", text, partial(self.parts.marker.compare, seq)))
        there = book.at(seq) is not None
        return [*out, Entry("take", "Change the note here…" if there else "Add a note here…", partial(self._note, subject))]

    def _note(self, subject: Subject) -> None:
        self._go(subject)
        self.parts.note_bar.open()

    # taking away

    def _copying(self, subject: Subject) -> list[Entry]:
        names = list(dict.fromkeys(thing.name for thing in things(subject, self.session)))
        texts = [("as text", subject.text)] if subject.text and subject.text not in names else []
        texts += [(words.middle(name, 40), name) for name in names]
        under = "Copy" if len(texts) > 2 else ""
        return [Entry("copy", what.capitalize() if under and what == "as text" else what if under else f"Copy {what}",
                      partial(QGuiApplication.clipboard().setText, text), under) for what, text in texts]  # fmt: skip

    def _exporting(self, subject: Subject) -> list[Entry]:
        parts, session = self.parts, self.session
        out = []
        if parts.actions_["export"].isEnabled():
            chosen = subject.range or session.selection.range
            at = session.moment if subject.seq is None else subject.seq
            text = "Export this stretch…" if subject.range is not None else "Export…"
            out.append(Entry("export", text, lambda: parts.tools.export(parts.on_show, at, chosen)))
        return [*out, Entry("export", "Save or copy a picture…", parts.save_picture)] if parts.shown else out


def _shown(text: str, limit: int = 120) -> str:
    """A text for a menu: in a line, its & not a mnemonic."""
    return words.one_line(text, limit).replace("&", "&&")


def ask_with_the_keyboard() -> None:
    """Ask the widget with the focus for its menu, as the menu key does."""
    widget = QApplication.focusWidget()
    if widget is not None:
        place = widget.rect().center()
        reason = QContextMenuEvent.Reason.Keyboard
        QApplication.sendEvent(widget, QContextMenuEvent(reason, place, widget.mapToGlobal(place)))
