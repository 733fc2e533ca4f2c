"""A report in one archive: what a stranger needs to read what happened, and to check it. It holds nothing that identifies the person."""

import hashlib
import io
import platform
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoneviz import __version__
from zoneviz.app import pictures
from zoneviz.app.export import stretch
from zoneviz.app.info import told
from zoneviz.app.parts import cut
from zoneviz.app.privacy import anonymous, without_person
from zoneviz.app.spec import command
from zoneviz.app.state import END, PANIC, moment, open_recording
from zoneviz.app.writing import written
from zoneviz.exporters import find
from zoneviz.exporters.report import Facts, Picture
from zoneviz.exporters.report.curves import curves
from zoneviz.exporters.report.html import page
from zoneviz.exporters.report.text import letter
from zoneviz.playback import Player
from zoneviz.playback.diagnosis import steps
from zoneviz.playback.tables import Part
from zoneviz.recording import Recording, pack
from zoneviz.recording.cleaning import cleaned

WHOLE, PART, NONE = "whole", "part", "none"
PICTURES = {"timeline": "The timeline", "zone-map-pages": "The pages of the zone map", "zone-heatmap": "What each zone took and when"}
"""Views that are painted, and what they are called."""
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first time a zip archive knows; files do not say when they were made

Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes in. `at`: the moment, None the panic or the end; `recording`: WHOLE, NONE, or PART: the range `span`, "A:B"."""

    note: str = ""
    at: str | None = None
    recording: str = WHOLE
    span: str | None = None
    pictures: bool = True
    zones: bool = True


def report(
    path: Path, output: Path, contents: Contents, paint: pictures.Paint | None, *, force: bool = False, tell: Tell = lambda words: None
) -> dict[str, Any]:
    """Write the archive: `file`, `size` in bytes, `files` in it. `tell` hears what is being done.

    Errors: UsageError for a moment or range that is none and an output that exists; InputError if the recording is damaged;
    EnvironmentProblem if it cannot be written or painted. No output is then left.
    """
    with tempfile.TemporaryDirectory(prefix="zoneviz-") as name:
        folder = Path(name)
        tell("copying the recording")
        with open_recording(path) as recording:
            header = without_person(recording.header)
            if contents.span is not None:
                stretch(recording, contents.span)
        clean = folder / "recording.zvz"
        cleaned(path, clean, header)
        files = dict(_made(clean, folder, contents, paint, tell))
        tell("writing the archive")
        with written(output, force) as out, zipfile.ZipFile(out, "w") as archive:
            for inner, data in files.items():
                entry = zipfile.ZipInfo(inner, _EPOCH)
                entry.create_system, entry.external_attr = 3, 0o644 << 16
                entry.compress_type = zipfile.ZIP_STORED if inner.endswith((".zst", ".png")) else zipfile.ZIP_DEFLATED
                archive.writestr(entry, data)
    return {"file": str(output), "size": output.stat().st_size if output.is_file() else 0, "files": {n: len(d) for n, d in files.items()}}


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
            about["zones.csv"] = f"the zones after event {at:,}"
        shots = _pictures(clean, folder, at, paint, tell) if contents.pictures and paint is not None else []
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
        told(recording),
        player.seek(at).machine(),
        diagnosis,
        curves(recording, by_time),
        by_time,
        anonymous(command(recording.header)),
        contents.note,
        {"zoneviz": __version__, "Python": platform.python_version(), "system": f"{sys.platform} {platform.machine()}"},
        about,
        shots,
    )


def _packed(clean: Path, folder: Path, contents: Contents) -> bytes:
    source = clean
    if contents.recording == PART:
        with open_recording(clean) as recording:
            first, last = stretch(recording, contents.span)
        source = folder / "part.zvz"
        cut(clean, str(first), str(last), source)
    pack(source, folder / "packed.zst")
    return (folder / "packed.zst").read_bytes()


def _pictures(clean: Path, folder: Path, at: int, paint: pictures.Paint, tell: Tell) -> list[Picture]:
    out = []
    for name, title in PICTURES.items():
        tell(f"painting {title[0].lower()}{title[1:]}")
        data = []
        for theme in pictures.THEMES:
            png = folder / f"{name}-{theme}.png"
            paint(pictures.Shot(clean, png, name, str(at), theme=theme, width=1200, height=700))
            data.append(png.read_bytes())
        out.append(Picture(name, title, *data))
    return out
