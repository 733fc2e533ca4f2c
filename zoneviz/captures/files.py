"""The texts in files, folders, zip and tar archives and on standard input, one at a time.

Hidden files are left out: macOS keeps `.DS_Store` and `._name` beside the files. An archive in an archive is not opened.
"""

import io
import os
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO

from zoneviz import words
from zoneviz.captures.converting import converted
from zoneviz.captures.text import Text
from zoneviz.captures.unpacking import Unpacked
from zoneviz.errors import EnvironmentProblem, InputError, UsageError, ZonevizError
from zoneviz.words import one_line

FILES_LIMIT = 100_000
"""Upper bound of the files of one import."""
_PIPED_LIMIT = 1 << 30
"""Upper bound of a zip on standard input, in bytes: it is read from its end, and kept in a temporary file until then."""
_NAME = 300
"""Upper bound of the characters of a name in an error."""
_SHOWN = 200
"""Upper bound of the characters of a member's name."""
_ZIP = b"PK\x03\x04"

Refuse = Callable[[str, ZonevizError], object]
"""Called with the name of a file that cannot be opened, and why."""


def texts(paths: Iterable[str | Path], refuse: Refuse) -> Iterator[Text]:
    """The texts of files, folders (with their folders, by name) and archives; `-` is standard input. Read and close each before the next.

    Errors: InputError if a path does not exist, UsageError for more than FILES_LIMIT files.
    """
    for count, text in enumerate(chain.from_iterable(_of_path(str(path), refuse) for path in paths), 1):
        if count > FILES_LIMIT:
            raise UsageError(f"These are more than {words.number(FILES_LIMIT)} files. Import fewer at a time.")
        yield text


def pasted(content: str, name: str = "Pasted text") -> Text:
    """The text `content`, such as one from the clipboard. Errors: InputError if it is empty."""
    return Text(Unpacked(io.BytesIO(content.encode("utf-8", "replace")), name))


def _of_path(path: str, refuse: Refuse) -> Iterator[Text]:
    if path == "-":
        yield from _of_file(sys.stdin.buffer, "Standard input", refuse)
        return
    where = Path(path)
    if os.path.isdir(path):  # False, not an error, for an impossible name
        for folder, folders, names in os.walk(where):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for file in (Path(folder, name) for name in sorted(names) if not name.startswith(".")):
                if file.is_file():
                    yield from _opened(file, refuse)
        return
    yield from _opened(where, refuse)


def _opened(file: Path, refuse: Refuse) -> Iterator[Text]:
    try:
        raw = file.open("rb")
        status = file.stat()
        printed = converted(raw, file) if file.is_file() else None
    except FileNotFoundError:
        raise InputError(f"{file} does not exist.") from None
    except (OSError, ValueError) as error:
        refuse(str(file), EnvironmentProblem(f"{str(file)[:_NAME]} cannot be read: {getattr(error, 'strerror', None) or error}."))
        return
    if printed is not None:
        raw.close()
        yield from _of_file(printed, str(file), refuse, 0, status.st_mtime_ns)
        return
    yield from _of_file(raw, str(file), refuse, status.st_size, status.st_mtime_ns)


def _of_file(raw: IO[bytes], name: str, refuse: Refuse, size: int = 0, modified: int = 0) -> Iterator[Text]:
    try:
        unpacked = Unpacked(raw, name, size)
        text = Text(unpacked, modified)
    except ZonevizError as error:
        if raw is not sys.stdin.buffer:
            raw.close()
        refuse(name, error)
        return
    if text.head.startswith(_ZIP):
        with text, raw if size else _kept(text, name) as archive:
            yield from _zipped(archive, name, refuse)
    elif text.head[257:262] == b"ustar":
        with text:
            yield from _tarred(text, name, refuse)
    else:
        yield text


def _kept(text: Text, name: str) -> IO[bytes]:
    """A temporary file with all of `text`. Errors: InputError if it exceeds _PIPED_LIMIT."""
    kept = tempfile.TemporaryFile()  # noqa: SIM115
    for block in text.blocks():
        kept.write(block)
        if kept.tell() > _PIPED_LIMIT:
            raise InputError(f"{name} is a zip archive of more than {_PIPED_LIMIT >> 30} GiB. Unpack it and import the folder.")
    return kept


def _zipped(raw: IO[bytes], name: str, refuse: Refuse) -> Iterator[Text]:
    try:
        with zipfile.ZipFile(raw) as archive:
            for member in archive.infolist():
                inside = _inside(name, member.filename)
                if member.is_dir() or _hidden(member.filename):
                    continue
                try:
                    opened = archive.open(member)
                    yield from _member(opened, inside, refuse, member.file_size, max(1, member.compress_size))
                except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
                    refuse(inside, InputError(f"{inside} cannot be unpacked: {error}. Unpack the archive and import the folder."))
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        refuse(name, InputError(f"{name} is a damaged zip archive: {error}."))


def _tarred(text: Text, name: str, refuse: Refuse) -> Iterator[Text]:
    try:
        with tarfile.open(fileobj=_Blocks(text.blocks()), mode="r|") as archive:
            for member in archive:
                opened = archive.extractfile(member) if member.isreg() and not _hidden(member.name) else None
                if opened is not None:
                    yield from _member(opened, _inside(name, member.name), refuse, member.size)
    except (tarfile.TarError, EOFError) as error:
        refuse(name, InputError(f"{name} is a damaged tar archive: {error}."))


def _member(opened: IO[bytes], name: str, refuse: Refuse, size: int, packed: int = 0) -> Iterator[Text]:
    try:
        text = Text(Unpacked(opened, name, size, packed))
    except ZonevizError as error:
        refuse(name, error)
        return
    yield text


def _inside(archive: str, member: str) -> str:
    """The name of a member of an archive, fit for a sentence; it is shown and never opened."""
    return f"{archive}/{one_line(member, _SHOWN)}"


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/") if part not in (".", ".."))


class _Blocks(io.RawIOBase):
    """A file of blocks, for reading forwards."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._left = blocks, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts, need = [], size
        while need > 0:
            part = self._left or next(self._blocks, b"")
            if not part:
                break
            parts.append(part[:need])
            self._left = part[need:]
            need -= len(parts[-1])
        return b"".join(parts)
