"""What a person asks to be run, from the form or as a variant of a recording."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Variant:
    """A run that is compared with the recording `of` when it has ended: `words` say what it changes. After `most` events it is
    stopped, for it might never end.
    """

    of: Path
    words: str
    most: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form asks for, as text, the way the command line would be given it: only what differs from the defaults."""

    scenario: str
    profile: str
    settings: dict[str, str]
    seed: int
    variant: Variant | None = None
