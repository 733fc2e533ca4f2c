"""Texts in every wrapping: encodings, line ends, mail marks, consoles, Markdown, chats; and long or binary ones."""

import gzip
import io
import tracemalloc

import pytest

from zoneviz.captures import text as texts
from zoneviz.captures.files import pasted
from zoneviz.captures.text import HEAD, Line, Text, clean
from zoneviz.captures.unpacking import Unpacked
from zoneviz.errors import InputError


def text_of(data: bytes) -> Text:
    return Text(Unpacked(io.BytesIO(data), "a.txt", len(data)))


def lines_of(data: bytes) -> list[str]:
    return [line.text for line in text_of(data).lines()]


@pytest.mark.parametrize(
    ("line", "body", "prefix"),
    [
        ("> > kalloc.16  16", "kalloc.16  16", "> > "),
        (">> kalloc.16", "kalloc.16", ">> "),
        ("[  178.555953] TCPv6  38", "TCPv6  38", "[  178.555953] "),
        ("Jul 10 01:18:15 host kernel: [  178.5] TCPv6", "TCPv6", "Jul 10 01:18:15 host kernel: [  178.5] "),
        ("<nick> dentry 12", "dentry 12", "<nick> "),
        ("[10:45] <@nick> dentry 12", "dentry 12", "[10:45] <@nick> "),
        ("\x1b[1mdentry\x1b[0m 12\x07", "dentry 12", ""),
        ("**19 GB**   ", "19 GB", ""),
        ("| `a` | **19 GB** | 0 B |", "a  19 GB  0 B", ""),
        ("|------|------|", "", ""),
        ("```text", "", ""),
        ("gfp_flags=GFP_KERNEL|__GFP_ZERO", "gfp_flags=GFP_KERNEL|__GFP_ZERO", ""),
        ("          <idle>-0     [000]   4666.6: kmalloc: x", "          <idle>-0     [000]   4666.6: kmalloc: x", ""),
        ("[10:45:48] Top 5 stacks", "[10:45:48] Top 5 stacks", ""),
    ],
)
def test_a_line_without_its_wrapping(line: str, body: str, prefix: str) -> None:
    assert clean(line) == (body, prefix)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_line_ends_and_encodings(end: str, encoding: str) -> None:
    assert lines_of(end.join(["one", "zwölf", "", "> last"]).encode(encoding)) == ["one", "zwölf", "", "last"]


def test_lines_are_numbered_across_blocks() -> None:
    data = b"".join(b"> line %d\r\n" % i if i % 1000 == 0 else b"line %d\r\n" % i for i in range(200_000))
    lines = list(text_of(data).lines())
    assert lines[100_000] == Line(100_001, "line 100000", "> ") and lines[-1] == Line(200_000, "line 199999", "")


def test_quoted_printable_is_undone() -> None:
    data = b"Content-Transfer-Encoding: quoted-printable\n\nkalloc.16=20 16 17320K =\n19951K a=3Db\n"
    assert lines_of(data)[2] == "kalloc.16  16 17320K 19951K a=b"


def test_the_tail_of_a_long_line_is_dropped() -> None:
    assert [len(line) for line in lines_of(b"a" * 300_000 + b"\nb\n")] == [texts.LINE_LIMIT, 1]
    assert [len(line) for line in lines_of(b"a" * 3_000_000 + b"\nb\n")][-1] == 1


@pytest.mark.parametrize("data", [bytes(5000), b"MZ" + bytes(range(256)) * 20 + bytes(9000)])
def test_binary_data_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="is binary, not text"):
        list(text_of(data).lines())


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(InputError, match="is empty"):
        text_of(b"")


def test_a_whole_text_has_a_limit() -> None:
    assert text_of(b"a line\r\nand another, with a \0 in it").whole() == "a line\nand another, with a \0 in it"
    with pytest.raises(InputError, match="longer than 16 MiB"):
        text_of(gzip.compress(b"a line of a report\n" * (1 << 20))).whole()


def test_windows_show_what_lies_further_down() -> None:
    text = text_of(b"nothing here\n" * 200_000 + b"[ 12.5] Unreclaimable slab info:\n")
    windows = list(text.windows())
    assert len(windows) > 2 and windows[-1].endswith("\nUnreclaimable slab info:\n")
    assert sum(1 for _ in text.lines()) == 200_001


@pytest.mark.parametrize(("line", "size"), [(b"\n", 1 << 17), (b"> a line of a mail, quoted |\n", 1 << 22), (b"a" * 70_000, 1 << 25)])
def test_memory_is_flat(line: bytes, size: int) -> None:
    packed = gzip.compress(line * (size // len(line)))
    tracemalloc.start()
    try:
        text = text_of(packed)
        for _ in text.windows():
            pass
        for _ in text.lines():
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64 << 20


def test_zeros_behind_a_text_are_refused_where_they_begin() -> None:
    with pytest.raises(InputError, match="from byte 5,000 on"):
        lines_of(b"a row\n" * 833 + b"a\n" + bytes(1 << 18))
    assert lines_of(b"a row\n" * 833 + bytes(5000) + b"\nb") == ["a row"] * 833 + ["", "b"]


def test_later_windows_have_no_endless_blanks() -> None:
    text = pasted("x\n" * HEAD + " " * (2 * HEAD) + "y")
    assert max(len(window) for window in list(text.windows())[2:]) < HEAD // 2
