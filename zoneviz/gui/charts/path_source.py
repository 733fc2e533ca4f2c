"""The stacks that call paths are shown by: of the moment, of a stretch, or a difference."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from zoneviz import words
from zoneviz.gui.session.second import SecondRecording
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.turnover_feed import TurnoverFeed
from zoneviz.playback import Player
from zoneviz.playback.costs import (
    ALLOCS,
    BYTES,
    CHANGED,
    ELEMENTS,
    NOW,
    SURVIVED,
    Costs,
    Stack,
    Stacker,
    costs,
    costs_after,
    costs_before,
    difference,
)  # fmt: skip
from zoneviz.recording import Recording

NOTHING, MARK, STRETCH, OTHER = AGAINST = ("no difference", "since mark A", "over the stretch", "B minus A")
HINTS = {
    NOTHING: "what is there",
    MARK: "the moment minus the moment marked as A (M)",
    STRETCH: "the end of the selected, or else the visible stretch minus its beginning",
    OTHER: "recording B minus this one, at the corresponding moment",
}
NO_MARK = "Mark a moment as A first: go there and press M."
NO_OTHER = "Choose a second recording first: the view Compare opens it."


@dataclass(frozen=True, slots=True)
class Asked:
    """What to show: one of `costs.BY`, a cost, one of AGAINST, and only one zone or "" for all.

    `whole`: all costs are shown. `by_change`: boxes of a difference are as wide as the change, otherwise as what is there now.
    """

    by: str
    cost: int = BYTES
    against: str = NOTHING
    zone: str = ""
    whole: bool = False
    by_change: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """The stacks; boxes are as wide as their value `at`. `why`: the sentence to show if there is nothing; `said`: of what they are."""

    asked: Asked
    stacks: list[Stack]
    at: int
    said: str = ""
    why: str = ""

    @property
    def totals(self) -> list[int]:
        """The values of all stacks together; [] without any."""
        return [sum(values) for values in zip(*(stack.values for stack in self.stacks), strict=True)]

    @property
    def compared(self) -> bool:
        """Whether it is a difference."""
        return self.asked.against != NOTHING


class PathSource(QObject):
    """Finds stacks. `changed`: other ones may be found now."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.session = session
        self.feed = TurnoverFeed(session)
        self.second = SecondRecording.of(session)
        self._stackers: dict[str, tuple[Recording, Stacker]] = {}
        for signal in (self.feed.changed, self.feed.advanced, self.second.changed, session.notebook.changed):
            signal.connect(self.changed)

    @property
    def stretch(self) -> tuple[int, int]:
        """First and last event of the selected stretch, or else of the visible one."""
        session = self.session
        low, high = (session.series.seq_at(x) for x in session.range)
        first = session.player.recording.first_event if session.player is not None else 1
        chosen = session.selection.range or (low + 1 if low >= first else first, high)
        return max(chosen[0], first), chosen[1]

    def find(self, player: Player, asked: Asked) -> Found:
        """The stacks at the moment. Errors: InputError if a recording is damaged."""
        if asked.against == NOTHING:
            return self._there(player, asked)
        sides = self._sides(player, asked)
        if isinstance(sides, str):
            return Found(asked, [], BYTES, why=sides)
        at = (CHANGED if asked.by_change else NOW) + (asked.cost if asked.cost <= ELEMENTS else BYTES)
        why = "There is no difference." if asked.by_change else "Nothing is in use now."
        return Found(asked, difference(*sides[:2]), at, sides[2], why)

    def _there(self, player: Player, asked: Asked) -> Found:
        first, last = self.stretch
        counted = asked.whole or asked.cost >= ALLOCS
        turned = self.feed.of(player, first, last) if counted else None
        if asked.cost >= ALLOCS and turned is None:
            stretch = f"events {words.number(first)} to {words.number(last)}"
            return Found(asked, [], asked.cost, why=f"Counting {stretch}: {words.share(self.feed.share, 1)}.")
        if turned is not None:
            first, last = turned.first, turned.last
        made = (first, last) if counted or asked.cost >= SURVIVED else None
        stacks = self._named(player.recording, costs(player.state, asked.by, made=made, turnover=turned), asked)
        stretch = f"events {words.number(first)} to {words.number(last)}" if made is not None else ""
        why = "No element is in use at this moment." if asked.cost <= ELEMENTS else "These events left nothing of this kind."
        return Found(asked, stacks, asked.cost, stretch, why)

    def _sides(self, player: Player, asked: Asked) -> tuple[list[Stack], list[Stack], str] | str:
        """What was before, what is now, and of what that is; or why there is no difference to show."""
        recording = player.recording
        if asked.against == OTHER:
            other = self.second.state()
            if other is None or self.second.player is None:
                return NO_OTHER
            new = self._named(self.second.player.recording, costs(other, asked.by), asked)
            said = f"B at event {words.number(other.seq)} minus A at event {words.number(player.state.seq)}"
            return self._named(recording, costs(player.state, asked.by), asked), new, said
        mark = self.session.notebook.mark
        if asked.against == MARK and mark is None:
            return NO_MARK
        first, last = self.stretch if asked.against == STRETCH or mark is None else (mark + 1, mark)
        turned = self.feed.of(player, first, last)
        if turned is None:
            return f"Reading the state at event {words.number(first - 1)}: {words.share(self.feed.share, 1)}."
        first, last = turned.first, turned.last
        ended = costs_after(turned, asked.by) if asked.against == STRETCH else costs(player.state, asked.by)
        to = last if asked.against == STRETCH else player.state.seq
        said = f"event {words.number(to)} minus event {words.number(first - 1)}"
        return self._named(recording, costs_before(turned, asked.by), asked), self._named(recording, ended, asked), said

    def _named(self, recording: Recording, found: Costs, asked: Asked) -> list[Stack]:
        side = "A" if self.session.player is not None and recording is self.session.player.recording else "B"
        known = self._stackers.get(side)
        if known is None or known[0] is not recording:
            known = self._stackers[side] = recording, Stacker(recording.catalog)
        return known[1].stacks(found, asked.by, zone=asked.zone, numbered=asked.against != OTHER)

