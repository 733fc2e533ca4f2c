"""The search: finds actions, moments, zones, servers, tasks, threads, event kinds, call paths and terms of the glossary by name."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from shlex import quote
from typing import TypeVar

from zoneviz import words
from zoneviz.errors import UsageError
from zoneviz.events import Kind
from zoneviz.gui.kit.glossary import entries
from zoneviz.playback.goals import parse_goal
from zoneviz.playback.lanes import server_name
from zoneviz.recording import Recording

TERMS = 3
"""Terms of the glossary, at most."""
EACH = 12
"""Results of one kind, at most."""
MOST = 5000
"""Names of one kind that are tested, at most; a run can have 100,000 threads of the same name."""
T = TypeVar("T")
_QUESTION = re.compile(r"^what\s+(?:is|are)\s+(?:an?\s+|the\s+)?|\s*\?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hit:
    """A result. `sort`, `words` and `hint` are shown; `do`: action, select, moment, filter, goal, sql or term, applied to `value`."""

    sort: str
    words: str
    hint: str
    do: str
    value: object


@dataclass(frozen=True, slots=True)
class ActionHit:
    """An action of the window that can be found: its name, its text, its keys."""

    name: str
    text: str
    keys: str


def find(words: str, recording: Recording | None, actions: Iterable[ActionHit]) -> list[Hit]:
    """All results, best match first within each kind. Without words: all actions.

    Errors: InputError if the recording is damaged.
    """
    asked = words.strip()
    out = list(_moments(asked, recording)) if recording is not None and asked else []
    out += [Hit("action", found.text, found.keys, "action", found.name) for found in _best(asked, actions, lambda a: a.text)]
    if not asked:
        return out
    return out + (_named(asked, recording) if recording is not None else []) + _terms(asked)


def _named(asked: str, recording: Recording) -> list[Hit]:
    """Results for what the recording names."""
    out: list[Hit] = []
    catalog = recording.catalog
    servers = dict.fromkeys(server_name(task.name) for task in catalog.tasks)
    frames = dict.fromkeys(frame for _, frame in catalog.paths.rows if frame)
    for zone in _best(asked, catalog.zones, _name):
        out.append(Hit("zone", zone.name, f"{zone.elem_size} B each", "select", {"zone": zone.name}))
    for name in _best(asked, servers, str):
        out.append(Hit("server", name, "", "select", {"server": name}))
    for task in _best(asked, catalog.tasks, _name):
        out.append(Hit("task", task.name, f"task {task.id}", "select", {"task": task.id}))
    for thread in _best(asked, catalog.threads, _name):
        out.append(Hit("thread", thread.name, f"thread {thread.id}", "select", {"thread": thread.id}))
    for kind in _best(asked, Kind, lambda kind: kind.name):
        out.append(Hit("events", kind.name, "only these", "filter", f"kind={kind.name}"))
    for frame in _best(asked, frames, str):
        out.append(Hit("call path", frame, "events on this path", "filter", f"path={quote(frame)}"))
    return out


def _terms(asked: str) -> list[Hit]:
    """Terms of the glossary with their meaning: `zone`, `what is a zone?`."""
    term = _QUESTION.sub("", asked)
    return [Hit("term", name, entries()[name], "term", name) for name in _best(term, entries(), str)[:TERMS]] if term else []


def _name(named: object) -> str:
    return str(getattr(named, "name", ""))


def _moments(asked: str, recording: Recording) -> Iterator[Hit]:
    """Results for an event number, a time, or a filter or condition."""
    plain = asked.replace(",", "")
    if plain.isdecimal() and int(plain) <= recording.event_count:
        yield Hit("moment", f"event {words.number(int(plain))}", "go there", "moment", int(plain))
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ns|us|ms|s)", plain)
    if found:
        ns = round(float(found[1]) * {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}[found[2]])
        yield Hit("moment", words.time(ns), "go there", "moment", recording.seq_at(min(ns, (1 << 63) - 1)))
    try:
        parse_goal(asked, recording.catalog)
    except UsageError:
        return
    yield Hit("go to", asked, "the next one", "goal", asked)
    if re.match(r"\w+=(?!=)", asked):
        yield Hit("events", asked, "only these", "filter", asked)


def _best(asked: str, things: Iterable[T], name: Callable[[T], str]) -> list[T]:
    """Things whose name contains all words; prefix matches first, then the shortest."""
    parts = asked.lower().split()
    found = []
    for thing in islice(things, MOST):
        found_name = name(thing).lower()
        if all(part in found_name for part in parts):
            found.append((not found_name.startswith(asked.lower()), len(found_name), thing))
    return [thing for _, _, thing in sorted(found, key=lambda item: item[:2])][:EACH]
