"""For the tests of several packages at once: no recording is left open."""

from tests.closing import recordings_closed

__all__ = ["recordings_closed"]
