"""For the tests of recording: no recording is left open."""

from tests.closing import recordings_closed

__all__ = ["recordings_closed"]
