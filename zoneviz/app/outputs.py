"""Names of the recordings that one import makes."""

import os
import re
from pathlib import Path

from zoneviz.app.writing import keep
from zoneviz.errors import UsageError

_SUFFIX = ".zvz"


class Outputs:
    """Gives names below `output`: NAME, NAME-2, NAME-3 for a file; in a folder, the names of the sources.

    `sources`: files that must not be overwritten. `force`: existing files are replaced.
    Errors: UsageError if `output` is one of the sources.
    """

    def __init__(self, output: Path, sources: list[Path], force: bool) -> None:
        self.force = force
        self._output, self._sources = output, sources
        self._used: set[Path] = set()
        self._keep_sources(output)

    def one(self, source: str) -> Path:
        """A new name for what was read from `source`. Errors: UsageError if the file exists and is not to be replaced."""
        first, number = self._first(source), 1
        path = first
        while path in self._used:
            number += 1
            path = first.with_name(f"{first.stem}-{number}{first.suffix}")
        self._keep_sources(path)
        if path.exists() and not self.force:
            raise UsageError(f"{path} exists already; use --force to replace it.")
        self._used.add(path)
        return path

    def all(self, sources: list[str]) -> list[Path]:
        """A name for each; checked before anything is written. Errors: as `one`."""
        return [self.one(source) for source in sources]

    def _keep_sources(self, path: Path) -> None:
        for known in self._sources:
            if os.path.isfile(known):
                keep(known, path)

    def _first(self, source: str) -> Path:
        if not self._output.is_dir():
            return self._output
        stem = re.sub(r"[^\w.+-]+", "-", Path(source).stem).strip("-.")[:80] or "capture"
        return self._output / f"{stem}{_SUFFIX}"
