"""Damaged captures: real samples, mutated as texts, as bytes and as archives. The same number and seed give the same damage."""

import gzip
import io
import json
import random
import re
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import zstandard

from zoneviz.app.captures import import_files
from zoneviz.app.verify import verify

SAMPLES = sorted(path for path in (Path(__file__).parents[1] / "importers" / "captures").glob("*/*") if path.suffix != ".json")
BITS = (
    b"\0", b"\xff", b"\n", b"\r", b"\x0b", b"|", b"**", b"[", b"(", b'"', b"\\", b"0x", b"K", b" " * 500, b"\x1b[31m", b"\xe2\x80\xa8",
    b"\xf0\x9f\xa6\x80", b"{", b"}", b":", b",", b"> ", b"\t", b"=3D", b"=\n", b"a" * 70_000, b"[" * 3000, b"(" * 5000, b": " * 3000,
    b"1, " * 5000,
)  # fmt: skip
NUMBERS = (
    "9" * 400, "-1", "NaN", "-Infinity", "1e999", "0", "-0", "1.5", "1,234", "1.234", str(1 << 48), str((1 << 63) - 1), str(1 << 63),
    str((1 << 64) - 4), "99999999999999999999K", "4G", "007", "0x7f", "\N{SUPERSCRIPT TWO}", "\N{DEVANAGARI DIGIT TWO}" * 3, "?", "",
    "1" * 30,
)  # fmt: skip
PATHS = (
    "../../a.txt", "/etc/a.txt", "a/../../b", "", "/", ".hidden", "__MACOSX/._a", "a" * 300, "a\nb", "a\\b", "C:\\a", "\x1b[2J", "con",
    "a/", "\N{CRAB}.txt", "-", "a//b",
)  # fmt: skip
_ZEROS = (10,) * 10 + (20,) * 9 + (26,)
"""A file of zeros has 2 to the power of one of these bytes; large ones take the most time."""
TYPES = (tarfile.REGTYPE, tarfile.REGTYPE, tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE)
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[A-Za-z_][\w.-]+")


def octets(data: bytes, chance: random.Random) -> bytes:
    """One to five changes: cut, doubled, swapped, replaced."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        at, more = chance.randrange(len(out) + 1), chance.randrange(60)
        match chance.randrange(6):
            case 0:
                out[at : at + more] = b""
            case 1:
                out[at:at] = chance.choice(BITS)
            case 2:
                out[at : at + more] = chance.choice(BITS)
            case 3:
                out[at:at] = out[at : at + more * 10]
            case 4:
                del out[at + 1 :]
            case _:
                out[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(out)


def rows(data: bytes, chance: random.Random) -> bytes:
    """Rows cut, swapped, doubled, many times over, joined, without their ends; or another sample in the middle."""
    lines = data.split(b"\n")
    for _ in range(chance.choice((1, 1, 3, 10))):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(8):
            case 0:
                lines[at], lines[other] = lines[other], lines[at]
            case 1:
                lines[at:at] = [lines[other]] * chance.choice((1, 2, 2000))
            case 2:
                lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
            case 3:
                lines[at] = lines[at] + lines[other]
            case 4:
                lines[at:at] = [b""] * 3
            case 5:
                lines[at : at + 1] = lines[at].split(b" ", chance.randrange(1, 9))
            case 6:
                lines = lines[at:] or lines
            case _:
                lines[at:at] = chance.choice(SAMPLES).read_bytes().split(b"\n")[:200]
    return b"\n".join(lines)


def figures(data: bytes, chance: random.Random) -> bytes:
    """Numbers replaced by impossible ones; all of them at times."""
    text, share = data.decode("utf-8", "replace"), chance.choice((0.01, 0.1, 1.0))
    value = chance.choice(NUMBERS)
    return _NUMBER.sub(lambda found: chance.choice((value, found[0])) if chance.random() < share else found[0], text).encode()


def names(data: bytes, chance: random.Random) -> bytes:
    """A word replaced by another, by one of 100,000 characters, by markup or control characters."""
    text = data.decode("utf-8", "replace")
    words = list(_WORD.finditer(text))
    if not words:
        return data
    found, other = chance.choice(words), chance.choice(words)[0]
    new = chance.choice(("a" * 100_000, "a b" * 30_000, "\0", "\x1b]0;x\a", "[red]x[/]", "<b>", '"', "a:b, c", other, "\u202e"))
    if chance.random() < 0.3 and len(new) < 1000:
        return text.replace(found[0], new).encode()
    return (text[: found.start()] + new + text[found.end() :]).encode()


def wrapping(data: bytes, chance: random.Random) -> bytes:
    """Quoted and wrapped as by a mailer, on a console, in Markdown; with other line ends; in other encodings."""
    text = data.decode("utf-8", "replace")
    width = chance.choice((20, 60, 76))
    match chance.randrange(7):
        case 0:
            text = "\n".join(f"> {line[i : i + width]}" for line in text.split("\n") for i in range(0, max(1, len(line)), width))
        case 1:
            text = text.replace("\n", chance.choice(("\r\n", "\r", "\n\r", "\r\r\n", "\x0b", "\x0c", "\u2028", "=\n")))
        case 2:
            text = "".join(f"[{number:>5}.{number:06}] {line}\n" for number, line in enumerate(text.split("\n")))
        case 3:
            text = "```\n" + "\n".join(f"| {' | '.join(line.split())} |" for line in text.split("\n")) + "\n```"
        case 4:
            text = "".join(chance.choice(("\r\n", "\n", "\r")) if c == "\n" else c for c in text)
        case 5:
            text = "Content-Transfer-Encoding: quoted-printable\n\n" + text.replace("=", "=3D").replace(" ", "=20")
        case _:
            text = json.dumps({"panicString": text, "bug_type": chance.choice(("210", "298", "1"))})
    return text.encode(chance.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7")), "replace")


def packed(data: bytes, chance: random.Random) -> bytes:
    """In gzip, zstd, zip or tar, whole or damaged, with odd paths, twice, nested, as a bomb."""
    data = chance.choice((data, octets(data, chance), bytes(1 << chance.choice(_ZEROS)), (data + b"\n") * 100))
    match chance.randrange(4):
        case 0:
            out = gzip.compress(data, 1)
        case 1:
            out = zstandard.ZstdCompressor(level=1).compress(data)
        case 2:
            out = _zip(data, chance)
        case _:
            out = _tar(data, chance)
    return chance.choice((out, out, octets(out, chance), gzip.compress(out), out + out))


def _zip(data: bytes, chance: random.Random) -> bytes:
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        warnings.simplefilter("ignore")  # a name that occurs twice
        for _ in range(chance.choice((1, 3))):
            archive.writestr(chance.choice(PATHS) or "x", data)
    return made.getvalue()


def _tar(data: bytes, chance: random.Random) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for _ in range(chance.choice((1, 3))):
            member = tarfile.TarInfo(chance.choice(PATHS))
            member.type = chance.choice(TYPES)
            member.linkname, member.size = "../../etc/passwd", len(data)
            archive.addfile(member, io.BytesIO(data))
    return made.getvalue()


def zeros(data: bytes, chance: random.Random) -> bytes:
    """A bomb: 10 GB of zeros or of one row, in 1 MB of zstd."""
    compressor = zstandard.ZstdCompressor(level=1).compressobj()
    block = bytes(1 << 20) if chance.random() < 0.5 else (data.split(b"\n")[0] + b"\n") * 1000
    out = [compressor.compress(data)]
    out += [compressor.compress(block) for _ in range(1000)]
    return b"".join([*out, compressor.flush()])


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (octets, rows, figures, names, wrapping, packed)
_LONGEST = 1 << 22
"""Bytes of a damaged sample: searching takes time for each byte, and longer files have the same damage."""
_SPARSE = 20_000
"""One file in this many is followed by 10 GB of zeros, and one is a bomb: they take seconds."""


class Captures:
    """Damages samples and imports them; every twentieth becomes a recording in `folder`, which is verified."""

    suffix = ".txt"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def spoil(self, number: int, chance: random.Random, path: Path) -> str:
        """Write a damaged capture to `path`; returns the sample's name and the damages."""
        sample = SAMPLES[number % len(SAMPLES)]
        changes = [chance.choice(MUTATIONS) for _ in range(chance.choice((1, 1, 2)))]
        data = sample.read_bytes()
        for change in changes:
            data = change(data, chance)[:_LONGEST]
        path.write_bytes(data)
        if number % _SPARSE == 1:
            changes.append(zeros)
            with path.open("r+b") as file:
                file.truncate(10 << 30)
        elif number % _SPARSE == 2:
            changes.append(zeros)
            path.write_bytes(zeros(sample.read_bytes(), chance))
        return f"{sample.parent.name}/{sample.name}, {' '.join(change.__name__ for change in changes)}"

    def read(self, number: int, path: Path) -> None:
        """Import it."""
        recording = self._folder / "a.zvz" if number % 20 == 0 else None
        result = import_files([path], recording, force=True)
        json.dumps(result)
        assert result["captures"]
        for made in result["recordings"] if recording else ():
            assert verify(Path(made["file"]))["sound"], "the recording is not sound"
