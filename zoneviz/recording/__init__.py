"""Recordings: one SQLite file with every event, samples and checkpoints. The only package that uses SQLite.

`Recorder` writes one, `Recording` reads one. docs/recording-format.md describes the file.
"""

from zoneviz.recording.header import Header
from zoneviz.recording.keeping import Past
from zoneviz.recording.packing import pack, unpack
from zoneviz.recording.reader import Recording
from zoneviz.recording.recorder import Recorder
from zoneviz.recording.salvage import Salvaged, salvage
from zoneviz.recording.samples import Samples
from zoneviz.recording.schema import sqlite_version
from zoneviz.recording.stream import Batch, EventStream

__all__ = [
    "Batch",
    "EventStream",
    "Header",
    "Past",
    "Recorder",
    "Recording",
    "Salvaged",
    "Samples",
    "pack",
    "salvage",
    "sqlite_version",
    "unpack",
]
