"""Comma-separated values, RFC 4180 with a header line. An apostrophe precedes text that a spreadsheet would run as a formula."""

import csv
import io
from typing import BinaryIO

from zoneviz.exporters import of_tables
from zoneviz.playback.tables import ADDRESSES, TEXT, Table
from zoneviz.words import plain

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(text: str) -> str:
    """Text that is safe in a spreadsheet and on a terminal."""
    return plain(f"'{text}" if text.startswith(_FORMULA) else text)


def _write(found: Table, out: BinaryIO) -> None:
    lines = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(lines)
    writer.writerow([cell(column.name) for column in found.columns])
    known: dict[str, str] = {}  # names repeat
    for batch in found.batches:
        columns = []
        for column, values in zip(found.columns, batch, strict=True):
            if column.kind == TEXT:
                known.update((text, cell(text)) for text in set(values) if text not in known)
                values = [known[text] for text in values]
                if len(known) > 1 << 16:
                    known.clear()
            elif column.kind == ADDRESSES:
                values = [f"{value:#x}" for value in values]
            columns.append(values)
        writer.writerows(zip(*columns, strict=True))
    lines.detach()


EXPORTER = of_tables("csv", ".csv", "comma-separated values, for spreadsheets", _write)
