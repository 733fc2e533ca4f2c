"""What can be recorded of this machine by this user; and if not, why, with the command that gives more."""

import os

from zoneviz.errors import ZonevizError
from zoneviz.sources.choosing import reading_source
from zoneviz.sources.tracing import NEEDS_ROOT, tracefs


def no_readings() -> str:
    """Why no reading can be taken, in one sentence; "" if one can."""
    try:
        reading_source().moment()
    except ZonevizError as error:
        return str(error)
    return ""


def no_events() -> str:
    """Why allocations cannot be recorded, in one sentence; "" if they can."""
    try:
        root = tracefs()
    except ZonevizError as error:
        return str(error)
    return "" if os.access(root / "instances", os.W_OK) else NEEDS_ROOT
