"""For the tests of several packages at once: repeatable examples, and no recording left open."""

from hypothesis import settings

from tests.closing import recordings_closed

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

__all__ = ["recordings_closed"]
