"""JSON lines: one object per line, for streaming readers."""

import json
from typing import BinaryIO

from zoneviz.exporters import of_tables
from zoneviz.playback.tables import Table


def _write(found: Table, out: BinaryIO) -> None:
    names = [column.name for column in found.columns]
    for batch in found.batches:
        lines = [json.dumps(dict(zip(names, row, strict=True))) for row in zip(*batch, strict=True)]
        if lines:
            out.write("\n".join([*lines, ""]).encode())


EXPORTER = of_tables("jsonl", ".jsonl", "one JSON object per line", _write)
