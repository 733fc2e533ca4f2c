"""What can be recorded of this machine by this user; and if not, why, with the command that gives more."""

import os
from typing import NamedTuple

from zoneviz.errors import ZonevizError
from zoneviz.sources.choosing import reading_source, runs_a_program
from zoneviz.sources.tracing import NEEDS_ROOT, tracefs


class Refused(NamedTuple):
    """Why something cannot be recorded, in a sentence each, "" if it can: any reading, single caches, allocations."""

    readings: str = ""
    caches: str = ""
    events: str = ""


def refused() -> Refused:
    """What this user cannot record of this machine. Machines that are read by running a program are not asked: that takes time."""
    if runs_a_program():
        return Refused(events=_no_events())
    try:
        source = reading_source()
    except ZonevizError as error:
        return Refused(readings=str(error), events=_no_events())
    return Refused("", "" if "elements" in source.shows else " ".join(source.cannot_show), _no_events())


def _no_events() -> str:
    try:
        root = tracefs()
    except ZonevizError as error:
        return str(error)
    return "" if os.access(root / "instances", os.W_OK) else NEEDS_ROOT
