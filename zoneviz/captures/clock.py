"""The times of listings: dates, uptimes and kernels in the lines around them.

A loop prints a date or an uptime before each listing, or after it; a pasted one may have both. A time belongs to the listing before
it only if it follows that one's last row directly and that listing has none; else to the next one.
"""

import re
from dataclasses import dataclass

from zoneviz.captures import stamps
from zoneviz.captures.stamps import Stamp
from zoneviz.captures.text import Line

_PROC_UPTIME = re.compile(r"\s*(\d{1,9})\.(\d\d) \d{1,12}\.\d\d\s*")
_KERNEL = re.compile(r"\bLinux version (\d\S{0,60})|^Linux \S{1,255} (\d+\.\d+\S{0,60}) #\d")
_CONSOLE = re.compile(r"\[ *(\d{1,9})\.(\d{1,9})\]")
_TIME_OF_DAY = re.compile(r"(?<![\d:])\d\d:\d\d:\d\d(?![\d:])")


@dataclass(slots=True)
class When:
    """What is known of a listing's time. `uptime` in ns; `shown`: the date or time of day as printed, "" if missing."""

    stamp: Stamp | None = None
    uptime: int | None = None
    shown: str = ""

    def take(self, other: "When") -> bool:
        """Add what `other` knows. Returns False, and adds nothing, if a part is already known."""
        if (self.stamp and other.stamp) or (self.uptime is not None and other.uptime is not None):
            return False
        self.stamp = self.stamp or other.stamp
        self.uptime = other.uptime if self.uptime is None else self.uptime
        self.shown = self.shown or other.shown
        return True

    @property
    def known(self) -> bool:
        """Whether anything is."""
        return self.stamp is not None or self.uptime is not None


class Clock:
    """Follows the lines that are no rows. `kernel`: the release that the text names, "" until then; `end`: the line of the last row."""

    def __init__(self) -> None:
        self.kernel = ""
        self._next = When()
        self._last: When | None = None
        self.end = 0
        self._after = False

    def begin(self, line: Line) -> When:
        """A listing begins with the row `line`; returns its time, which a line right after it may still add to.

        On a console, the uptime in front of the row is the listing's.
        """
        self._last, self._next, self._after = self._next, When(), False
        self._last.take(console(line.prefix))
        return self._last

    @property
    def waiting(self) -> bool:
        """Whether a time was read that belongs to the next listing."""
        return self._next.known

    def read(self, line: Line) -> bool:
        """Take the times in a line that is not a row. Returns whether it has any."""
        found = _when(line.text)
        if not found.known:
            kernel = _KERNEL.search(line.text)
            if kernel:
                self.kernel = kernel[1] or kernel[2]
            return False
        if line.number == self.end + 1 and self._belongs(found):
            self.end, self._after = line.number, True
        elif not self._next.take(found):
            self._next = found
        return True

    def _belongs(self, found: When) -> bool:
        last = self._last
        return last is not None and (self._after or not last.known) and last.take(found)


def console(prefix: str) -> When:
    """The time that a console or a log printed before a line: `[  12.345678] ` since boot, or a date with its year."""
    found = _CONSOLE.search(prefix)
    stamp = stamps.find(prefix)
    return When(stamp, int(found[1]) * 10**9 + int(found[2].ljust(9, "0")) if found else None, str(stamp or ""))


def _when(text: str) -> When:
    stamp, uptime = stamps.find(text), stamps.uptime(text)
    if uptime is None and (proc := _PROC_UPTIME.fullmatch(text)):
        uptime = int(proc[1]) * 10**9 + int(proc[2]) * 10**7
    if stamp is None and uptime is None:
        return When()
    shown = _TIME_OF_DAY.search(text)
    return When(stamp, uptime, str(stamp) if stamp else shown[0] if shown else "")
