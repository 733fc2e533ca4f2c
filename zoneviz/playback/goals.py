"""A goal to move to, as one line of text: a filter of events (search.py) or a condition on the machine (watch.py)."""

import re
from collections.abc import Callable, Iterator

from zoneviz.errors import UsageError
from zoneviz.events import Catalog
from zoneviz.playback.player import Player
from zoneviz.playback.search import WORDS, Slice, parse_filter, search
from zoneviz.playback.watch import parse_watch, run_to

Goal = Callable[[Player, bool], Iterator[Slice]]
"""Searches from the player's moment, backwards if true, in slices; the player does not move."""
_FILTER = re.compile(rf"\s*(?:{'|'.join(WORDS)})=(?!=)")


def parse_goal(text: str, catalog: Catalog) -> Goal:
    """Parse `kind=ZALLOC zone='ipc ports'`, `touches=port:0xc0`, or `ipc ports in use > 30000`.

    Errors: UsageError if it is neither a filter nor a condition.
    """
    if not text.strip():
        raise UsageError("Enter what to search for, for example: kind=ZREFUSE, or ipc ports in use > 30000.")
    if is_filter(text):
        match = parse_filter(text, catalog)
        return lambda player, backwards: search(player, match, backwards=backwards)
    watch = parse_watch(text.strip(), catalog)
    return lambda player, backwards: run_to(player, [watch], backwards=backwards)


def is_filter(text: str) -> bool:
    """Whether a goal is a filter of events rather than a condition on the machine."""
    return bool(_FILTER.match(text))
