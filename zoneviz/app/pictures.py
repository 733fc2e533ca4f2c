"""Descriptions of pictures and films of a recording. The window's views paint them (gui.pictures), which only `__main__` can call."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoneviz import words
from zoneviz.app.writing import keep
from zoneviz.errors import UsageError

FORMATS = (".png", ".svg", ".pdf")
FILMS = (".gif", ".apng", ".png", ".mp4")
"""Suffixes of films; .png is an animated PNG."""
THEMES = ("light", "dark")
MOST = 16384
"""Most pixels of the longer side of a picture."""

MOST_FILMED = 1 << 29
"""Most pixels of all frames of a film that is assembled in memory: 1.5 GiB."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture. `view`: named as its tab, or timeline, overview, panic, window; `at` and `span` as in `app.moments`.

    `width` and `height` are in points, without the caption; `scale`: pixels per point. For the view "compare", `against` is the
    second recording and `part` the part to show, as in the view's list. `plain`: without the buttons of the window, which do nothing in
    a picture.
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
    plain: bool = False

    def check(self) -> None:
        """Check the values. Errors: UsageError for an invalid one."""
        self._check(FORMATS)

    def _check(self, endings: tuple[str, ...]) -> None:
        if self.output.suffix.lower() not in endings:
            raise UsageError(f"{self.output} must end in {', '.join(endings[:-1])} or {endings[-1]}.")
        if self.theme not in THEMES:
            raise UsageError(f"There is no theme {self.theme!r}; there are: {', '.join(THEMES)}.")
        for source in filter(None, (self.file, self.against)):
            keep(source, self.output)
        if not 1 / 16 <= self.scale <= 16:
            raise UsageError(f"The scale {self.scale:g} is not from 1/16 to 16.")
        if max(self.width, self.height) * self.scale > MOST:
            raise UsageError(f"{self.width}x{self.height} at scale {self.scale:g} is too large; the limit is {words.number(MOST)} pixels.")
        if min(self.width, self.height) < 100:
            raise UsageError(f"{self.width}x{self.height} is too small; a picture needs 100x100 points.")


@dataclass(frozen=True, slots=True)
class Film(Shot):
    """A film of a view from the first event of `span` to its last, `seconds` long, with `rate` frames per second."""

    seconds: float = 10.0
    rate: float = 12.0

    def check(self) -> None:
        """Check the values. Errors: UsageError for an invalid one."""
        self._check(FILMS)
        if not 0.1 <= self.seconds <= 600 or not 1 <= self.rate <= 60:
            raise UsageError("A film lasts 0.1 to 600 seconds and has 1 to 60 frames per second.")
        pixels = self.seconds * self.rate * self.width * self.height * self.scale**2
        if self.output.suffix.lower() != ".mp4" and pixels > MOST_FILMED:
            raise UsageError("The frames of this film do not fit in memory; make it shorter or smaller, or an MP4.")


Paint = Callable[[Shot], dict[str, Any]]
"""Paints a shot. Returns `file`, `view`, `at`, `width` and `height` in pixels, `bytes`. Errors: as `app.export`."""
Shoot = Callable[[Film, Callable[[int, int], object]], dict[str, Any]]
"""Makes a film, calling back with (frames done, total). Returns what Paint does, and `pictures`, the number of frames."""


def size(text: str) -> tuple[int, int]:
    """Width and height of `1600x900`. Errors: UsageError for anything else."""
    found = re.fullmatch(r"([0-9]{1,5})x([0-9]{1,5})", text)
    if not found:
        raise UsageError(f"{text!r} is not a size; write WIDTHxHEIGHT, such as 1600x900.")
    return int(found[1]), int(found[2])
