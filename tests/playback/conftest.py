"""For the tests of playback: examples that are the same each time, and no recording left open."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from zoneviz.recording import Recording

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def recordings_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close what a test opened."""
    opened: list[Recording] = []
    init = Recording.__init__

    def remember(self: Recording, path: str) -> None:
        opened.append(self)
        init(self, path)

    monkeypatch.setattr(Recording, "__init__", remember)
    yield
    for recording in opened:
        recording.close()
