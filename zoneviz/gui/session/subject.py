"""What is under the pointer or in the current row, in terms that all views share. Menus are made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from shlex import quote
from typing import Any

from zoneviz import words
from zoneviz.gui.session.session import Session
from zoneviz.recording.header import LIVE

LONGEST = 40
"""Characters of a name in a menu."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that only one view can do with a subject: the text of its menu entry, and what it does."""

    text: str
    do: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Subject:
    """An empty field: it is not about such a thing. `seq`: an event, None for none; `x`: a place on the axis; `range`: first and last
    event; `frame`: a function of a call path; `text`: what is there, in lines that can be copied; `acts`: what this view alone can do."""

    zone: str = ""
    server: str = ""
    task: int = 0
    thread: int = 0
    port: int = 0
    kind: str = ""
    frame: str = ""
    address: int = 0
    seq: int | None = None
    x: float | None = None
    range: tuple[int, int] | None = None
    text: str = ""
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """One of the things that a subject is about.

    `words`: as in `zone ipc ports`; `name`: to be copied; `term`: the event filter; `select`: its field of the selection, {} for none.
    """

    words: str
    name: str
    term: str
    select: dict[str, Any]


def things(subject: Subject, session: Session) -> list[Named]:
    """What a subject is about, the most specific things first."""
    header, catalog = session.header, session.player.recording.catalog if session.player is not None else None
    noun, live = words.one_line(header.zone_noun, LONGEST), header.kind == LIVE
    out = []
    if subject.port:
        said = f"{subject.port:#x}"
        out.append(Named(f"port {said}", said, f"touches=port:{said}", {"port": subject.port}))
    if subject.address and subject.address != subject.port:
        said = words.address(subject.address)
        out.append(Named(f"address {said}", said, f"touches=address:{said}", {}))
    if subject.zone:
        out.append(Named(f"{noun} {_short(subject.zone)}", subject.zone, f"zone={quote(subject.zone)}", {"zone": subject.zone}))
    if subject.frame:
        out.append(Named(f"function {_short(subject.frame)}", subject.frame, f"path={quote(subject.frame)}", {}))
    if subject.thread:
        name = catalog.thread_names.get(subject.thread, "") if catalog is not None else ""
        said = words.one_line(name, LONGEST) if live and name else f"thread {subject.thread}"
        out.append(Named(said, name or said, f"touches=thread:{subject.thread}", {"thread": subject.thread}))
    if subject.task:
        names = catalog.task_names if catalog is not None else {}
        said = words.task(subject.task, names)
        name = words.task_name(subject.task, names)
        out.append(Named(said, name, f"touches=task:{subject.task}", {"task": subject.task}))
    if subject.server:
        out.append(Named(f"server {_short(subject.server)}", subject.server, f"server={quote(subject.server)}", {"server": subject.server}))
    if subject.kind:
        out.append(Named(f"kind {subject.kind}", subject.kind, f"kind={subject.kind}", {"kind": subject.kind}))
    return out


def _short(name: str) -> str:
    return words.middle(name, LONGEST)


def at_place(session: Session, x: float, text: str = "", **fields: Any) -> Subject:
    """A subject at a place of the axis: its event is the last one there. In the selected stretch it has that range too."""
    x = session.series.snapped(x)
    seq = session.series.readings.whole(session.series.seq_at(x))
    stretch = session.stretch
    inside = session.selection.range if stretch is not None and stretch[0] <= x <= stretch[1] else None
    return Subject(**{"seq": seq, "x": x, "range": inside, "text": text} | fields)


def of_moment(session: Session) -> Subject:
    """The moment and what is selected, for the keyboard and for places where nothing else is."""
    chosen = session.selection
    fields = {name: getattr(chosen, name) for name in ("zone", "server", "task", "thread", "port", "kind", "range")}
    return Subject(**fields, seq=session.moment, x=session.moment_x)
