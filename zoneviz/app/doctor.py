"""Checks of this machine: each thing zoneviz needs or can use, whether it is there, and how to get it."""

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from zoneviz import words
from zoneviz.app.spec import recordings_folder
from zoneviz.mach.tape import COMPILED
from zoneviz.probe import no_display, qt_fails
from zoneviz.recording import sqlite_version

SQLITE = (3, 35)
"""Oldest SQLite known to work: VACUUM INTO needs 3.27, the ALTER TABLE that sqlite-utils uses needs 3.35."""
PACKAGES = ("PySide6-Essentials", "pyqtgraph", "numpy", "sqlite-utils", "zstandard", "typer", "rich", "platformdirs", "pillow")
LIBRARIES = {
    "libEGL.so.1": "libegl1", "libGL.so.1": "libgl1", "libglib-2.0.so.0": "libglib2.0-0", "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3", "libfontconfig.so.1": "libfontconfig1",
}  # fmt: skip
"""Libraries that Qt needs to paint, and Debian's packages of them."""
WINDOW_LIBRARIES = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0", "libxcb-cursor.so.0": "libxcb-cursor0", "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0", "libxcb-keysyms.so.1": "libxcb-keysyms1", "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-xkb.so.1": "libxcb-xkb1", "libxcb-shape.so.0": "libxcb-shape0",
}  # fmt: skip
"""Further libraries for a window on X11."""
EXTRAS = (
    ("pyarrow", "parquet", "export --to parquet"),
    ("pandas", "pandas", "pandas data frames in Python"),
    ("polars", "polars", "polars data frames in Python"),
    ("distributed", "cluster", "sweep --cluster"),
)
"""Optional packages: name, the extra that installs it, what it is for."""
_ROOM = 1 << 28


@dataclass(frozen=True, slots=True)
class Check:
    """One result. `needed`: required, not optional. `remedy`: what to do, "" if ok."""

    what: str
    ok: bool
    found: str
    remedy: str = ""
    needed: bool = True

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def doctor() -> list[Check]:
    """All checks, each after those it depends on. Takes about a second, because Qt is started twice."""
    return [*_programs(), *_libraries(), *_screen(), *_folders(), *_extras()]


def _programs() -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Check("Python", sys.version_info >= (3, 11), version, "" if sys.version_info >= (3, 11) else "install Python 3.11 or newer")
    sqlite = tuple(int(part) for part in sqlite_version().split("."))
    least = ".".join(map(str, SQLITE))
    yield Check("SQLite", sqlite >= SQLITE, sqlite_version(), "" if sqlite >= SQLITE else f"use a Python with SQLite {least} or newer")
    remedy = (
        ""
        if COMPILED
        else "it works; `make compiled` in a checkout, or pip install with a C compiler, makes simulating 2.4 to 3.4 times as fast"
    )
    yield Check("simulated kernel", COMPILED, "compiled" if COMPILED else "interpreted", remedy, needed=False)
    for name in PACKAGES:
        found = _version(name)
        yield Check(f"package {name}", bool(found), found or "missing", "" if found else f"pip install {name}")


def _libraries() -> Iterator[Check]:
    if not sys.platform.startswith("linux"):
        return
    for what, table, needed in (("libraries for painting", LIBRARIES, True), ("libraries for a window on X11", WINDOW_LIBRARIES, False)):
        missing = {library: package for library, package in table.items() if not _loads(library)}
        remedy = f"apt-get install {' '.join(missing.values())}" if missing else ""
        yield Check(what, not missing, ", ".join(missing) + " missing" if missing else f"all {len(table)}", remedy, needed)


def _screen() -> Iterator[Check]:
    fonts = _fonts()
    said = f"{words.number(fonts)} files" if fonts else "none"
    yield Check("fonts", bool(fonts), said, "" if fonts else "apt-get install fonts-dejavu-core")
    problem = qt_fails("It cannot", QT_QPA_PLATFORM="offscreen")
    yield Check("painting without a screen", problem is None, problem or "works", "" if problem is None else "see the libraries above")
    if no_display():
        yield Check("display", False, "none", "set DISPLAY or WAYLAND_DISPLAY for a window; everything else works without", needed=False)
        return
    problem = qt_fails("It cannot")
    yield Check("opening a window", problem is None, problem or "works", "" if problem is None else "see the libraries above", needed=False)


def _folders() -> Iterator[Check]:
    for what, folder in (("recordings folder", recordings_folder()), ("temporary folder", Path(tempfile.gettempdir()))):
        there = next((place for place in (folder, *folder.parents) if place.exists()), folder)
        try:
            free = shutil.disk_usage(there).free
            able = os.access(there, os.W_OK)
        except OSError as error:
            yield Check(what, False, f"{folder}: {error.strerror}", "make it readable")
            continue
        ok = able and free >= _ROOM
        sentence = f"{folder}, {words.size(free)} free" if able else f"{folder} is not writable"
        remedy = "" if ok else "make it writable for you" if not able else "free some space"
        yield Check(what, ok, sentence, remedy)


def _extras() -> Iterator[Check]:
    for package, extra, use in EXTRAS:
        found = _version(package)
        remedy = "" if found else f"pip install 'zoneviz[{extra}]', for {use}"
        yield Check(f"package {package}", bool(found), found or "missing", remedy, needed=False)
    ffmpeg = shutil.which("ffmpeg")
    yield Check(
        "ffmpeg", ffmpeg is not None, ffmpeg or "missing", "" if ffmpeg else "apt-get install ffmpeg, for films as MP4", needed=False
    )


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _fonts() -> int:
    """Number of font files in fontconfig's folders; only whether it is 0 matters."""
    home = Path.home()
    folders = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".fonts", home / ".local/share/fonts"]
    if not sys.platform.startswith("linux"):
        folders = [Path("/System/Library/Fonts"), Path("/Library/Fonts"), Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"]
    return sum(1 for folder in folders if folder.is_dir() for path in folder.rglob("*") if path.suffix.lower() in (".ttf", ".otf", ".ttc"))
