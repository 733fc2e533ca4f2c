"""The text of one file: decoded, and cleaned of what terminals, mailers and web pages put around it."""

import codecs
import quopri
import re
from collections.abc import Iterable, Iterator
from itertools import chain, count, repeat
from types import TracebackType
from typing import NamedTuple

from zoneviz import words
from zoneviz.captures.unpacking import Unpacked
from zoneviz.errors import InputError

HEAD = 1 << 20
"""Bytes of a window in which importers look for their format."""
SEARCHED = 1 << 23
"""Bytes of a file in which a format is looked for; a kernel log may have its table far down."""
WHOLE_LIMIT = 1 << 24
"""Upper bound of a text that is read as a whole, in bytes. Real panic reports reach 5 MB."""
LINE_LIMIT = 1 << 16
"""Upper bound of the characters of a line; the rest of a longer one is dropped."""

_SECONDS = r"\[ *\d+\.\d{1,9}\](?: ?\[ *[TC]?\d+\]| {0,3}\(\d{1,2}\)\[\d{1,7}:[^\]\n]{1,20}\]| ?c\d{1,2} +\d{1,7}(?= ))?:? ?"
"""Of a console; then the task, as Linux and two vendors of Android print it."""
_SYSLOG = r"(?:\w{3} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S{0,20}) \S{1,255} "
_LOGREAD = r"\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4} \w{1,20}\.\w{1,20} "
_DATED = r"\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\] |\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{6}[+-]\d\d:\d\d "
_LEVEL = r"kern {0,3}:\w{3,6} {0,3}: ?"
_CONTAINER = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}(?:Z|[+-]\d\d:\d\d) (?:std(?:out|err) [FP] )?(?=[ \t]*\S)"
_LINE = rf"(?:<\d{{1,3}}>)?(?:(?:{_SYSLOG}|{_LOGREAD})?(?:(?:kernel: )?{_SECONDS}|kernel: )|{_DATED})"
_CONSOLE = rf"(?:{_LEVEL})?{_LINE}|\d{{1,3}},\d{{1,12}},\d{{1,17}},[-c](?:,[^;\n]{{1,60}})?;|{_CONTAINER}"
"""What syslog, journalctl, OpenWrt's logread, dmesg, /dev/kmsg and container logs print before a line of the kernel."""
_BEFORE = re.compile(rf"(?:[ \t]*>)+ ?|{_CONSOLE}|(?:\[?\d\d:\d\d(?::\d\d)?\]? )?<[+@%]?[\w\[\]\\^{{}}|-]{{1,20}}> ")
_BEFORE_LINES = re.compile(rf"(?m)^(?:{_BEFORE.pattern})+")
_BLANKS = re.compile(r"[ \t]{200,}")
"""Longer than any column: patterns of importers would try each of them as a beginning."""
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_RULE = re.compile(r"[ |:+-]*")
_DIRTY = re.compile(
    r"\n[ \t]*(?:[>|<]|\[ *\d|\[?\d\d:\d\d|\w{3} [ \d]\d |\[\w{3} "
    r"|\d{4}-\d\d-\d\dT\S+ \S|\w{3} \w{3} [ \d]\d [\d:]{8} \d{4} \w+\.|kern(?:el)? *:|\d{1,3},\d+,\d)"
)
_HARMLESS = bytes(code for code in range(256) if code >= 32 and code not in b"`\x7f") + b"\t\n"
_TEXT = bytes(code for code in range(256) if code >= 32 or code in b"\t\n\r\b\f\x1b")
"""Bytes of texts; a file with more than a twentieth of others is binary."""
_LARGE = 1 << 16
"""Bytes of a block that may not be mostly zeros. A log has some pages of them after a crash; UTF-16 has one in every two bytes."""
_PAGE = 1 << 12
_QUOTED_PRINTABLE = re.compile(r"(?mi)^content-transfer-encoding:[ \t]*quoted-printable")
_SOFT_BREAK = re.compile(r"=\r?\n")


class Line(NamedTuple):
    """A line of a text: its number from 1, its cleaned text, and what stood before that: a console's time, a mail mark."""

    number: int
    text: str
    prefix: str = ""


class Text:
    """The text of a file, read once, from the beginning. A context manager.

    `name`: of the file; `modified`: its time in ns since 1970, 0 if unknown. Errors: InputError if it is empty or binary.
    """

    def __init__(self, unpacked: Unpacked, modified: int = 0) -> None:
        self.name, self.modified = unpacked.name, modified
        self._unpacked = unpacked
        self._rest = _pieces(unpacked.blocks())
        self._first: list[bytes] = []
        self.head = self._window()
        """Its first bytes, HEAD or a little more."""
        self.shown = ""
        """The first of `windows`, once that was called."""
        self.longer = False
        """Whether it continues after the last of `windows`, once all of these were asked for."""
        self.unfinished = False
        """Whether the text read up to now ends without a line end: its last line may be cut."""
        if not self.head:
            raise InputError(f"{self.name} is empty.")

    def __enter__(self) -> "Text":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; standard input stays open."""
        self._unpacked.close()

    def progress(self) -> float:
        """Share of the file that was read, 0 to 1; 0 if its size is unknown."""
        return self._unpacked.progress()

    def blocks(self) -> Iterator[bytes]:
        """The bytes; only one of `blocks`, `lines` and `whole` may be called, once."""
        first, self._first = self._first, []
        for block in chain(first, self._rest):
            self.unfinished = block[-1:] not in b"\r\n\0"
            yield block

    def windows(self) -> Iterator[str]:
        """Text of successive windows, up to SEARCHED bytes: the first cleaned, the others without what stands before lines.

        Errors: InputError for binary data.
        """
        self.shown = "\n".join(line.text for line in cleaned(_split(_decoded(self.head, [self.head], self.name))))
        yield self.shown
        length = len(self.head)
        while window := self._window():
            self.longer = length >= SEARCHED
            if self.longer:
                return
            length += len(window)
            yield _BEFORE_LINES.sub("", _BLANKS.sub(" ", "".join(_decoded(self.head, [window], self.name))))

    def lines(self) -> Iterator[Line]:
        """The lines, cleaned; memory is constant. Errors: InputError for binary data."""
        return cleaned(_split(_decoded(self.head, self.blocks(), self.name)))

    def whole(self) -> str:
        """The whole text, decoded and not cleaned. Errors: InputError if it exceeds WHOLE_LIMIT, or for binary data."""
        parts, length = [], 0
        for block in _decoded(self.head, self.blocks(), self.name):
            parts.append(block)
            length += len(block)
            if length > WHOLE_LIMIT:
                raise InputError(f"{self.name} is longer than {WHOLE_LIMIT >> 20} MiB: too long for a report of one moment.")
        return "".join(parts).replace("\r\n", "\n").replace("\r", "\n")

    def _window(self) -> bytes:
        """The next HEAD bytes, kept for `blocks`."""
        blocks, length = [], 0
        while length < HEAD and (block := next(self._rest, b"")):
            blocks.append(block)
            length += len(block)
        self._first += blocks
        return b"".join(blocks)


def lines(blocks: Iterable[bytes], name: str) -> Iterator[Line]:
    """The lines of the blocks of a stream, cleaned; memory is constant. Errors: InputError for binary data."""
    rest = iter(blocks)
    head = next(rest, b"")
    return cleaned(_split(_decoded(head, chain([head], rest), name)))


def _decoded(head: bytes, blocks: Iterable[bytes], name: str) -> Iterator[str]:
    """The text of blocks, of which `head` shows the encoding. Errors: InputError for binary data."""
    decoder = codecs.getincrementaldecoder(_encoding(head, name))("replace")
    texts = (decoder.decode(block) for block in _checked(blocks, name))
    first = next(texts, "").removeprefix("\ufeff")
    whole = chain([first], texts)
    start = first[: 1 << 16]
    if _QUOTED_PRINTABLE.search(start) or ("=3D" in start and _SOFT_BREAK.search(start)):
        return (quopri.decodestring(part.encode()).decode("utf-8", "replace") for part in whole)
    return whole


def _checked(blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The same blocks. Errors: InputError at a large one of zeros, such as 10 GB of them behind a text."""
    done = 0
    for block in blocks:
        if len(block) >= _LARGE and block.count(0) * 10 > len(block) * 6:
            done += max(0, block.find(bytes(_PAGE)))
            raise InputError(f"{name} is binary, not text, from byte {words.number(done)} on. Cut it there and import the text before.")
        done += len(block)
        yield block


def _pieces(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in blocks of at most HEAD."""
    for block in blocks:
        for start in range(0, len(block), HEAD):
            yield block[start : start + HEAD]


def _encoding(head: bytes, name: str) -> str:
    """The encoding that the first bytes show: UTF-8 or UTF-16. Errors: InputError for binary data."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    start = head[: 1 << 12]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if (even + odd) * 10 > len(start) * 3 and min(even, odd) * 10 < max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    if len(start.translate(None, _TEXT)) * 20 > len(start):
        raise InputError(f"{name} is binary, not text. zoneviz reads the text that the system's own commands print.")
    return "utf-8"


def _split(texts: Iterable[str]) -> Iterator[list[str]]:
    """Lists of lines. Line ends are LF, CRLF or CR; a line longer than LINE_LIMIT is cut."""
    rest = ""
    for text in texts:
        held = "\r" if text.endswith("\r") else ""  # the LF of a CRLF may come with the next block
        text = rest + (text[:-1] if held else text)
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        lines = text.split("\n")
        rest = lines.pop()[:LINE_LIMIT] + held
        if len(text) > LINE_LIMIT:
            lines = [line[:LINE_LIMIT] for line in lines]
        yield lines
    if rest:
        yield [rest.removesuffix("\r")]


def cleaned(groups: Iterable[list[str]]) -> Iterator[Line]:
    """Lines out of lists of lines, as `clean`; most texts need no cleaning and cost one search for each list."""
    number = 1
    for lines in groups:
        if _dirty("\n" + "\n".join(lines) + "\n"):
            yield from (Line(n, *clean(text)) for n, text in enumerate(lines, number))
        else:
            yield from map(Line._make, zip(count(number), lines, repeat("")))
        number += len(lines)


def _dirty(text: str) -> bool:
    """Whether a line of a text may need cleaning."""
    if " \n" in text or "**" in text or _DIRTY.search(text):
        return True
    return bool(text.encode("utf-8", "replace").translate(None, _HARMLESS))


def clean(text: str) -> tuple[str, str]:
    """A line without its wrapping, and what stood before it.

    Removed: escape sequences, control characters, mail marks, a console's time, chat nicks, Markdown's backquotes, bold and code fences;
    a row of a Markdown table becomes its cells with two blanks between; blanks at the end.
    """
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    text = _CONTROL.sub("", text)
    before = 0
    while found := _BEFORE.match(text, before):
        before = found.end()
    prefix, text = text[:before], text[before:]
    if "`" in text:
        text = "" if text.lstrip().startswith("```") else text.replace("`", "")
    if "**" in text:
        text = text.replace("**", "")
    bare = text.strip()
    if bare[:1] == "|" and bare[-1:] == "|" and len(bare) > 1:
        text = "" if _RULE.fullmatch(bare) else "  ".join(cell.strip() for cell in bare.strip("|").split("|"))
    return text.rstrip(), prefix
