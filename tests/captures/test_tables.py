"""Tables of a text: headers, repetitions, times between, wrapped and damaged rows."""

import re

from zoneviz.captures.capture import Capture
from zoneviz.captures.files import pasted
from zoneviz.captures.tables import Format, tables


class Pairs(Format[int]):
    """Rows "name number;"."""

    def row(self, text: str) -> tuple[str, int] | None:
        found = re.fullmatch(r"(\w+) (\d+) ?;", text)
        return (found[1], int(found[2])) if found else None

    def header(self, text: str) -> bool:
        return text == "NAME NUMBER"

    def starts(self, text: str) -> str:
        found = re.match(r"(\w+) ?\d", text)
        return found[1] if found else ""

    def continues(self, text: str) -> bool:
        return text.lstrip()[:1] in tuple("0123456789;")


def shape(text: str) -> tuple[list[tuple[int, list[tuple[str, int]], int]], dict[str, list[int]]]:
    """By table: its line, rows and skipped rows; and the lines skipped by reason."""
    capture = Capture("x", "file")
    found = []
    for table in tables(pasted(text), capture, Pairs()):
        found.append((table.line, [(row.name, row.values) for row in table.rows], table.skipped))
    return found, {reason: skips.first for reason, skips in capture.skipped.items()}


def test_a_header_begins_a_table_and_a_repeated_zone_only_without_one() -> None:
    assert shape("NAME NUMBER\na 1;\na 2;\nNAME NUMBER\na 3;\n")[0] == [(1, [("a", 1), ("a", 2)], 0), (4, [("a", 3)], 0)]
    assert shape("a 1;\nb 1;\na 2;\nb 3;\n")[0] == [(1, [("a", 1), ("b", 1)], 0), (3, [("a", 2), ("b", 3)], 0)]


def test_a_date_ends_a_table() -> None:
    text = "2020-01-01 00:00:00\na 1;\nb 2;\n\n2020-01-01 00:01:00\nb 3;\n"
    assert [rows for _, rows, _ in shape(text)[0]] == [[("a", 1), ("b", 2)], [("b", 3)]]


def test_wrapped_rows_are_joined_and_damaged_ones_named() -> None:
    found, skipped = shape("NAME NUMBER\na 1\n;\nb 2\nc 3;\nd 4\n")
    assert found == [(1, [("a", 1), ("c", 3)], 2)]
    assert skipped == {"the row b is cut or damaged": [4], "the row d is cut or damaged": [6]}


def test_a_line_beyond_the_limit_is_a_damaged_row() -> None:
    found, skipped = shape("NAME NUMBER\na 1;\nb 2" + " " * 500 + "3;\n")
    assert found == [(1, [("a", 1)], 1)] and skipped == {"the row b is cut or damaged": [3]}
