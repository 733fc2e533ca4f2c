"""A report in one archive: everything somebody else needs to understand the run and check it. It does not identify its sender."""

import hashlib
import io
import platform
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from zoneviz import __version__
from zoneviz.app import pictures
from zoneviz.app.info import header_of
from zoneviz.app.moments import END, PANIC, event_range, moment
from zoneviz.app.parts import cut
from zoneviz.app.privacy import anonymous, without_person
from zoneviz.app.spec import command, needs_file
from zoneviz.app.state import open_recording
from zoneviz.app.writing import keep, written
from zoneviz.exporters import find
from zoneviz.exporters.report import Facts, Picture
from zoneviz.exporters.report.curves import curves
from zoneviz.exporters.report.html import page
from zoneviz.exporters.report.text import letter
from zoneviz.playback import Player, shown
from zoneviz.playback.diagnosis import steps
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

    `at` and `span` are as in `app.moments`.
    """

    note: str = ""
    at: str | None = None
    recording: str = WHOLE
    span: str | None = None
    pictures: bool = True
    zones: bool = True


def report(
    path: Path, output: Path, contents: Contents, paint: pictures.Paint | None, *, force: bool = False, tell: Tell = lambda words: None
) -> dict[str, Any]:
    """Write the archive: `file`, `size` in bytes, `files` in it with their sizes. `tell` is called with the name of each step.

    Errors: UsageError for an invalid moment or range, or an output that exists; InputError if the recording is damaged;
    EnvironmentProblem if the archive cannot be written or a picture not painted. A failed report leaves no output.
    """
    with open_recording(path) as recording:
        header = without_person(recording.header)
        event_range(recording, contents.span)  # both are checked before any work
        moment(recording, END if contents.at is None else contents.at)
    keep(path, output)
    with written(output, force) as out, tempfile.TemporaryDirectory(prefix="zoneviz-") as name:
        folder = Path(name)
        tell("copying the recording")
        clean = folder / "recording.zvz"
        cleaned(path, clean, header)
        files = dict(_made(clean, folder, contents, paint, tell))
        tell("writing the archive")
        _zip(out, files)
    return {"file": str(output), "size": output.stat().st_size if output.is_file() else 0, "files": {n: len(d) for n, d in files.items()}}


def _zip(out: BinaryIO, files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(out, "w") as archive:
        for inner, data in files.items():
            entry = zipfile.ZipInfo(inner, _EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if inner.endswith((".zst", ".png")) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)


def _made(clean: Path, folder: Path, contents: Contents, paint: pictures.Paint | None, tell: Tell) -> Iterator[tuple[str, bytes]]:
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
            about["zones.csv"] = f"the {recording.header.zone_noun}s after event {at:,}"
        shots = _pictures(recording, folder, at, paint, tell) if contents.pictures and paint is not None else []
        for picture in shots:
            about[f"pictures/{picture.name}.png"] = picture.title
        tell("looking for the cause")
        facts = _facts(recording, at, contents, about, shots)
    yield "report.html", page(facts).encode()
    yield "report.txt", letter(facts).encode()
    for picture in shots:
        yield f"pictures/{picture.name}.png", picture.light
        yield f"pictures/{picture.name}-dark.png", picture.dark
    if contents.zones:
        yield "zones.csv", zones.getvalue()
    if packed:
        yield "recording.zvz.zst", packed


def _default(recording: Recording) -> int:
    return moment(recording, PANIC if Player(recording).panic_seq() is not None else END)


def _facts(recording: Recording, at: int, contents: Contents, about: dict[str, str], shots: list[Picture]) -> Facts:
    player = Player(recording)
    work = steps(player, at)
    while True:
        try:
            next(work)
        except StopIteration as end:
            diagnosis = end.value
            break
    by_time = recording.header.time_kind == "ns" and recording.last_time > 0
    return Facts(
        header_of(recording),
        shown.machine(player.seek(at), recording.header),
        diagnosis,
        curves(recording, by_time),
        by_time,
        anonymous(command(recording.header) or needs_file(recording.header)),
        contents.note,
        {"zoneviz": __version__, "Python": platform.python_version(), "system": f"{sys.platform} {platform.machine()}"},
        about,
        shots,
    )


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
    out = []
    for name, title in zip(PICTURES, titles(recording.header), strict=True):
        tell(f"painting {title[0].lower()}{title[1:]}")
        data = []
        for theme in pictures.THEMES:
            png = folder / f"{name}-{theme}.png"
            paint(pictures.Shot(recording.path, png, name, str(at), theme=theme, width=1200, height=700))
            data.append(png.read_bytes())
        out.append(Picture(name, title, *data))
    return out
