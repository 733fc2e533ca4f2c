"""Where a user's own scenarios are: which file made a run is known on this machine only, because a recording names no path.

A file counts only while its content is the one that made the run.
"""

import json
import os
from contextlib import suppress
from pathlib import Path

from zoneviz.app.model import model_version
from zoneviz.app.spec import command, needs_file, recordings_folder
from zoneviz.recording.header import Header

MOST = 1000
"""Files that are remembered, at most; the newest ones."""


def remember(file: Path) -> None:
    """Remember a scenario file that is run. Where that is impossible, commands will say that the file is needed."""
    model = model_version(file)
    known = _known()
    if not model or known.get(model) == str(file.resolve()):
        return
    known.pop(model, None)
    kept = dict([*known.items(), (model, str(file.resolve()))][-MOST:])
    with suppress(OSError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        part = _file().with_suffix(".part")
        part.write_text(json.dumps(kept, indent=1) + "\n", encoding="ascii")
        os.replace(part, _file())


def where(model: str) -> Path | None:
    """The file of the scenario in a recording's `model`; None if it is unknown, gone or changed. The file is read, never run."""
    found = _known().get(model) if "+" in model else None
    return Path(found) if found is not None and Path(found).is_file() and model_version(Path(found)) == model else None


def _file() -> Path:
    return recordings_folder().parent / "scenario-files.json"


def _known() -> dict[str, str]:
    """Paths by model; empty if there is no such file, or it holds something else: it is rebuilt by running."""
    try:
        found = json.loads(_file().read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return {k: v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}


def reproduce(header: Header) -> tuple[str, str]:
    """(command that makes the same run, sentence in its place if its scenario file is needed); both empty for other recordings."""
    file = where(header.model)
    return command(header, file), "" if file is not None else needs_file(header)
