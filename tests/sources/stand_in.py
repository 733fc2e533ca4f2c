"""Commands of other systems for tests: scripts that print what the real ones printed."""

import shlex
import shutil
from pathlib import Path

import pytest

CAPTURES = Path(__file__).parents[1] / "importers/captures"


class StandIns:
    """A folder that is all of PATH. `timeout`: seconds, short for commands that hang."""

    timeout = 30.0

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        folder.mkdir()
        monkeypatch.setenv("PATH", str(folder))

    def script(self, name: str, body: str) -> None:
        """A command that runs `body` in a shell."""
        (self.folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (self.folder / name).chmod(0o755)

    def prints(self, name: str, text: str, argument: str = "") -> None:
        """A command that prints `text`; with `argument`, only if that is its first one, else what it printed before."""
        stored = self.folder / f"{name}.{len(list(self.folder.iterdir()))}.txt"
        stored.write_text(text)
        before = (self.folder / name).read_text().removeprefix("#!/bin/sh\n") if (self.folder / name).exists() else ""
        show = f"exec {shutil.which('cat', path='/bin:/usr/bin')} {shlex.quote(str(stored))}"
        self.script(name, f'if [ "$1" = {shlex.quote(argument)} ]; then {show}; fi\n{before}' if argument else show)
