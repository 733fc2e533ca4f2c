"""The selection that all views share. Its fields are levels; the newest is cleared first."""

from dataclasses import dataclass, fields
from shlex import quote
from typing import Any

from zoneviz import words
from zoneviz.playback.series import Series

NOTHING_THERE = "No event lies in this stretch. Drag over a longer one."
LEVELS = ("range", "zone", "task", "server", "thread", "port", "kind")


@dataclass(frozen=True, slots=True)
class Selection:
    """An empty field, 0 or None selects nothing. `range`: first and last event, both included; `kind`: as `ZALLOC`."""

    range: tuple[int, int] | None = None
    zone: str = ""
    task: int = 0
    server: str = ""
    thread: int = 0
    port: int = 0
    kind: str = ""

    def __bool__(self) -> bool:
        """Whether anything is selected."""
        return any(getattr(self, field.name) for field in fields(self))

    def words(self, tasks: dict[int, str] | None = None) -> str:
        """All levels in one line. `tasks`: names of tasks by id."""
        said = []
        for name in ("kind", "zone", "server"):
            if getattr(self, name):
                said.append(words.one_line(getattr(self, name), 40))
        if self.task:
            said.append(words.task(self.task, tasks or {}))
        if self.thread:
            said.append(f"thread {self.thread}")
        if self.port:
            said.append(f"port {self.port:#x}")
        if self.range:
            said.append(f"events {words.number(self.range[0])} to {words.number(self.range[1])}")
        return " \u00d7 ".join(said)

    def filter_words(self) -> str:
        """The selection as an event filter (`playback.search.parse_filter`)."""
        parts = [f"kind={self.kind}"] if self.kind else []
        if self.zone:
            parts.append("zone=" + quote(self.zone))
        if self.server:
            parts.append("server=" + quote(self.server))
        parts += [f"touches={what}:{number}" for what, number in (("task", self.task), ("thread", self.thread)) if number]
        if self.port:
            parts.append(f"touches=port:{self.port:#x}")
        if self.range:
            parts.append(f"event={self.range[0]}..{self.range[1]}")
        return " ".join(parts)


def changed(old: Selection, levels: list[str], values: dict[str, Any]) -> tuple[Selection, list[str]]:
    """`old` with these fields replaced, and the names of its levels, oldest first.

    Errors: TypeError for an unknown field.
    """
    new = Selection(**{**{name: getattr(old, name) for name in LEVELS}, **values})
    kept = [name for name in levels if name not in values]
    return new, kept + [name for name in values if getattr(new, name)]


def events_between(series: Series, low: float, high: float) -> tuple[int, int] | None:
    """First and last event from `low` to `high` on the axis, both included; None without one."""
    first, last = series.seq_at(low - 1e-9) + 1, series.seq_at(high)  # a nanosecond, or a part of an event
    return (first, last) if first <= last else None
