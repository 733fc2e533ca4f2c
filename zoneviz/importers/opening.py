"""Opening a stream: the importer for it, its header and its companion file."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from zoneviz.captures.files import texts
from zoneviz.captures.text import Text
from zoneviz.errors import InputError, ZonevizError
from zoneviz.events import Catalog, Sink
from zoneviz.importers import About, Details, ImportReport, StreamImporter, find

_COMPANION_LIMIT = 1 << 24


class Stream:
    """An open stream; a context manager.

    The companion file of NAME.csv, NAME.csv.zst or NAME.csv.gz is NAME.json next to it.
    Errors: InputError if the header is invalid.
    """

    def __init__(self, text: Text, importer: StreamImporter) -> None:
        self.name, self.importer = text.name, importer
        self.companion, self._notes = _load_companion(Path(text.name))
        self._text = text
        self.about: About = importer.about(text.head, self.companion)

    def read(self, catalog: Catalog, sink: Sink, flush: Callable[[], object], details: Details | None = None) -> ImportReport:
        """Send all events to `sink`; may be called once. See `StreamImporter.read`.

        Errors: InputError if the stream is damaged, truncated, a decompression bomb or mostly unreadable; EnvironmentProblem if
        the file cannot be read.
        """
        report = self.importer.read(self.blocks(), self.companion, catalog, sink, flush, details)
        report.notes[:0] = self._notes
        return report

    def blocks(self) -> Iterator[bytes]:
        """The decompressed bytes from the beginning; may be called once. Errors: as `read`."""
        return self._text.blocks()

    def progress(self) -> float:
        """Share of the file that was read, 0 to 1; 0 if its size is unknown."""
        return self._text.progress()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._text.close()


def open_stream(path: str | Path) -> Stream:
    """Open the stream in the file `path`, or on standard input for `-`: find its importer and read its header.

    Errors: InputError if the file is missing, damaged or no stream; EnvironmentProblem if it cannot be read.
    """

    def refuse(name: str, error: ZonevizError) -> None:
        raise error

    text = next(texts([path], refuse), None)
    if text is None:
        raise InputError(f"{path} is an empty folder or archive.")
    try:
        importer = find(text)
        if not isinstance(importer, StreamImporter):
            raise InputError(f"{path} is a capture ({importer.name}), not an event stream.")
        return Stream(text, importer)
    except BaseException:
        text.close()
        raise


def _load_companion(file: Path) -> tuple[dict[str, Any], list[str]]:
    """The JSON object of the companion file, {} if missing; and notes about it."""
    stem = file
    while stem.suffix in (".zst", ".gz", ".csv"):
        stem = stem.with_suffix("")
    companion = stem.with_name(stem.name + ".json")
    if companion == file:
        return {}, []
    try:
        with companion.open("rb") as opened:
            text = opened.read(_COMPANION_LIMIT + 1)
    except OSError:
        return {}, []
    try:
        found = json.loads(text) if len(text) <= _COMPANION_LIMIT else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return {}, [f"The companion file {companion} is ignored: it is not a JSON object."]
    return found, []
