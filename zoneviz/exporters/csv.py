"""Comma-separated values, RFC 4180 with a header line. A text that a spreadsheet would take for a formula is led by an apostrophe."""

import csv
import io
from typing import BinaryIO

from zoneviz.exporters import TABLES, Exporter
from zoneviz.playback.tables import ADDRESSES, TEXT, Part, table
from zoneviz.words import plain

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(text: str) -> str:
    """A text that is nothing but text in a spreadsheet and on a terminal."""
    return plain(f"'{text}" if text.startswith(_FORMULA) else text)


def _write(view: str, part: Part, out: BinaryIO) -> None:
    found = table(view, part)
    lines = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(lines)
    writer.writerow([cell(column.name) for column in found.columns])
    known: dict[str, str] = {}  # the same names come again and again
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


EXPORTER = Exporter("csv", ".csv", "comma-separated values, for spreadsheets", _write, TABLES)
