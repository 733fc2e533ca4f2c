"""What picture of a recording is wanted: said here, painted by the window's own views (gui.shots), which only `__main__` can reach."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoneviz.errors import UsageError

FORMATS = (".png", ".svg", ".pdf")
FILMS = (".gif", ".apng", ".png", ".mp4")
"""Endings of films; .png: an animated one."""
THEMES = ("light", "dark")
MOST = 16384
"""Pixels of the longer side of a picture."""

MOST_FILMED = 1 << 29
"""Pixels of all pictures of a film that is put together in memory: 1.5 GiB."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture. `view`: as its tab says, or timeline, overview, panic, window; `at` and `span` as in `app.export`.

    `width` and `height` without the caption, in points; `scale`: pixels for each of them. `against`: a second recording for the
    view "compare", and which `part` of it is shown, as its chooser says.
    """

    file: Path
    output: Path
    view: str = "timeline"
    at: str = "end"
    span: str | None = None
    theme: str = "light"
    width: int = 1600
    height: int = 900
    scale: float = 1.0
    caption: bool = True
    force: bool = False
    against: Path | None = None
    part: str = ""

    def check(self) -> None:
        """Errors: UsageError for what cannot be asked."""
        self._check(FORMATS)

    def _check(self, endings: tuple[str, ...]) -> None:
        if self.output.suffix.lower() not in endings:
            raise UsageError(f"{self.output} has to end in {', '.join(endings[:-1])} or {endings[-1]}.")
        if self.theme not in THEMES:
            raise UsageError(f"There is no theme {self.theme!r}; there are: {', '.join(THEMES)}.")
        if not 0 < self.scale <= 16 or max(self.width, self.height) * self.scale > MOST:
            raise UsageError(f"A picture may be {MOST:,} pixels wide or high, not more.")
        if min(self.width, self.height) < 100:
            raise UsageError("A picture is at least 100 points wide and high.")


@dataclass(frozen=True, slots=True)
class Film(Shot):
    """A film of a view from the first event of `span` to its last, `seconds` long, `rate` pictures a second."""

    seconds: float = 10.0
    rate: float = 12.0

    def check(self) -> None:
        """Errors: UsageError for what cannot be asked."""
        self._check(FILMS)
        if not 0.1 <= self.seconds <= 600 or not 1 <= self.rate <= 60:
            raise UsageError("A film lasts 0.1 to 600 seconds and has 1 to 60 pictures a second.")
        pixels = self.seconds * self.rate * self.width * self.height * self.scale**2
        if self.output.suffix.lower() != ".mp4" and pixels > MOST_FILMED:
            raise UsageError("So many pictures of that size do not fit in memory together; make fewer or smaller ones, or an MP4.")


Paint = Callable[[Shot], dict[str, Any]]
"""Paints a shot; tells `file`, `view`, `at`, `width` and `height` in pixels, `bytes`. Errors: as `app.export`."""
Shoot = Callable[[Film, Callable[[int, int], object]], dict[str, Any]]
"""Makes a film, telling (done, of) in between; tells as Paint, and `pictures`."""


def size(text: str) -> tuple[int, int]:
    """Width and height of `1600x900`. Errors: UsageError if it is no such thing."""
    found = re.fullmatch(r"([0-9]{1,5})x([0-9]{1,5})", text)
    if not found:
        raise UsageError(f"{text!r} is no size such as 1600x900.")
    return int(found[1]), int(found[2])
