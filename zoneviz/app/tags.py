"""Tags of recordings. They are in one file of the user, because a recording is evidence and is never written to.

A tag belongs to a path and to what was recorded there: it follows a recording that was moved or renamed, but a new recording at an old path
has no tags.
"""

import json
import os
from pathlib import Path

from zoneviz.app.spec import recordings_folder
from zoneviz.errors import EnvironmentProblem, InputError

MOST = 10_000
"""Upper bound of the recordings that have tags."""
LONGEST = 60
"""Characters of a tag, at most."""


def file() -> Path:
    """The file of all tags; it may not exist yet."""
    return recordings_folder().parent / "tags.json"


def parse(text: str) -> tuple[str, ...]:
    """The tags in what a user types, separated by commas or spaces, each once; a # before one is left out."""
    found = (word.lstrip("#")[:LONGEST] for word in text.replace(",", " ").split())
    return tuple(dict.fromkeys(word for word in found if word and word.isprintable()))


class Tags:
    """The tags of all recordings, read from `path`. Errors: InputError if it holds something else."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._of = self._read()
        """By path of the recording: its identity (`Head.identity`) and tags."""

    def _read(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        try:
            found = json.loads(self.path.read_bytes())["recordings"] if self.path.exists() else {}
            return {name: (str(entry["identity"]), parse(" ".join(entry["tags"]))) for name, entry in list(found.items())[:MOST]}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise InputError(f"The tags in {self.path} cannot be read. Remove the file to begin with none.") from None

    def of(self, recording: Path, identity: str) -> tuple[str, ...]:
        """The tags of a recording: those given to it here, or where it was before."""
        key, there = str(recording), self._of.get(str(recording))
        if there is not None:
            return there[1] if there[0] == identity else ()
        if not identity:
            return ()
        for name, (known, tags) in self._of.items():
            if known == identity and name != key and not Path(name).exists():
                return tags
        return ()

    def set(self, recording: Path, identity: str, tags: tuple[str, ...]) -> None:
        """Replace the tags of a recording, and write the file in one step.

        Errors: EnvironmentProblem if it cannot be written; InputError if it has become unreadable.
        """
        # Another window may have written it.
        of = {name: entry for name, entry in self._read().items() if name != str(recording)}
        for name in [name for name, entry in of.items() if entry[0] == identity and not Path(name).exists()]:
            del of[name]  # where it was before
        if tags:
            of[str(recording)] = identity, tags
        content = {"recordings": {name: {"identity": known, "tags": list(given)} for name, (known, given) in of.items()}}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            part = self.path.with_suffix(".part")
            part.write_text(json.dumps(content, indent=1) + "\n", encoding="ascii")
            os.replace(part, self.path)
        except OSError as error:
            raise EnvironmentProblem(f"The tags cannot be written to {self.path}: {error.strerror or error}.") from None
        self._of = of
