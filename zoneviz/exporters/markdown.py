"""A Markdown table, for issues and mails; all Markdown and HTML characters are escaped."""

import re
from typing import Any, BinaryIO

from zoneviz.exporters import of_tables
from zoneviz.playback.tables import ADDRESSES, TEXT, Column, Table
from zoneviz.words import plain

_SIGNS = re.compile(r"([\\`*_{}\[\]()#+.!|~@:-])")
_PLAIN = re.compile(r"[A-Za-z0-9 _.\-]*")


def cell(text: str) -> str:
    """Text escaped for a cell of a Markdown table."""
    if _PLAIN.fullmatch(text):
        return text.replace("_", "\\_")
    return _SIGNS.sub(r"\\\1", plain(text)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cells(column: Column, values: list[Any]) -> list[str]:
    if column.kind == TEXT:
        return [cell(text) for text in values]
    return ["" if value is None else f"{value:#x}" if column.kind == ADDRESSES else f"{value}" for value in values]


def _write(found: Table, out: BinaryIO) -> None:
    names = (cell(column.name) for column in found.columns)
    rules = ("---" if column.kind == TEXT else "---:" for column in found.columns)
    out.write(f"| {' | '.join(names)} |\n| {' | '.join(rules)} |\n".encode())
    for batch in found.batches:
        columns = [_cells(column, values) for column, values in zip(found.columns, batch, strict=True)]
        out.write("".join(f"| {' | '.join(row)} |\n" for row in zip(*columns, strict=True)).encode())


EXPORTER = of_tables("markdown", ".md", "a Markdown table, for issues and mails", _write)
