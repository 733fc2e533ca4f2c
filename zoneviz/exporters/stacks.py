"""Collapsed stacks of live bytes, as flame graph tools read them: one line `task;frame;frame;[zone] bytes` per stack."""

from typing import BinaryIO

from zoneviz.exporters import Exporter
from zoneviz.playback.tables import Part
from zoneviz.playback.weights import WORDS, by_path
from zoneviz.words import plain


def _write(view: str, part: Part, out: BinaryIO) -> None:
    for frames, size in by_path(part.state(), part.match):
        stack = ";".join(plain(frame).replace(";", ",") for frame in frames)
        out.write(f"{stack} {size}\n".encode())


EXPORTER = Exporter("stacks", ".txt", "collapsed stacks of live bytes by call path, for flame graphs", _write, moment=True, words=WORDS)
