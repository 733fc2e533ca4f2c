"""The fixture `recordings_closed`, imported by the conftest of each folder whose tests open recordings."""

from collections.abc import Iterator
from typing import Any

import pytest

from zoneviz.recording import Recording


@pytest.fixture(autouse=True)
def recordings_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the recordings that a test opened."""
    opened: list[Recording] = []
    init = Recording.__init__

    def remember(self: Recording, path: str, *more: Any) -> None:
        opened.append(self)
        init(self, path, *more)

    monkeypatch.setattr(Recording, "__init__", remember)
    yield
    for recording in opened:
        recording.close()
