"""Which scenarios a recording looks like."""

from pathlib import Path

from zoneviz.app.state import open_recording
from zoneviz.playback.likeness import Likeness, likeness


def resembles(path: Path) -> Likeness:
    """As `likeness`, of the recording at a path. Errors: InputError as `open_recording`, or if it is damaged."""
    with open_recording(path) as recording:
        return likeness(recording)
