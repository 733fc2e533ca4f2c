"""Live bytes by call path for https://www.speedscope.app, which opens the file locally, without uploading it.

Format: https://www.speedscope.app/file-format-schema.json, a "sampled" profile whose weights are bytes.
"""

import json
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from zoneviz import __version__, words
from zoneviz.exporters import Exporter
from zoneviz.playback.tables import Part
from zoneviz.playback.weights import WORDS, by_path

_SCHEMA = "https://www.speedscope.app/file-format-schema.json"


def profiles(title: str, sides: Mapping[str, Sequence[tuple[Sequence[str], int]]], unit: str = "bytes") -> str:
    """The file: a profile for each side, of (frames, outermost first, weight)."""
    numbers: dict[str, int] = {}
    made = []
    for name, stacks in sides.items():
        weights = [weight for _, weight in stacks]
        made.append({
            "type": "sampled", "name": name, "unit": unit, "startValue": 0, "endValue": sum(weights),
            "samples": [[numbers.setdefault(frame, len(numbers)) for frame in frames] for frames, _ in stacks], "weights": weights,
        })  # fmt: skip
    return json.dumps({
        "$schema": _SCHEMA,
        "name": title,
        "exporter": f"zoneviz {__version__}",
        "shared": {"frames": [{"name": frame} for frame in numbers]},
        "profiles": made,
        "activeProfileIndex": 0,
    })  # fmt: skip


def _write(view: str, part: Part, out: BinaryIO) -> None:
    name = f"live zone bytes after event {words.number(part.at)}"
    out.write(profiles(f"{part.recording.path.name}: {name}", {name: by_path(part.state(), part.match)}).encode() + b"\n")


EXPORTER = Exporter("speedscope", ".speedscope.json", "live bytes by call path, for speedscope.app", _write, moment=True, words=WORDS)
