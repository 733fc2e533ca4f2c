"""The lines of a stream and the columns in its header, in bounded memory."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zoneviz import words
from zoneviz.errors import InputError

LINE_LIMIT = 1 << 16
"""Characters of a line; the longest in a real stream has 250."""
REQUIRED = ("event", "zone_or_map", "size", "address")
OPTIONAL = ("n", "time_us", "task", "thread", "call_path", "detail")
_COLUMN_LIMIT = 256
_GATHER = 1 << 18


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of the columns. `at[name]`: of a known column, or `width` if an optional one is missing: readers append an empty
    field to each row. `unknown`: (name, position) of other columns."""

    width: int
    at: dict[str, int]
    unknown: tuple[tuple[str, int], ...]


def looks_like_header(head: str) -> bool:
    """Whether the first line of `head` names at least two of the required columns, `event` among them."""
    names = _first_line(head)
    return "event" in names and sum(name in names for name in REQUIRED) >= 2


def columns(line: str) -> Columns:
    """The columns of the header `line`, in any order.

    Errors: InputError if a required one is missing, or one is named twice.
    """
    names = _names(line)
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise InputError(f"The header of the stream lacks {_plural(missing)}.")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise InputError(f"The header of the stream repeats {_plural(twice)}.")
    known = (*REQUIRED, *OPTIONAL)
    at = {name: names.index(name) if name in names else len(names) for name in known}
    unknown = tuple((name or f"column {i + 1}", i) for i, name in enumerate(names) if name not in known)
    return Columns(len(names), at, unknown)


def lines(blocks: Iterable[bytes]) -> Iterator[tuple[int, bool, list[str]]]:
    """Lists of lines without line ends: (number of the first, from 1; whether any has a quote or a NUL; the lines).

    A NUL replaces bytes that are not UTF-8.
    Errors: InputError for a line longer than LINE_LIMIT.
    """
    number, rest = 1, b""
    for block in _gathered(blocks):
        data = rest + block
        cut = data.rfind(b"\n") + 1
        rest = data[cut:]
        if cut:
            odd, found = _split(data[: cut - 1], number)
            yield number, odd, found
            number += len(found)
        if len(rest) > LINE_LIMIT:
            raise _too_long(number)
    if rest:
        yield number, *_split(rest, number)


def fields(line: str) -> list[str]:
    """The fields of a line with quotes, [] if it is invalid."""
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return []


def _gathered(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in blocks of about _GATHER, which bounds the lists of lines: one-byte lines take eight times the memory."""
    waiting: list[bytes] = []
    length = 0
    for block in blocks:
        for start in range(0, len(block), _GATHER):
            part = block[start : start + _GATHER]
            waiting.append(part)
            length += len(part)
            if length >= _GATHER:
                yield b"".join(waiting)
                waiting, length = [], 0
    yield b"".join(waiting)


def _split(data: bytes, number: int) -> tuple[bool, list[str]]:
    # Invalid UTF-8 makes only its own line unreadable, which NUL marks.
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode(errors="replace").replace("\ufffd", "\0")
    found = text.split("\n")
    if "\r" in text:
        found = [line.rstrip("\r") for line in found]
    if len(max(found, key=len)) > LINE_LIMIT:
        raise _too_long(number + next(i for i, line in enumerate(found) if len(line) > LINE_LIMIT))
    return '"' in text or "\0" in text, found


def _first_line(head: str) -> list[str]:
    line = head.split("\n", 1)[0]
    return [] if len(line) >= LINE_LIMIT or "\ufffd" in line else _names(line)


def _names(line: str) -> list[str]:
    line = line.removeprefix("\ufeff").rstrip("\r")
    if line.count(",") > _COLUMN_LIMIT:
        return []
    return [name.strip() for name in (fields(line) if '"' in line else line.split(","))]


def _too_long(number: int) -> InputError:
    return InputError(f"Line {words.number(number)} of the stream is too long: an event has at most {words.number(LINE_LIMIT)} characters.")


def _plural(names: list[str]) -> str:
    return ("the column " if len(names) == 1 else "the columns ") + ", ".join(repr(name) for name in names)
