"""A report in one archive: everything somebody else needs to understand the run and check it. It does not identify its sender."""

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from zoneviz import words
from zoneviz.app import notes, pictures
from zoneviz.app.moments import END, PANIC, event_range, moment
from zoneviz.app.parts import cut
from zoneviz.app.privacy import without_person
from zoneviz.app.report_facts import Asked, facts, tried
from zoneviz.app.state import open_recording
from zoneviz.app.whatif import triable
from zoneviz.app.writing import keep, written
from zoneviz.errors import UsageError
from zoneviz.exporters import find
from zoneviz.exporters.report import Picture, Tried
from zoneviz.exporters.report.html import page
from zoneviz.exporters.report.text import letter
from zoneviz.playback import Player
from zoneviz.playback.tables import Part
from zoneviz.recording import Header, Recording, pack
from zoneviz.recording.cleaning import cleaned

WHOLE, PART, NONE = "whole", "part", "none"
PICTURES = ("timeline", "zone-map-pages", "zone-heatmap")
"""Views in the report."""
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip archive can hold; the report does not say when it was made

Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Contents:
    """What to include. `at`: the moment (None: the panic, else the end). `recording`: WHOLE, NONE, or PART, the range `span`.

    `at` and `span` are as in `app.moments`. `notes`: the user's notes on the recording; `what_if`: what each limit would have done.
    """

    note: str = ""
    at: str | None = None
    recording: str = WHOLE
    span: str | None = None
    pictures: bool = True
    zones: bool = True
    notes: bool = True
    what_if: bool = False


def report(
    path: Path, output: Path, contents: Contents, paint: pictures.Paint | None, *, force: bool = False, tell: Tell = lambda words: None
) -> dict[str, Any]:
    """Write the archive: `file`, `size` in bytes, `files` in it with their sizes. `tell` is called with the name of each step.

    Errors: UsageError for an invalid moment or range, limits that cannot be tried, or an output that exists; InputError if the recording
    is damaged or its notes cannot be read; EnvironmentProblem if the archive cannot be written or a picture not painted. All that can be
    known before the work is raised before it. A failed report leaves no output.
    """
    with open_recording(path) as recording:
        header = without_person(recording.header)
        event_range(recording, contents.span)  # both are checked before any work
        moment(recording, END if contents.at is None else contents.at)
        if contents.what_if and not triable(recording.header):
            raise UsageError(f"{path} cannot be run again with a limit: leave out --what-if. Only whole runs of zoneviz's scenarios can.")
        remarks = notes.read(notes.file_of(recording)) if contents.notes else []
    keep(path, output)
    with written(output, force) as out, tempfile.TemporaryDirectory(prefix="zoneviz-") as name:
        folder = Path(name)
        limits = tried(path, tell) if contents.what_if else []
        tell("copying the recording")
        clean = folder / "recording.zvz"
        cleaned(path, clean, header)
        made = dict(_made(clean, folder, contents, remarks, limits, paint, tell))
        tell("writing the archive")
        _zip(out, made)
    return {"file": str(output), "size": output.stat().st_size if output.is_file() else 0, "files": {n: len(d) for n, d in made.items()}}


def _zip(out: BinaryIO, files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(out, "w") as archive:
        for inner, data in files.items():
            entry = zipfile.ZipInfo(inner, _EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if inner.endswith((".zst", ".png")) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)


def _made(
    clean: Path,
    folder: Path,
    contents: Contents,
    remarks: list[notes.Note],
    limits: list[Tried],
    paint: pictures.Paint | None,
    tell: Tell,
) -> Iterator[tuple[str, bytes]]:
    about: dict[str, str] = {}
    packed = b""
    if contents.recording != NONE:
        tell("packing the recording")
        packed = _packed(clean, folder, contents)
        about["recording.zvz.zst"] = f"the recording; zoneviz opens it as it is; SHA-256 {hashlib.sha256(packed).hexdigest()}"
    with open_recording(clean) as recording:
        at = moment(recording, contents.at) if contents.at is not None else _default(recording)
        zones = io.BytesIO()
        find("csv").write("zones", Part(recording, at, 1, at), zones)
        if contents.zones:
            about["zones.csv"] = f"the {recording.header.zone_noun}s after event {words.number(at)}"
        shots = _pictures(recording, folder, at, paint, tell) if contents.pictures and paint is not None else []
        for picture in shots:
            about[f"pictures/{picture.name}.png"] = picture.title
        tell("looking for the cause")
        found = facts(recording, Asked(at, contents.note, remarks, limits, about, shots))
    yield "report.html", page(found).encode()
    yield "report.txt", letter(found).encode()
    for picture in shots:
        yield f"pictures/{picture.name}.png", picture.light
        yield f"pictures/{picture.name}-dark.png", picture.dark
    if contents.zones:
        yield "zones.csv", zones.getvalue()
    if packed:
        yield "recording.zvz.zst", packed


def _default(recording: Recording) -> int:
    return moment(recording, PANIC if Player(recording).panic_seq() is not None else END)


def _packed(clean: Path, folder: Path, contents: Contents) -> bytes:
    source = clean
    if contents.recording == PART:
        with open_recording(clean) as recording:
            first, last = event_range(recording, contents.span)
        source = folder / "part.zvz"
        cut(clean, str(first), str(last), source)
    pack(source, folder / "packed.zst")
    return (folder / "packed.zst").read_bytes()


def titles(header: Header) -> list[str]:
    """The titles of PICTURES."""
    of = "the zone map" if "maps" in header.shows else f"the {header.zone_noun}s"
    return ["The timeline", f"The pages of {of}", f"What each {header.zone_noun} allocated and when"]


def _pictures(recording: Recording, folder: Path, at: int, paint: pictures.Paint, tell: Tell) -> list[Picture]:
    out, header = [], recording.header
    # The page draws the first, and of a zone map also the second.
    drawn = [True, "maps" in header.shows, False]
    for name, title, own in zip(PICTURES, titles(header), drawn, strict=True):
        if name == "zone-map-pages" and header.of_readings:
            continue  # readings have no pages
        tell(f"painting {title[0].lower()}{title[1:]}")
        data = []
        for theme in pictures.THEMES:
            png = folder / f"{name}-{theme}.png"
            paint(pictures.Shot(recording.path, png, name, str(at), theme=theme, width=1200, height=700, plain=True))
            data.append(png.read_bytes())
        out.append(Picture(name, title, data[0], data[1], own))
    return out
