"""JSON: one array of objects, in ASCII, so that no locale or terminal can break it."""

import json
from typing import BinaryIO

from zoneviz.exporters import of_tables
from zoneviz.playback.tables import Table


def _write(found: Table, out: BinaryIO) -> None:
    names = [column.name for column in found.columns]
    before = b"["
    for batch in found.batches:
        for row in zip(*batch, strict=True):
            out.write(before + b"\n" + json.dumps(dict(zip(names, row, strict=True))).encode())
            before = b","
    out.write(b"[]\n" if before == b"[" else b"\n]\n")


EXPORTER = of_tables("json", ".json", "one array of objects", _write)
