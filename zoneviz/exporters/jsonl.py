"""JSON lines: one object per line, for streaming readers."""

import json
from typing import BinaryIO

from zoneviz.exporters import TABLES, Exporter
from zoneviz.playback.tables import Part, table


def _write(view: str, part: Part, out: BinaryIO) -> None:
    found = table(view, part)
    names = [column.name for column in found.columns]
    for batch in found.batches:
        lines = [json.dumps(dict(zip(names, row, strict=True))) for row in zip(*batch, strict=True)]
        if lines:
            out.write("\n".join([*lines, ""]).encode())


EXPORTER = Exporter("jsonl", ".jsonl", "one JSON object per line", _write, TABLES)
