"""Films of the moment moving through a recording, painted by the window's views: `zoneviz film`."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image
from PySide6.QtGui import QImage

from zoneviz.app.moments import event_range
from zoneviz.app.pictures import Film
from zoneviz.app.state import open_recording
from zoneviz.app.writing import written
from zoneviz.errors import EnvironmentProblem
from zoneviz.gui.pictures.shots import Stage, named, stage
from zoneviz.recording import Recording

Tell = Callable[[int, int], object]
_COLOURS = 255
_LINGER = 1.5
"""Duration of the last picture, in seconds."""


def film(wanted: Film, tell: Tell = lambda done, of: None) -> dict[str, Any]:
    """Paint and write a film; returns what `app.pictures.Shoot` describes. `tell(done, of)`: after each picture.

    Errors: those of `shots.stage`; EnvironmentProblem if it cannot be written, or for an MP4 without ffmpeg.
    """
    wanted.check()
    ending = wanted.output.suffix.lower()
    write = {".gif": _gif, ".mp4": _mp4}.get(ending, _apng)
    ffmpeg = shutil.which("ffmpeg")
    if write is _mp4 and ffmpeg is None:
        raise EnvironmentProblem("An MP4 needs ffmpeg, which is not installed. Install it, or write a .gif or .apng.")
    with open_recording(wanted.file) as recording:
        moments = _moments(recording, wanted)
    with stage(wanted) as shown, written(wanted.output, wanted.force) as out:
        write(_pictures(shown, wanted, moments, tell), wanted, out)
        size = shown.figure(wanted.caption).size() * wanted.scale
    return {
        "file": str(wanted.output),
        "view": named(wanted.view),
        "first": moments[0],
        "last": moments[-1],
        "width": size.width(),
        "height": size.height(),
        "pictures": len(moments),
        "bytes": wanted.output.stat().st_size,
    }


def _moments(recording: Recording, wanted: Film) -> list[int]:
    """The event of each picture, evenly spaced in simulated time, or in events if the recording has no times."""
    first, last = event_range(recording, wanted.span)
    count = max(round(wanted.seconds * wanted.rate), 2)
    if recording.header.time_kind == "ns" and recording.last_time:
        low, high = (int(recording.events(seq, seq)[0, 2]) for seq in (first, last))
        if high > low:
            return [*(max(recording.seq_at(low + (high - low) * i // (count - 1)), first) for i in range(count - 1)), last]
    return [first + (last - first) * i // (count - 1) for i in range(count)]


def _pictures(shown: Stage, wanted: Film, moments: list[int], tell: Tell) -> Iterator[Image.Image]:
    for done, seq in enumerate(moments, 1):
        shown.session.ask_moment(seq)
        shown.settle()
        yield _picture(shown.figure(wanted.caption).image(wanted.scale))
        tell(done, len(moments))


def _picture(image: QImage) -> Image.Image:
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    size = (plain.width(), plain.height())
    return Image.frombytes("RGB", size, bytes(plain.constBits()), "raw", "RGB", plain.bytesPerLine())


def _durations(wanted: Film) -> list[int]:
    count = max(round(wanted.seconds * wanted.rate), 2)
    return [*[round(1000 / wanted.rate)] * (count - 1), round(1000 * _LINGER)]


def _gif(pictures: Iterator[Image.Image], wanted: Film, out: BinaryIO) -> None:
    """Each picture gets a separate palette: the first one does not have the colours of the others."""
    few = (picture.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE) for picture in pictures)
    first = next(few)
    first.save(out, "GIF", save_all=True, append_images=few, duration=_durations(wanted), loop=0, optimize=False)


def _apng(pictures: Iterator[Image.Image], wanted: Film, out: BinaryIO) -> None:
    first, *rest = pictures  # Pillow iterates twice
    first.save(out, "PNG", save_all=True, append_images=rest, duration=_durations(wanted), loop=0)


def _mp4(pictures: Iterator[Image.Image], wanted: Film, out: BinaryIO) -> None:
    """Let ffmpeg write a temporary file: it seeks, so it cannot write to a stream."""
    with tempfile.TemporaryDirectory(prefix="zoneviz-") as folder:
        made = Path(folder) / "film.mp4"
        first = next(pictures)
        command = [
            "ffmpeg", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{first.width}x{first.height}",
            "-r", f"{wanted.rate}", "-i", "-", "-vf", f"pad=ceil(iw/2)*2:ceil(ih/2)*2,tpad=stop_mode=clone:stop_duration={_LINGER}",
            "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(made),
        ]  # fmt: skip
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdin is not None and process.stderr is not None
            try:
                for picture in chain([first], pictures):
                    process.stdin.write(picture.tobytes())
                process.stdin.close()
            except BrokenPipeError:
                pass
            words = process.stderr.read().decode("utf-8", "replace").strip().splitlines()
        if process.returncode or not made.exists():
            raise EnvironmentProblem(f"ffmpeg could not make the film: {words[-1] if words else process.returncode}.")
        with made.open("rb") as done:
            shutil.copyfileobj(done, out)
