"""Collapsed stacks of live bytes, as flame graph tools read them: one line `task;frame;frame;[zone] bytes` per stack."""

from collections.abc import Sequence
from typing import BinaryIO

from zoneviz.exporters import Exporter
from zoneviz.playback.tables import Part
from zoneviz.playback.weights import WORDS, by_path
from zoneviz.words import plain


def line(frames: Sequence[str], figures: Sequence[int]) -> str:
    """A line: frames, outermost first, and one figure, or two for a difference."""
    stack = ";".join(plain(frame).replace(";", ",") for frame in frames)
    return " ".join([stack, *map(str, figures)]) + "\n"


def _write(view: str, part: Part, out: BinaryIO) -> None:
    for frames, size in by_path(part.state(), part.match):
        out.write(line(frames, [size]).encode())


EXPORTER = Exporter("stacks", ".txt", "collapsed stacks of live bytes by call path, for flame graphs", _write, moment=True, words=WORDS)
