"""Live bytes by call path for https://www.speedscope.app, which opens the file locally, without uploading it.

Format: https://www.speedscope.app/file-format-schema.json, a "sampled" profile whose weights are bytes.
"""

import json
from typing import BinaryIO

from zoneviz import __version__
from zoneviz.exporters import Exporter
from zoneviz.playback.tables import Part
from zoneviz.playback.weights import WORDS, by_path

_SCHEMA = "https://www.speedscope.app/file-format-schema.json"


def _write(view: str, part: Part, out: BinaryIO) -> None:
    numbers: dict[str, int] = {}
    stacks = by_path(part.state(), part.match)
    samples = [[numbers.setdefault(frame, len(numbers)) for frame in frames] for frames, _ in stacks]
    weights = [size for _, size in stacks]
    name = f"live zone bytes after event {part.at:,}"
    profile = {
        "type": "sampled", "name": name, "unit": "bytes", "startValue": 0, "endValue": sum(weights), "samples": samples, "weights": weights,
    }  # fmt: skip
    whole = {
        "$schema": _SCHEMA,
        "name": f"{part.recording.path.name}: {name}",
        "exporter": f"zoneviz {__version__}",
        "shared": {"frames": [{"name": frame} for frame in numbers]},
        "profiles": [profile],
        "activeProfileIndex": 0,
    }
    out.write(json.dumps(whole).encode() + b"\n")


EXPORTER = Exporter("speedscope", ".speedscope.json", "live bytes by call path, for speedscope.app", _write, moment=True, words=WORDS)
