"""The version of the simulated kernel, recorded with each run: only events of the same model can be compared."""

import hashlib
from functools import cache
from pathlib import Path

import zoneviz

PARTS = ("mach", "hurd", "scenarios", "events.py")
"""The packages and files that decide which events a run has."""


def model_version(own: Path | None = None) -> str:
    """A short hash of the sources that decide which events a run has, and after a + that of the user's own scenario file.

    Empty if a source cannot be read.
    """
    try:
        text = "" if own is None else "+" + _digest([own], own.parent)
        return _shipped() + text
    except OSError:
        return ""


@cache
def _shipped() -> str:
    root = Path(zoneviz.__file__).parent
    found = (path for part in PARTS for path in ((root / part).rglob("*.py") if (root / part).is_dir() else [root / part]))
    return _digest(sorted(found), root)


def _digest(paths: list[Path], root: Path) -> str:
    found = hashlib.blake2b(digest_size=6)
    for path in paths:
        # As text: a checkout with other line endings is the same model.
        text = path.read_text(encoding="utf-8", errors="replace").encode()
        found.update(f"{path.relative_to(root).as_posix()}\0{len(text)}\0".encode() + text)
    return found.hexdigest() if paths else ""
